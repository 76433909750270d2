import assert from "node:assert/strict";
import { z } from "zod";
import { TOOLS } from "../../tools/mod.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";
import type { Tool } from "../../lib/tool.ts";

/** The one module in docs/authoring-tools.md, loaded as it stands there. */
async function documentedTools(): Promise<readonly Tool[]> {
  const text = await Deno.readTextFile("docs/authoring-tools.md");
  const [, code] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
  assert.ok(code, "docs/authoring-tools.md has no example");
  await Deno.mkdir(".mana-test", { recursive: true });
  const file = `.mana-test/mood_${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(file, code);
  try {
    const module: unknown = await import(`../../${file}`);
    return z.object({ moodTools: z.array(z.custom<Tool>((tool) => typeof tool === "object")) }).parse(module)
      .moodTools;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("the example of docs/authoring-tools.md is a working module", async () => {
  await using world = await createWorld({ tools: [...TOOLS, ...await documentedTools()] });
  const anna = await world.person("anna");
  const listed = await rpc(world, anna, "tools/list");
  assert.ok(listed.text.includes('"mood_log"'));
  await callOk(world, anna, "mood_log", { level: 8, notes: "sunny" });
  const { entries } = await callOk(world, anna, "mood_recent");
  const [entry] = z.array(z.looseObject({ level: z.number(), notes: z.string(), date: z.string() })).parse(
    entries,
  );
  assert.deepEqual([entry?.level, entry?.notes, entry?.date], [8, "sunny", "2026-03-01"]);
  const raw = await world.service(
    "sync",
    "/sync/mood/pull?collection=moodEntries&since=1970-01-01T00:00:00.000Z",
    {
      headers: { authorization: `Bearer ${anna.token}` },
    },
  );
  assert.match(await raw.text(), /"notes":"enc:1:/);
});

Deno.test("every link in the documents leads to a file", async () => {
  for (
    const path of [
      "README.md",
      "SECURITY.md",
      "CONTRIBUTING.md",
      "docs/architecture.md",
      "docs/authoring-tools.md",
    ]
  ) {
    const text = await Deno.readTextFile(path);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      assert.ok((await Deno.stat(`${folder}/${target}`)).isFile, `${path} → ${target}`);
    }
  }
});

Deno.test("every task that the documents name exists", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  for (const path of ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]) {
    const text = await Deno.readTextFile(path);
    for (const [, name] of text.matchAll(/deno(?:@[\d.]+)? task (?:--quiet )?([a-z]+)/g)) {
      assert.ok(name !== undefined && name in tasks, `${path}: ${name}`);
    }
  }
});
