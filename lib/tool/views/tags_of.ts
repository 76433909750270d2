// Reads the tags of a document of our own: element, attributes, and nothing of what scripts and styles contain, which is no markup.
// One step for each character. It is no parser of other people's HTML.

/** One opening tag. Names are in lower case, values as they are written. */
export interface Tag {
  readonly element: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** The opening tags, in their order. */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at)) {
    const end = endOf(html, at + 1, isNoName);
    const element = html.slice(at + 1, end).toLowerCase();
    at += 1;
    if (element === "") continue;
    const attributes: [string, string][] = [];
    at = readAttributes(html, end, attributes);
    tags.push({ element, attributes });
    if (element !== "script" && element !== "style") continue;
    const close = html.indexOf(`</${element}`, at);
    at = close === -1 ? html.length : close;
  }
  return tags;
}

/** Reads attributes from `at` into `found`; returns where the tag ends. */
function readAttributes(html: string, from: number, found: [string, string][]): number {
  let at = from;
  while (at < html.length) {
    at = endOf(html, at, (char) => !isSpace(char) && char !== "/");
    if (html[at] === ">") return at + 1;
    // An equals sign that begins a name belongs to it.
    const nameEnd = endOf(
      html,
      at + 1,
      (char) => isSpace(char) || char === "/" || char === ">" || char === "=",
    );
    const name = html.slice(at, nameEnd).toLowerCase();
    at = endOf(html, nameEnd, (char) => !isSpace(char));
    if (html[at] !== "=") {
      found.push([name, ""]);
      continue;
    }
    at = endOf(html, at + 1, (char) => !isSpace(char));
    const quote = html[at];
    const isQuoted = quote === '"' || quote === "'";
    const start = isQuoted ? at + 1 : at;
    const end = endOf(
      html,
      start,
      isQuoted ? (char) => char === quote : (char) => isSpace(char) || char === ">",
    );
    found.push([name, html.slice(start, end)]);
    at = isQuoted ? end + 1 : end;
  }
  return html.length;
}

/** Where the first character from `at` is for which `isEnd` holds. */
function endOf(html: string, at: number, isEnd: (char: string) => boolean): number {
  let end = at;
  while (end < html.length && !isEnd(html.charAt(end))) end += 1;
  return end;
}

function isSpace(char: string): boolean {
  return char === " " || char === "\n" || char === "\t" || char === "\r" || char === "\f";
}

function isNoName(char: string): boolean {
  return !/[a-z0-9-]/i.test(char);
}
