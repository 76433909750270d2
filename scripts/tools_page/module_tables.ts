// Which tables of the Mana apps each module works with, as its files say: they name a table where they define it, and import the
// files that define the others.

/** The tables of each module, `app/table`, by the module's name. `folder` is tools/. */
export async function tablesOfModules(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const sources = await readSources(folder);
  const found = new Map<string, readonly string[]>();
  for (const [path, { text }] of sources) {
    const [, name] = /defineModule\(\{\s*name: "([a-zA-Z]+)"/.exec(text) ?? [];
    if (name !== undefined) found.set(name, [...tablesFrom(path, sources)].sort());
  }
  return found;
}

interface Source {
  readonly text: string;
  readonly tables: readonly string[];
  /** Paths of the files of tools/ that it imports. */
  readonly imports: readonly string[];
}

async function readSources(folder: string): Promise<ReadonlyMap<string, Source>> {
  const sources = new Map<string, Source>();
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      for (const [inner, source] of await readSources(path)) sources.set(inner, source);
    } else if (path.endsWith(".ts")) sources.set(path, sourceOf(path, await Deno.readTextFile(path)));
  }
  return sources;
}

function sourceOf(path: string, text: string): Source {
  const imported = [...text.matchAll(/ from "(\.[^"]+\.ts)"/g)].flatMap(([, from = ""]) => {
    const { pathname } = new URL(from, `file:///${path}`);
    return pathname.startsWith("/tools/") ? [pathname.slice(1)] : [];
  });
  const ofApps = [...text.matchAll(/defineAppTable\(\s*"([^"]+)"/g)].map(([, name = ""]) => name);
  const byHand = [...text.matchAll(/defineTable\(\{\s*app: "([^"]+)",\s*name: "([^"]+)"/g)]
    .map(([, app = "", name = ""]) => `${app}/${name}`);
  return { text, tables: [...ofApps, ...byHand], imports: imported };
}

function tablesFrom(
  path: string,
  sources: ReadonlyMap<string, Source>,
  seen: Set<string> = new Set(),
): ReadonlySet<string> {
  const source = sources.get(path);
  if (source === undefined || seen.has(path)) return new Set();
  seen.add(path);
  return source.imports.reduce<ReadonlySet<string>>(
    (tables, imported) => tables.union(tablesFrom(imported, sources, seen)),
    new Set(source.tables),
  );
}
