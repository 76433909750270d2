import assert from "node:assert/strict";
import { z } from "zod";
import { readModuleGraph } from "../../scripts/gateway/module_graph.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { waysOut } from "./_ways_out.ts";

/** What the packages that the gateway reaches reach for themselves: `deno info` shows each of them as one node. */

/**
 * By package. A new line here is a new thing that the package can do inside our process: look at it before adding it.
 * Hono's are its adapters for Bun, Deno, Lambda and Node and its JSX context; the gateway imports its router and `html`.
 * The SDK's are its transport over standard input and output, and what it needs of Node. lru-cache's is where it would tell of
 * its uses whoever subscribes in this process; nobody does. The store's client opens sockets, which the list of hosts bounds; it looks
 * names up only for an offer of Redis' own service, which is switched off; it tells of its commands whoever subscribes in this process.
 */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  "@modelcontextprotocol/core": [],
  "@modelcontextprotocol/server": ["node:fs", "node:fs/promises", "node:path", "node:process"],
  "@redis/client": [
    "node:assert",
    "node:crypto",
    "node:diagnostics_channel",
    "node:dns/promises",
    "node:events",
    "node:net",
    "node:perf_hooks",
    "node:stream",
    "node:timers/promises",
    "node:tls",
    "node:url",
    "the word binding",
    "the word getBuiltinModule",
  ],
  hono: [
    "import of a computed name",
    "node:async_hooks",
    "node:crypto",
    "node:fs/promises",
    "node:path",
    "node:stream/promises",
    "require as a value",
    "the word Bun",
    "the word Deno",
    "the word getBuiltinModule",
    "the word mainModule",
  ],
  jose: [],
  "rrule-temporal": [],
  "temporal-spec": [],
  "lru-cache": ["node:diagnostics_channel"],
  zod: [],
};

const Line = z.object({ path: z.string(), source: z.string().nullable() });

/** Every file with code under a folder, by its path in it. */
async function sources(folder: string): Promise<ReadonlyMap<string, string | null>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--allow-read=${folder}`, "tests/confinement/_package_sources.ts", folder],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
    Line.parse(JSON.parse(line))
  );
  return new Map(lines.map(({ path, source }) => [path.slice(folder.length + 1), source]));
}

/** What the files reach for, sorted; code that is no text can reach for anything. */
function found(files: ReadonlyMap<string, string | null>): readonly string[] {
  const all = [...files].flatMap(([path, source]) =>
    source === null ? [`native code: ${path}`] : waysOut(path, source)
  );
  return [...new Set(all)].sort();
}

/** Name and folder of every package that the gateway reaches, by what the locked packages depend on. */
async function reached(): Promise<ReadonlyMap<string, string>> {
  const graph = await readModuleGraph(new URL("../../main.ts", import.meta.url));
  if (typeof graph === "string") assert.fail(graph);
  const folders = new Map<string, string>();
  const todo = graph.modules.flatMap(({ npmPackage }) => npmPackage ?? []);
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    const entry = graph.npmPackages[id] ?? assert.fail(id);
    if (folders.has(entry.name)) continue;
    folders.set(entry.name, entry.localPath);
    todo.push(...entry.dependencies);
  }
  return folders;
}

Deno.test("packages: every file of every package that the gateway reaches, by what it reaches for", async () => {
  const seen: Record<string, readonly string[]> = {};
  for (const [name, folder] of await reached()) {
    const files = await sources(folder);
    // rrule-temporal has its code in few files; temporal-spec is types, beside files without a line.
    assert.ok(files.size >= 2, name);
    seen[name] = found(files);
  }
  assert.deepEqual(seen, LISTED);
});

Deno.test("packages: what a copy reaches for besides is found, by whatever way", async () => {
  const folder = (await reached()).get("jose") ?? assert.fail("jose is one of them");
  const [[path, source] = ["", ""]] = await sources(folder);
  await using copy = await temporaryFolder();
  for (
    const [line, ways] of [
      ['import "node:fs";', ["node:fs"]],
      ['import { DatabaseSync } from "sqlite";\nimport "node:sqlite";', ["node:sqlite"]],
      ['export * from "fs/promises";', ["node:fs/promises"]],
      ['export { x } from "https://x.test/y.js";', ["https://x.test/y.js"]],
      ["const f = () => import(`node:sqlite`);", ["node:sqlite"]],
      ['const f = (x) => import("node:" + x);', ["import of a computed name"]],
      ['const f = () => import("file:///etc/passwd", { with: { type: "text" } });', ["file:///etc/passwd"]],
      ['const f = () => require("child_process");', ["node:child_process"]],
      ["const f = (x) => require(x);", ["require of a computed name"]],
      ["const r = require; r('fs');", ["require as a value"]],
      ['process.getBuiltinModule("node:fs");', ["the word getBuiltinModule"]],
      ['process["getBuiltinModule"]("node:fs");', ["the word getBuiltinModule"]],
      ["const { getBuiltinModule: g } = process;", ["the word getBuiltinModule"]],
      ["globalThis.Deno.openSync('/');", ["the word Deno"]],
    ] as const
  ) {
    await Deno.writeTextFile(`${copy.path}/planted.js`, `${source}\n${line}\n`);
    assert.deepEqual(found(await sources(copy.path)), ways, `${path}: ${line}`);
  }
  await Deno.writeTextFile(`${copy.path}/addon.node`, "");
  assert.ok(found(await sources(copy.path)).includes("native code: addon.node"));
});
