import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import plugin from "../../scripts/lint_plugin.ts";

/** Every rule of the lint plugin: what it refuses, what it leaves alone. */

function foundIn(path: string, text: string): string[] {
  return Deno.lint.runPlugin(plugin, path, text).map(({ id }) => id.replace("mana/", ""));
}

/** What is found in a file with a header. */
function found(path: string, source: string): string[] {
  return foundIn(path, `// What this file is for.\n${source}`);
}

const REFUSED: readonly (readonly [rule: string, path: string, source: string])[] = [
  ["tool-imports", "tools/x.ts", 'import { a } from "../lib/settings/settings.ts";'],
  ["tool-imports", "tools/x.ts", 'import type { A } from "../lib/changes/sync_client.ts";'],
  ["tool-imports", "tools/x.ts", 'import { b } from "./modules.ts";'],
  ["tool-imports", "tools/x.ts", 'export * from "node:fs";'],
  ["tool-imports", "tools/x.ts", 'export { readFileSync } from "node:fs";'],
  ["no-dynamic-import", "tools/x.ts", "const x = await import(name);"],
  ["no-dynamic-import", "lib/nodes/valkey_client.ts", 'const x = await import("@redis/client/x");'],
  ["no-dynamic-import", "lib/nodes/valkey_client.ts", "const x = await import(name);"],
  ["single-importer", "lib/nodes/valkey_store.ts", 'import { createClient } from "@redis/client";'],
  ["no-dynamic-import", "lib/http/x.ts", 'const x = await import("../kit/errors.ts");'],
  ["single-importer", "lib/gateway.ts", 'import { McpServer } from "@modelcontextprotocol/server";'],
  ["single-importer", "lib/people/claims.ts", 'import type { JWTPayload } from "@panva/jose";'],
  ["single-importer", "lib/people/claims.ts", 'import { jwtVerify } from "npm:jose@6";'],
  ["single-importer", "main.ts", 'import { jwtVerify } from "@panva/jose";'],
  ["single-importer", "lib/people/verified_tokens.ts", 'import { LRUCache } from "lru-cache";'],
  ["single-importer", "lib/tool/x.ts", 'import { RRuleTemporal } from "rrule-temporal";'],
  ["import-direction", "lib/tool/tool_registry.ts", 'import { MODULES } from "../tools/modules.ts";'],
  ["import-direction", "lib/http/x.ts", 'import { createBackend } from "../../backend/backend.ts";'],
  ["import-direction", "lib/records/x.ts", 'import type { Tool } from "../tool/define_tool.ts";'],
  ["import-direction", "lib/mcp/x.ts", 'import type { Gateway } from "../gateway.ts";'],
  ["import-direction", "lib/policy/x.ts", 'import type { CallSite } from "../calls/call_site.ts";'],
  ["import-direction", "lib/records/x.ts", 'import { median } from "../../bench/report/statistics.ts";'],
  ["import-direction", "main.ts", 'import { GOALS } from "./bench/goals.ts";'],
  ["import-direction", "backend/x.ts", 'import { parseSettings } from "../lib/settings/settings.ts";'],
  ["import-direction", "process/x.ts", 'import { delay } from "../lib/kit/delay.ts";'],
  ["import-direction", "sign_in/oauth/x.ts", 'import { Layout } from "../pages/layout.tsx";'],
  ["import-direction", "sign_in/identity/x.ts", 'import type { Grant } from "../oauth/grants/grant.ts";'],
  ["import-direction", "sign_in/people/remote/x.ts", 'import type { X } from "../../sign_in_server.ts";'],
  ["import-direction", "sign_in/x.ts", 'import { sha256 } from "./kit/sha256.ts";'],
  ["deno-only-in-main", "process/x.ts", "const server = Deno.serve(() => answer);"],
  ["import-direction", "lib/kit/errors.ts", 'import { z } from "zod";'],
  ["import-direction", "lib/people/x.ts", 'import type { LiveRecord } from "../changes/live_records.ts";'],
  ["import-direction", "lib/http/x.ts", 'import type { Principal } from "../people/principal.ts";'],
  ["import-direction", "lib/x.ts", 'import { Refused } from "./kit/errors.ts";'],
  ["import-direction", "lib/mcp/x.ts", 'import { Refused } from "../errors.ts";'],
  ["import-direction", "backend/x.ts", 'import { MODULES } from "../tools/modules.ts";'],
  ["import-direction", "tools/modules.ts", 'import { createGateway } from "../main.ts";'],
  ["import-direction", "lib/mcp/x.ts", 'import { MODULES } from "../../tools/modules.ts";'],
  ["deno-only-in-main", "lib/x.ts", 'const home = Deno.env.get("HOME");'],
  ["deno-only-in-main", "lib/x.ts", "function f(server: Deno.HttpServer) {}"],
  ["deno-only-in-main", "lib/x.ts", "const { env } = globalThis;"],
  ["injected-world", "lib/x.ts", "function f() { return Date.now(); }"],
  ["injected-world", "lib/x.ts", 'function f() { return Date["now"](); }'],
  ["injected-world", "lib/x.ts", "function f() { return new Date(); }"],
  ["injected-world", "lib/x.ts", "function f() { return Date(); }"],
  ["injected-world", "lib/x.ts", "const at = { now: performance.now };"],
  ["injected-world", "lib/x.ts", "function f() { return Math.random(); }"],
  ["injected-world", "lib/x.ts", "function f() { return crypto.randomUUID(); }"],
  ["injected-world", "lib/x.ts", "async function f() { await fetch(url); }"],
  ["field-cryptography", "lib/sealing/keyring.ts", "const x = await crypto.subtle.decrypt(a, k, b);"],
  ["field-cryptography", "lib/x.ts", "const x = await subtle.encrypt(a, k, b);"],
  ["no-module-state", "lib/x.ts", "let calls = 0;"],
  ["no-module-state", "lib/x.ts", "export let calls = 0;"],
  ["no-module-state", "tools/x.ts", "const seen = new Set<string>();"],
  ["no-module-state", "backend/x.ts", "export const cache: Map<string, string> = new Map();"],
  ["no-module-state", "lib/x.ts", "const log = createLog({});"],
  ["no-double-cast", "lib/x.ts", "const x = value as unknown as Settings;"],
  ["no-double-cast", "scripts/x.ts", "const x = value as any;"],
];

