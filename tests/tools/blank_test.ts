import assert from "node:assert/strict";
import { withoutPush } from "../_support/device.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";
import { hasVisible } from "../../lib/kit/has_visible.ts";

/** Each shows nothing, in one of the ways there are. */
const BLANKS = [
  "",
  " ",
  "\n\t",
  "\u00a0\u3000",
  "\u200b",
  "\u200d\u2060\ufeff",
  "\u00ad",
  "\u3164",
  "\u115f\u1160",
  "\uffa0",
  "\u2800",
  "\u034f",
  "\u180e",
  "\u202e\u2066",
  "\ufe0f\u{e0100}",
  "\u{e0041}",
  "\u0000\u0085",
  "\u{1d159}",
];

Deno.test("hasVisible(): every way of showing nothing, alone and together, and what people write", () => {
  for (const blank of [...BLANKS, BLANKS.join("")]) assert.equal(hasVisible(blank), false, escape(blank));
  for (const blank of BLANKS) assert.equal(hasVisible(`${blank}x${blank}`), true);
  for (const text of ["é", "\u0301", "中", "👩‍👩‍👧", "☕️", "—", "?", "\u06dd", "\ufffd"]) {
    assert.equal(hasVisible(text), true, text);
  }
});

Deno.test("titles and names that show nothing are refused by every tool that takes one, in words, and nothing is stored", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "0" } });
  const anna = await world.person("anna");
  const { habit } = await callOk(world, anna, "habits_create", { title: "Drink" });
  const id = typeof habit === "object" && habit !== null ? Reflect.get(habit, "id") : undefined;
  await withoutPush(world, async () => {
    for (const blank of BLANKS) {
      for (
        const [tool, args, path] of [
          ["habits_create", { title: blank }, "title"],
          ["habits_create", { title: "x", icon: blank }, "icon"],
          ["habits_update", { id, title: blank }, "title"],
          ["todo_create", { title: blank }, "title"],
          ["notes_create", { title: blank, content: "x" }, "title"],
          ["journal_add", { content: "x", tags: [blank] }, "tags.0"],
          ...(blank === "" ? [] : [["journal_add", { content: "x", title: blank }, "title"] as const]),
        ] as const
      ) {
        assert.equal(
          await callRefused(world, anna, tool, args),
          `The arguments are invalid: ${path}: expected at least one visible character.`,
          `${tool} ${JSON.stringify(args)}`,
        );
      }
    }
  });
});
