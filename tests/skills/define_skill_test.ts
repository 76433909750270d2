/** What an author cannot make a skill of. */
import assert from "node:assert/strict";
import { createSkillList } from "../../lib/mcp/server/skill_list.ts";
import { defineSkill } from "../../lib/tool/authoring.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { FIRST_MODULES, TOOLS } from "../_support/modules.ts";
import { createWorld } from "../_support/world.ts";

const PRINCIPAL = { issuer: "i", subject: "s", role: "user", scopes: null, client: null, expiresAt: 0 };
const FITTING = {
  name: "tidy-up",
  description: "Tidies up.",
  modules: ["spaces"],
  text: "Call {spaces.list}.\n",
};

Deno.test("a definition that hosts would refuse is no start", () => {
  assert.equal(
    defineSkill(FITTING).files[0]?.text,
    '---\nname: tidy-up\ndescription: "Tidies up."\n---\n\nCall {spaces.list}.\n',
  );
  for (
    const [change, words] of [
      ...[
        "Tidy",
        "tidy_up",
        "-tidy",
        "tidy-",
        "tidy--up",
        "2026-01-01",
        "null",
        "yes",
        "a/b",
        "",
        "x".repeat(65),
      ]
        .map((name) => [{ name }, /its name has to be lower case words with -/] as const),
      ...["", "two\nlines", 'a "word"', "a \\ b", "of {spaces.list}", "hid\u200bden", "x".repeat(1_025)]
        .map((description) => [{ description }, /its description has to be one line/] as const),
      [{ modules: [] }, /it names no module/],
      [{ "allowed-tools": "Bash" }, /a skill has no allowed-tools/],
      [{ hooks: {} }, /a skill has no hooks/],
      ...[
        "scripts/run.sh",
        "references/run.sh",
        "references/../x.md",
        "SKILL.md",
        "/etc/passwd",
        "references/A.md",
      ]
        .map((path) =>
          [{ references: { [path]: "x\n" } }, /is no reference; a skill has texts, not scripts/] as const
        ),
      ...["no end", "a\r\n", "bell\u0007\n", "hid\u200bden\n", "half \ud800\n"]
        .map((text) => [{ text }, /SKILL\.md has to be lines of text/] as const),
      [{ text: `${"x".repeat(5_120)}\n` }, /SKILL\.md is longer than 5120 bytes/],
      [{ references: { "references/a.md": `${"ü".repeat(2_560)}\n` } }, /a\.md is longer than 5120 bytes/],
    ] as const
  ) {
    assert.throws(() => defineSkill({ ...FITTING, ...change }), words, JSON.stringify(change).slice(0, 80));
  }
});

Deno.test("skills that do not fit the tools are no start", async () => {
  const list = (...changes: readonly Partial<typeof FITTING>[]) =>
    createSkillList({
      skills: changes.map((change) => defineSkill({ ...FITTING, ...change })),
      registry: createToolRegistry(TOOLS.filter(({ module }) => module === "spaces"), "underscore"),
      gate: { shows: () => true },
    });
  assert.equal(list({}).listFor(PRINCIPAL).length, 1);
  assert.throws(() => list({}, {}), /two share a name/);
  assert.throws(() => list({ modules: ["todo"] }), /no tool reads the module todo/);
  assert.throws(
    () => list({ text: "Call {spaces.lists}.\n" }),
    /tells of \{spaces\.lists\}, which is no tool here/,
  );
  await assert.rejects(
    createWorld({
      modules: FIRST_MODULES.filter(({ resource }) => resource === undefined),
      skills: [defineSkill(FITTING)],
      views: [],
    }),
    /their files are resources, and no module has any/,
  );
});
