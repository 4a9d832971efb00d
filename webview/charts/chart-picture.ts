import type { ThemeColours } from './theme-colours';

export interface PictureParts {
  readonly title: string;
  readonly unit: string;
  readonly canvas: HTMLCanvasElement;
  readonly legend: readonly { readonly label: string; readonly value: string; readonly colour: string }[];
  readonly colours: ThemeColours;
}

/** A chart with title, legend and background, as PNG in base64. */
export function chartPicture({ title, unit, canvas, legend, colours }: PictureParts): string {
  const scale = window.devicePixelRatio;
  const [margin, head, row] = [12 * scale, 34 * scale, 18 * scale];
  const picture = document.createElement('canvas');
  const context = picture.getContext('2d');
  if (!context) return '';
  context.font = colours.font(12 * scale);
  const rows = legendRows(context, legend, canvas.width, 28 * scale);
  picture.width = canvas.width + 2 * margin;
  picture.height = head + canvas.height + rows.length * row + margin;
  context.fillStyle = colours.colour('--background');
  context.fillRect(0, 0, picture.width, picture.height);
  context.textBaseline = 'middle';
  context.fillStyle = colours.colour('--foreground');
  context.font = `600 ${colours.font(14 * scale)}`;
  context.fillText(title, margin, head / 2 + 2 * scale);
  const after = margin + context.measureText(title).width + 8 * scale;
  context.fillStyle = colours.colour('--faint');
  context.font = colours.font(12 * scale);
  context.fillText(unit, after, head / 2 + 2 * scale);
  context.drawImage(canvas, margin, head);
  for (const [index, items] of rows.entries()) {
    const y = head + canvas.height + (index + 0.5) * row;
    for (const { left, label, value, colour } of items) {
      context.fillStyle = colours.colour(colour);
      context.fillRect(margin + left, y - scale, 14 * scale, 2 * scale);
      context.fillStyle = colours.colour('--foreground');
      context.fillText(`${label}  ${value}`, margin + left + 20 * scale, y);
    }
  }
  return picture.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}

type PlacedItem = PictureParts['legend'][number] & { readonly left: number };

function legendRows(
  context: CanvasRenderingContext2D,
  legend: PictureParts['legend'],
  width: number,
  gap: number,
): PlacedItem[][] {
  const rows: PlacedItem[][] = [[]];
  let left = 0;
  for (const item of legend) {
    const length = context.measureText(`${item.label}  ${item.value}`).width + gap;
    if (left > 0 && left + length > width) {
      rows.push([]);
      left = 0;
    }
    rows.at(-1)?.push({ ...item, left });
    left += length;
  }
  return rows;
}

/** Saves a file from a page that has no editor behind it. */
export function download(name: string, png: string): void {
  const link = document.createElement('a');
  link.href = `data:image/png;base64,${png}`;
  link.download = `${name.replaceAll(/[^\w.-]+/g, '-')}.png`;
  link.click();
}
