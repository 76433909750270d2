// Which module of a persona's mix a tool belongs to, whatever the gateway and its clients make of its name.

/**
 * The module: the longest of `modules` that the name begins with (`newsResearch` for `news_research_find`), else what stands before the
 * first dot or underscore. A client's prefix such as `mcp__mana__` is no part of the name.
 */
export function moduleOf(tool: string, modules: readonly string[] = []): string {
  const name = tool.replace(/^mcp__[a-zA-Z0-9-]+__/, "");
  const [longest] = modules.filter((module) => inSnakes(name).startsWith(`${inSnakes(module)}_`))
    .sort((a, b) => b.length - a.length);
  return longest ?? /^[^._]+/.exec(name)?.[0] ?? name;
}

/** One spelling of `newsResearch.find`, `news-research_find` and `news_research_find`. */
function inSnakes(name: string): string {
  return name.replace(/[.-]/g, "_").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
