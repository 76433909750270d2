import assert from "node:assert/strict";
import { MODULES } from "../../tools/modules.ts";
import { brokenPointers } from "../_support/pointers.ts";

Deno.test("every test that SECURITY.md points to exists", async () => {
  const { found, broken } = await brokenPointers("SECURITY.md");
  assert.deepEqual(broken, []);
  assert.ok(found > 50, String(found));
});

Deno.test("every claim in SECURITY.md's tables of attacks points to a test", async () => {
  const text = await Deno.readTextFile("SECURITY.md");
  const [, claims = ""] = /## What each layer stops\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = claims.split("\n").filter((line) => line.startsWith("| ") && !/^\| (attack|-+) /.test(line));
  assert.ok(rows.length > 35, String(rows.length));
  for (const row of rows) {
    assert.match(row, /^\|[^|]+\|[^|]+\| `tests\/[\w/]+_test\.ts`: [^|]+\|$/);
  }
});

Deno.test("a pointer to a test that does not exist is found", async () => {
  await Deno.mkdir(".mana-test", { recursive: true });
  const path = await Deno.makeTempFile({ dir: ".mana-test" });
  try {
    await Deno.writeTextFile(path, "| a | `tests/docs/security_test.ts`: no such test |\n");
    assert.deepEqual((await brokenPointers(path)).broken, ["tests/docs/security_test.ts: no such test"]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("the table of sealed fields is the modules' own", async () => {
  const text = await Deno.readTextFile("SECURITY.md");
  const [, table = ""] = /## Which fields are sealed\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("| ")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const examples = rows.map(([name = ""]) => name);
  assert.ok(examples.length >= 4);
  assert.deepEqual(
    rows,
    examples.flatMap((name) => {
      const resource = MODULES.find((module) => module.name === name)?.resource;
      if (resource === undefined) return [];
      const { fields, encrypted } = resource.table;
      const clear = fields.filter((field) => !encrypted.includes(field));
      return [[name, encrypted.join(", ") || "nothing", clear.join(", ")]];
    }),
  );
});
