type Child = Node | string | undefined;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with its attributes and children. `true` is an attribute without a value; false and undefined are none. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** Replaces the text only where it is another one: a screen reader repeats what is set anew. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A sentence in which no number stands in another line than its %. */
export function withWholeShares(sentence: string): (Node | string)[] {
  return sentence
    .split(/((?:± )?[\d.]+ %)/)
    .map((part, index) => (index % 2 === 0 ? part : make('span', { class: 'whole' }, part)));
}