for (const [rule, path, source] of REFUSED) {
  Deno.test(`lint: ${rule} refuses in ${path}: ${source}`, () =>
    assert.deepEqual(found(path, source), [rule]));
}

for (
  const name of [
    "fetch",
    "eval",
    "Function",
    "setTimeout",
    "setInterval",
    "queueMicrotask",
    "Worker",
    "WebSocket",
    "localStorage",
    "caches",
    "crypto",
    "WebAssembly",
  ]
) {
  Deno.test(`lint: tool-globals refuses ${name}, called, passed on or renamed`, () => {
    for (
      const source of [`${name}("x");`, `run(${name});`, `const other = ${name};`, `const o = { ${name} };`]
    ) {
      assert.ok(found("tools/x.ts", source).includes("tool-globals"), source);
    }
  });
}

for (const name of ["Deno", "globalThis", "process"]) {
  Deno.test(`lint: ${name} in a tool file is refused twice: as a tool and as a part of the gateway`, () => {
    assert.deepEqual(found("tools/x.ts", `const x = ${name}.env;`).sort(), [
      "deno-only-in-main",
      "tool-globals",
    ]);
  });
}

Deno.test("lint: tool-globals refuses the side ways to Function and to shared prototypes", () => {
  for (
    const source of [
      '(() => {}).constructor("return 1")();',
      '[]["constructor"];',
      "({}).__proto__;",
      "String.prototype;",
      "const here = import.meta.url;",
      "const all = this;",
    ]
  ) assert.deepEqual(found("tools/x.ts", source), ["tool-globals"], source);
});

