// The supervisor of several workers may start any program that this Deno runs, so it has to be small and to read nothing.
import assert from "node:assert/strict";
import { readModuleGraph } from "../../scripts/gateway/module_graph.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the supervisor is made of our own files, no package and no module of Deno's", async () => {
  const graph = await readModuleGraph(new URL("scripts/serve/serve_workers.ts", ROOT));
  assert.ok(typeof graph !== "string");
  for (const { specifier, kind, dependencies } of graph.modules) {
    assert.equal(kind, "esm", specifier);
    assert.ok(specifier.startsWith(ROOT.href), specifier);
    assert.equal(dependencies.some(({ assertionType }) => assertionType !== undefined), false, specifier);
  }
});

Deno.test("the supervisor reads no variable and no file, listens on nothing and calls nobody", async () => {
  const own = ["output.ts", "prepare_workers.ts", "serve_arguments.ts", "serve_workers.ts", "supervisor.ts"];
  for (const name of [...own, "worker_process.ts"]) {
    const source = await Deno.readTextFile(new URL(`scripts/serve/${name}`, ROOT));
    const used = [...source.matchAll(/\bDeno\.(\w+)/g)].map(([, word = ""]) => word);
    for (const word of used) assert.ok(HARMLESS.has(word), `${name}: Deno.${word}`);
    assert.equal(/\bfetch\b|\bimport\(/.test(source), false, name);
  }
});

const HARMLESS: ReadonlySet<string> = new Set([
  "Command",
  "Signal",
  "addSignalListener",
  "args",
  "execPath",
  "exit",
  "stderr",
  "stdout",
]);
