// Which tables the tools write new rows into, by their source text: `insert(tasks, …)` where `tasks` is a table of the Mana apps.

/** Each as `app/table`, in order. */
export async function writtenTables(): Promise<string[]> {
  const texts = await toolTexts("tools");
  const tables = new Map<string, string>();
  for (const text of texts) {
    for (const [, variable, table] of text.matchAll(/const (\w+)[^=;]*= defineAppTable\(\s*"([^"]+)"/g)) {
      if (variable !== undefined && table !== undefined) {
        tables.set(`${texts.indexOf(text)} ${variable}`, table);
      }
    }
  }
  const exported = new Map<string, string>();
  for (const [key, table] of tables) {
    const [index = "", variable = ""] = key.split(" ");
    if (texts[Number(index)]?.includes(`export const ${variable}`)) exported.set(variable, table);
  }
  const written = new Set<string>();
  for (const [index, text] of texts.entries()) {
    for (const [, variable = ""] of text.matchAll(/\binsert\(\s*(\w+),/g)) {
      const table = tables.get(`${index} ${variable}`) ?? exported.get(variable);
      if (table !== undefined) written.add(table);
    }
  }
  return [...written].sort();
}

async function toolTexts(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) texts.push(...await toolTexts(path));
    else if (path.endsWith(".ts")) texts.push(await Deno.readTextFile(path));
  }
  return texts;
}