const ALLOWED: readonly (readonly [path: string, source: string])[] = [
  ["tools/x.ts", 'import { z } from "zod";\nimport { defineTool } from "../lib/tool/authoring.ts";'],
  // Names of properties are nobody's globals.
  ["tools/x.ts", "const row = z.object({ process: z.string(), Date: z.string() }); row.process;"],
  ["tools/modules.ts", 'import { notesModule } from "./day/notes.ts";'],
  ["tools/day/x.ts", 'import { tasks } from "./todo.ts";\nimport { tags } from "../people/tags.ts";'],
  ["lib/mcp/sdk.ts", 'export { McpServer } from "@modelcontextprotocol/server";'],
  ["lib/people/signed_token.ts", 'import { jwtVerify } from "@panva/jose";'],
  ["lib/sealing/cipher.ts", "const x = await crypto.subtle.decrypt(a, k, b);"],
  ["lib/own_records/envelope.ts", "const x = await crypto.subtle.decrypt(a, k, b);"],
  ["lib/sealing/keyring.ts", "const k = await crypto.subtle.importKey(a, b);"],
  ["lib/records/x.ts", 'import { Refused } from "../kit/errors.ts";'],
  ["lib/nodes/valkey_client.ts", 'const { createClient } = await import("@redis/client");'],
  ["lib/kit/bounded_cache.ts", 'import { LRUCache } from "lru-cache";'],
  ["lib/x.ts", "interface Deps { readonly fetch: typeof fetch; readonly now: () => number }"],
  ["lib/x.ts", "function f(deps: Deps) { deps.fetch(url); return new Date(deps.now()); }"],
  ["lib/x.ts", "const NAMES: ReadonlySet<string> = new Set([1]); const decoder = new TextDecoder();"],
  ["lib/x.ts", "function createCache() { let size = 0; const kept = new Map(); return { kept, size }; }"],
  ["lib/x.ts", "const NAMES = [1] as const;"],
  ["main.ts", 'import { MODULES } from "./tools/modules.ts"; Deno.exit(Date.now());'],
  ["scripts/x.ts", "let count = Date.now(); await fetch(Deno.args[0]);"],
  ["tests/x.ts", 'import { MODULES } from "../tools/modules.ts"; let seen = new Set();'],
];

for (const [path, source] of ALLOWED) {
  Deno.test(`lint: nothing to say in ${path}: ${source.split("\n")[0]}`, () =>
    assert.deepEqual(found(path, source), []));
}

Deno.test("lint: a file of the product begins with what it is for; a file of the tests may begin as it likes", () => {
  for (
    const path of ["lib/kit/x.ts", "process/x.ts", "tools/x.ts", "backend/x.tsx", "scripts/x.ts", "main.ts"]
  ) {
    assert.deepEqual(foundIn(path, "export const A = 1;"), ["file-header"], path);
    assert.deepEqual(foundIn(path, "#!/usr/bin/env deno\n// What it is for.\nexport const A = 1;"), [], path);
  }
  assert.deepEqual(foundIn("tests/x.ts", "export const A = 1;"), []);
});

Deno.test("lint: a file has 250 lines, a function 80, but for the refusals, the limits and a switch over a union", () => {
  const lines = (count: number) => "a();\n".repeat(count);
  assert.deepEqual(found("lib/kit/x.ts", lines(249)), []);
  assert.deepEqual(found("lib/kit/x.ts", lines(250)), ["file-length"]);
  for (const list of ["errors", "limits"]) {
    assert.deepEqual(found(`lib/kit/${list}.ts`, lines(400)), []);
  }
  for (const head of ["function f()", "const f = function ()", "const f = () =>"]) {
    assert.deepEqual(found("lib/kit/x.ts", `${head} {\n${lines(78)}}`), [], head);
    assert.deepEqual(found("lib/kit/x.ts", `${head} {\n${lines(79)}}`), ["function-length"], head);
  }
  const cases = "case 1:\nreturn a();\n".repeat(60);
  assert.deepEqual(found("lib/kit/x.ts", `function f(b: B) {\nswitch (b) {\n${cases}}\n}`), []);
  assert.deepEqual(found("lib/kit/x.ts", `function f(b: B) {\nc();\nswitch (b) {\n${cases}}\n}`), [
    "function-length",
  ]);
});

Deno.test("lint: the rules find their files by an absolute path, as the linter calls them", () => {
  const path = fileURLToPath(new URL("../../lib/x.ts", import.meta.url));
  assert.deepEqual(found(path, "let calls = 0;"), ["no-module-state"]);
});

Deno.test("lint: deno.json switches the plugin on", async () => {
  const { lint } = JSON.parse(await Deno.readTextFile("deno.json"));
  assert.deepEqual(lint.plugins, ["./scripts/lint_plugin.ts"]);
});
