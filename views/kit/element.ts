// Makes elements out of texts: whatever a record holds is a text node or the value of a harmless attribute, and never markup.

/** Attributes, and listeners by the name of their event. A value of false or null leaves the attribute out. */
export interface ElementParts {
  readonly attributes?: Readonly<Record<string, string | number | boolean | null>>;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
}

/** What stands in an element; null for nothing. */
export type Child = Node | string | null;

/** Attributes that run, fetch or restyle: no view needs them, so no text of a record can come into them by mistake. */
const REFUSED = /^(on|style$|src|href|xlink|action$|formaction$|data$)/i;

/** Makes an HTML element. Throws Error for an attribute that could run or fetch something. */
export function html<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  parts: ElementParts = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] {
  return filled(document.createElement(tag), parts, children);
}

/** Makes an SVG element, likewise. */
export function svg<T extends keyof SVGElementTagNameMap>(
  tag: T,
  parts: ElementParts = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[T] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), parts, children);
}

/** A button with words. */
export function button(
  words: string,
  onClick: () => void,
  attributes: NonNullable<ElementParts["attributes"]> = {},
): HTMLButtonElement {
  return html("button", { attributes: { type: "button", ...attributes }, on: { click: onClick } }, words);
}

function filled<E extends Element>(
  element: E,
  { attributes, on }: ElementParts,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (REFUSED.test(name)) throw new Error(`A view sets no attribute ${name}`);
    if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null));
  return element;
}
