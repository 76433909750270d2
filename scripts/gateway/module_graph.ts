// What the gateway is made of. Whatever is imported by a literal name is loaded before any right counts: a line such as
// `import("file:///etc/passwd", { with: { type: "text" } })` in a file of ours reads that file under the flags of
// production. So the graph that Deno will load is held against a list: in the tests, at compile, and before `serve`.
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Asks Deno for the graph of a program. Returns Deno's own words when Deno cannot make a graph. */
export async function readModuleGraph(entry: URL): Promise<ModuleGraph | string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--frozen", entry.href],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) return new TextDecoder().decode(stderr).trim();
  return ModuleGraph.parse(JSON.parse(new TextDecoder().decode(stdout)));
}

/** Everything in the graph that is not on the list, each in a line that names who imports it. */
export function strangers(graph: ModuleGraph, root: URL): readonly string[] {
  const inside = (specifier: string) =>
    specifier.startsWith(root.href) ? decodeURIComponent(specifier.slice(root.href.length)) : specifier;
  const resolved = (specifier: string) => graph.redirects[specifier] ?? specifier;
  const importers = (specifier: string) => {
    const found = graph.modules.filter(({ dependencies }) =>
      dependencies.some(({ code }) => code?.specifier !== undefined && resolved(code.specifier) === specifier)
    );
    return found.map((module) => inside(module.specifier)).join(", ") || "nobody by name";
  };
  const strange = graph.modules.filter((module) => !isOurs(module, graph, inside, root));
  // A file can be in the graph as code, where it belongs, and once more as text: only its importer tells which.
  const asData = graph.modules.flatMap(({ specifier, dependencies }) =>
    dependencies.filter(({ code, assertionType }) =>
      assertionType !== undefined &&
      !(assertionType === "json" && isOneOf(PROGRAM.json, inside(code?.specifier ?? "")))
    ).map(({ code, assertionType }) =>
      `${inside(code?.specifier ?? "something")} is read as ${assertionType} by ${inside(specifier)}`
    )
  );
  return [
    ...strange.map((module) =>
      `${inside(module.specifier)} is not part of the program${
        module.error ? ` (${module.error})` : ""
      }: imported by ` +
      importers(module.specifier)
    ),
    ...asData,
  ];
}

/** The list: the only files, packages and modules of Deno that the gateway may load. */
const PROGRAM = {
  /** Files of ours, as code; a folder ends with `/`. */
  code: ["main.ts", "lib/", "process/", "tools/"],
  /** Files of ours that are read as JSON: the version, and the tables of the Mana apps. */
  json: ["deno.json", "tools/tables.json"],
  packages: [
    "@modelcontextprotocol/server",
    "@redis/client",
    "hono",
    "jose",
    "lru-cache",
    "rrule-temporal",
    "zod",
  ],
  /** Of Deno's own. `node:sqlite` for one writes to the disk without a right to write. */
  builtins: ["node:buffer", "node:crypto"],
} as const;

/** What `deno info --json` says of a program. */
export type ModuleGraph = z.infer<typeof ModuleGraph>;
export const ModuleGraph = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    kind: z.string().optional(),
    error: z.string().optional(),
    local: z.string().nullish(),
    npmPackage: z.string().optional(),
    dependencies: z.array(z.object({
      code: z.object({ specifier: z.string().optional() }).optional(),
      assertionType: z.string().optional(),
    })).default([]),
  })),
  redirects: z.record(z.string(), z.string()).default({}),
  npmPackages: z.record(
    z.string(),
    z.object({ name: z.string(), dependencies: z.array(z.string()), localPath: z.string() }),
  ).default({}),
});

function isOurs(
  module: ModuleGraph["modules"][number],
  graph: ModuleGraph,
  inside: (specifier: string) => string,
  root: URL,
): boolean {
  if (module.error !== undefined) return false;
  switch (module.kind) {
    case "npm":
      return isOneOf(PROGRAM.packages, graph.npmPackages[module.npmPackage ?? ""]?.name ?? "");
    case "node":
      return isOneOf(PROGRAM.builtins, module.specifier);
    case "asserted":
      return isOneOf(PROGRAM.json, inside(module.specifier)) &&
        isItself(module.local, root, inside(module.specifier));
    case "esm": {
      const path = inside(module.specifier);
      return PROGRAM.code.some((ours) => ours.endsWith("/") ? path.startsWith(ours) : path === ours) &&
        path.endsWith(".ts") && isItself(module.local, root, path);
    }
    default:
      return false;
  }
}

/** Whether the file lies where its name says: a link into another folder would bring in a stranger's file. */
function isItself(local: string | null | undefined, root: URL, path: string): boolean {
  return local !== null && local !== undefined &&
    Deno.realPathSync(local) === `${Deno.realPathSync(fileURLToPath(root))}/${path}`;
}

function isOneOf(list: readonly string[], name: string): boolean {
  return list.includes(name);
}
