// Names of tools within our texts: `{todo.complete}` becomes the name that clients see.

/** The text with each tool's name as `nameOf` gives it. Where `nameOf` answers undefined, the text stays as it is. */
export function withToolNames(text: string, nameOf: (name: string) => string | undefined): string {
  return text.includes("{") ? text.replace(NAMED, (whole, name: string) => nameOf(name) ?? whole) : text;
}

/** A tool in a text: `{todo.complete}`. */
const NAMED = /\{([a-z][a-zA-Z0-9]{0,39}\.[a-z][a-zA-Z0-9_]{0,39})\}/g;
