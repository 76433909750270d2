/** A tool in a text: `{todo.complete}`. Only the registry knows how a client sees its name. */
const NAMED = /\{([a-z][a-zA-Z0-9]{0,39}\.[a-z][a-zA-Z0-9]{0,39})\}/g;

/** The text with the name of each tool as clients see it; `nameOf` answers undefined for what is no tool, which stays as it is. */
export function withToolNames(text: string, nameOf: (name: string) => string | undefined): string {
  return text.includes("{") ? text.replace(NAMED, (whole, name: string) => nameOf(name) ?? whole) : text;
}
