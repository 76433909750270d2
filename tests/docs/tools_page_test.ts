/** docs/tools.md is what the modules say, and every profile is small enough for the clients that there are. */
import assert from "node:assert/strict";
import { MAX_LISTED_TOKENS, MAX_LISTED_TOOLS } from "../../lib/kit/limits.ts";
import { print } from "../../scripts/print.ts";
import { inputWords } from "../../scripts/tools_page/input_words.ts";
import { tablesOfModules } from "../../scripts/tools_page/module_tables.ts";
import { profileSizes } from "../../scripts/tools_page/profile_sizes.ts";
import { toolsPage } from "../../scripts/tools_page/tools_page.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import TABLES from "../../tools/tables.json" with { type: "json" };
import { VIEWS } from "../../tools/views.ts";

Deno.test("docs/tools.md is written from the modules as they are: deno task tools:docs was run", async () => {
  const tables = await tablesOfModules("tools");
  const text = await Deno.readTextFile("docs/tools.md");
  assert.equal(text, toolsPage({ modules: MODULES, profiles: PROFILES, views: VIEWS, tables }));
  for (const { name, tools } of MODULES.flatMap((module) => module.tools.length > 0 ? [module] : [])) {
    assert.ok(tools.every((tool) => text.includes(`\`${tool.name.replace(".", "_")}\``)), name);
  }
});

Deno.test("each profile has at most 40 tools and 25,000 tokens; this is the table", () => {
  const sizes = profileSizes({ modules: MODULES, profiles: PROFILES, views: VIEWS });
  print("profile    tools  tokens  without output schemas");
  for (const { name, tools, tokens, withoutOutput } of sizes) {
    print(
      `${name.padEnd(10)} ${String(tools).padStart(5)} ${String(tokens).padStart(7)} ${
        String(withoutOutput).padStart(7)
      }`,
    );
  }
  for (const { name, tools, tokens } of sizes) {
    assert.ok(tools <= MAX_LISTED_TOOLS, `${name}: ${tools} tools`);
    assert.ok(tokens <= MAX_LISTED_TOKENS, `${name}: ${tokens} tokens`);
  }
});

Deno.test("README.md has one line for each module, under its group", async () => {
  const text = await Deno.readTextFile("README.md");
  const [, table = ""] = /### The tools\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("| ")).slice(2)
    .map((line) => line.split("|").slice(1, 3).map((cell) => cell.trim()).join(": "));
  assert.equal(new Set(rows).size, rows.length);
  const missing = MODULES.map(({ group, label }) => `${group}: ${label}`).filter((row) =>
    !rows.includes(row)
  );
  assert.deepEqual(missing, []);
});

Deno.test("the tables of a module are those that its files name, and each is one that there is", async () => {
  const tables = await tablesOfModules("tools");
  assert.deepEqual(MODULES.filter(({ name }) => !tables.has(name)).map(({ name }) => name), []);
  assert.deepEqual(tables.get("spaces"), []);
  for (const { name, resource } of MODULES) {
    if (resource === undefined) continue;
    const { app, name: table } = resource.table;
    assert.ok(tables.get(name)?.includes(`${app}/${table}`), `${name}: ${app}/${table}`);
  }
  const apps = new Map(
    Object.entries(TABLES).map(([app, { tables }]) => [app, new Set(Object.keys(tables))]),
  );
  // A table of an app that is no more is described by hand.
  const unknown = [...tables.values()].flat().filter((name) => {
    const [app = "", table = ""] = name.split("/");
    return apps.get(app)?.has(table) === false;
  });
  assert.deepEqual(unknown, []);
});

Deno.test("an input in words: what has to be given, what can be left out, and of which kind it is", () => {
  const schema = {
    type: "object",
    required: ["title"],
    properties: {
      title: { type: "string" },
      level: { type: "string", enum: ["low", "high"] },
      tags: { type: "array", items: { type: "string" } },
      days: { type: "array", items: { enum: ["mon", "tue"] } },
      goal: { anyOf: [{ type: "integer" }, { type: "null" }] },
      done: { type: "boolean" },
      details: { type: "object" },
    },
  };
  assert.equal(
    inputWords(schema),
    "`title`, `level?` (low, high), `tags?` (list), `days?` (list: mon, tue), `goal?` (number), `done?` (yes or no), `details?` (object)",
  );
  assert.equal(inputWords({ type: "object" }), "nothing");
});
