// The tags of an HTML text, as the standard tokenises them, as far as forms need it: attributes in every spelling, comments, elements
// whose content is no markup, and character references.

/** Tags, and the texts between them as they are written. Comments and declarations are passed over. Never throws. */
export function* readTags(html: string): Generator<Tag | string> {
  const tag = new RegExp(TAG, "iy");
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open === -1) return yield html.slice(at);
    if (open > at) yield html.slice(at, open);
    if (html.startsWith("<!--", open)) {
      const end = html.indexOf("-->", open + 4);
      at = end === -1 ? html.length : end + 3;
      continue;
    }
    tag.lastIndex = open;
    const match = tag.exec(html);
    if (match === null) {
      // A tag that never ends takes the rest with it. Otherwise each of many such tags would be read to the end once more.
      if (/^<\/?[a-z]/i.test(html.slice(open, open + 3))) return;
      const isMarkup = /^<[!?/]/.test(html.slice(open, open + 2));
      const end = isMarkup ? html.indexOf(">", open) : open;
      if (!isMarkup) yield "<";
      at = end === -1 ? html.length : end + 1;
      continue;
    }
    at = tag.lastIndex;
    const [, slash, written = "", inside = ""] = match;
    const name = written.toLowerCase();
    let text = "";
    if (slash === "" && RAW.has(name)) {
      const close = html.slice(at).search(new RegExp(`</${name}[\\s/>]`, "i"));
      const end = close === -1 ? html.length : at + close;
      text = html.slice(at, end);
      at = end;
    }
    yield { name, isEnd: slash === "/", attributes: readAttributes(inside), text };
  }
}

/** The attributes of a tag, by their names in lower case. */
export type Attributes = ReadonlyMap<string, string>;

/** A tag. */
export interface Tag {
  /** Lower case. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: Attributes;
  /** The raw text of an element in which no tags are read; empty for others. */
  readonly text: string;
}

/** A tag: a greater-than sign within quotes does not end it. */
const TAG = /<(\/?)([a-z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
/** Elements whose content is text up to their own end tag. */
const RAW: ReadonlySet<string> = new Set(["script", "style", "title", "textarea"]);

/** Names in lower case; of an attribute that is there twice, the first counts. */
function readAttributes(inside: string): Attributes {
  const attributes = new Map<string, string>();
  for (const [, name = "", double, single, bare] of inside.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, unescapeHtml(double ?? single ?? bare ?? ""));
  }
  return attributes;
}

/** Character references: all numeric ones, and the five names that escaping makes. Others stay as they are written. */
export function unescapeHtml(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, digits, hex, name) => {
      if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
      const code = digits === undefined ? parseInt(hex, 16) : Number(digits);
      return code === 0 || code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
    },
  );
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
