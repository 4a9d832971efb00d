import { TemplateError } from './errors';
import { checkLength } from './limits';
import { representation, textOf } from './text';
import { characters, Float, isList, type Named, numberOf, Tuple, type Value } from './values';

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rs]))?(?::([^{}]*))?\}|[{}]/gu;

/**
 * Python's str.format.
 *
 * @throws TemplateError for a field that cannot be filled
 */
export function formatBraces(text: string, args: readonly Value[], named: Named): string {
  let next = 0;
  const result = text.replace(FIELD, (whole: string, field?: string, conversion?: string, spec?: string) => {
    if (whole === '{{' || whole === '}}') return whole.charAt(0);
    if (field === undefined) throw new TemplateError('A brace in a format stands alone');
    const value = lookUp(field === '' ? String(next++) : field, args, named);
    if (conversion === 'r') return formatted(representation(value), spec ?? '');
    return formatted(conversion === 's' ? textOf(value) : value, spec ?? '');
  });
  checkLength(result.length);
  return result;
}

function lookUp(field: string, args: readonly Value[], named: Named): Value {
  if (/[.[]/.test(field)) throw new TemplateError(`The format field {${field}} is not supported`);
  const value = /^\d+$/.test(field) ? args[Number(field)] : named.get(field);
  if (value === undefined) throw new TemplateError(`A format has nothing for {${field}}`);
  return value;
}

const SPEC = /^(?:(.)?([<>^]))?([+ ])?(0)?(\d+)?(,)?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** A value by Python's format specification, as far as texts and plain numbers need it. */
function formatted(value: Value, spec: string): string {
  if (spec === '') return textOf(value);
  const parts = SPEC.exec(spec);
  if (!parts) throw new TemplateError(`The format ${spec} is not supported`);
  const [, fill, align, sign, zero, width, comma, digits, type] = parts;
  const number = typeof value === 'string' ? undefined : numberOf(value);
  const text =
    number === undefined
      ? characters(textOf(value))
          .slice(0, digits === undefined ? undefined : Number(digits))
          .join('')
      : numberText(value, number, { sign, comma, digits, type });
  return padded(
    text,
    { fill: fill ?? zero ?? ' ', align: align ?? (zero ? '=' : number === undefined ? '<' : '>') },
    Number(width ?? 0),
  );
}

function numberText(
  value: Value,
  number: number,
  {
    sign = '',
    comma,
    digits,
    type,
  }: Partial<Record<'sign' | 'comma' | 'digits' | 'type', string | undefined>>,
): string {
  const size = Math.abs(number);
  let text: string;
  if (type === 'f' || type === 'F') text = size.toFixed(Number(digits ?? 6));
  else if (type === '%') text = `${(size * 100).toFixed(Number(digits ?? 6))}%`;
  else if (type === 'd' || (type === undefined && digits === undefined && !(value instanceof Float)))
    text = String(size);
  else if (type === 'x') text = size.toString(16);
  else if (type === undefined && digits === undefined) text = textOf(new Float(size));
  else throw new TemplateError(`The format type ${type ?? 'with digits'} is not supported`);
  if (comma) text = text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ','));
  return (number < 0 ? '-' : sign) + text;
}

function padded(text: string, { fill, align }: { fill: string; align: string }, width: number): string {
  checkLength(width);
  const lacking = Math.max(0, width - characters(text).length);
  if (align === '=') {
    const sign = /^[+\- ]/.exec(text)?.[0] ?? '';
    return sign + fill.repeat(lacking) + text.slice(sign.length);
  }
  const left = align === '>' ? lacking : align === '^' ? Math.floor(lacking / 2) : 0;
  return fill.repeat(left) + text + fill.repeat(lacking - left);
}

const PERCENT = /%(?:\(([^)]*)\))?([-+ 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/gu;

/**
 * Python's `text % values`, which is also the filter `format`.
 *
 * @throws TemplateError for a field that cannot be filled
 */
export function formatPercent(text: string, value: Value): string {
  const list = value instanceof Tuple ? value.items : [value];
  let next = 0;
  const result = text.replace(PERCENT, (whole: string, name, flags, width, digits, type: string) => {
    if (type === '%') return '%';
    const given = name === undefined ? list[next++] : value instanceof Map ? value.get(name) : undefined;
    if (given === undefined) throw new TemplateError('not enough arguments for format string');
    return percentField(given, { whole, flags, width, digits, type });
  });
  const isUsed = next >= list.length || value instanceof Map || (isList(value) && next > 0);
  if (!isUsed) throw new TemplateError('not all arguments converted during string formatting');
  checkLength(result.length);
  return result;
}

function percentField(
  value: Value,
  {
    whole,
    flags,
    width,
    digits,
    type,
  }: { whole: string; flags: string; width?: string; digits?: string; type: string },
): string {
  const align = flags.includes('-') ? '<' : flags.includes('0') && type !== 's' ? '=' : '>';
  const layout = { fill: align === '=' ? '0' : ' ', align };
  if (type === 's' || type === 'r') {
    const text = type === 's' ? textOf(value) : representation(value);
    return padded(
      characters(text)
        .slice(0, digits === undefined ? undefined : Number(digits))
        .join(''),
      layout,
      Number(width ?? 0),
    );
  }
  const number = typeof value === 'string' ? undefined : numberOf(value);
  if (number === undefined || !'dif'.includes(type))
    throw new TemplateError(`The format ${whole} is not supported here`);
  const sign = flags.includes('+') ? '+' : '';
  const text = numberText(value, type === 'f' ? number : Math.trunc(number), {
    sign,
    digits,
    type: type === 'f' ? 'f' : 'd',
  });
  return padded(text, layout, Number(width ?? 0));
}
