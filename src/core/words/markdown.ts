/** A Markdown table. Columns are aligned right unless the header starts with a colon; spaces keep them apart. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => `${cell}&nbsp;&nbsp;`).join(' | ')} |`;
  const left = (name: string): boolean => name.startsWith(':');
  const rule = `| ${header.map((name) => (left(name) ? ':---' : '---:')).join(' | ')} |`;
  return [line(header.map((name) => name.replace(/^:/, ''))), rule, ...rows.map(line)].join('\n');
}

/** Bytes as gigabytes, small ones as megabytes, with as many digits as an estimate deserves. */
export function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  if (value < 0.1)
    return bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} kB` : `${Number((bytes / 1e6).toPrecision(2))} MB`;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} GB`;
}

/** Text of others as Markdown that shows it as it is, in one line. */
export function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+!|~$<>&-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\s*\n\s*/g, ' ');
}
