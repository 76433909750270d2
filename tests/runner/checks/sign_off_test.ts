// Who wrote a text is known by its sign-off, and by nothing that only looks like one.
import assert from "node:assert/strict";
import fc from "fast-check";
import { signed, signersOf } from "../../../runner/behaviours/sign_off.ts";
import { differing } from "../../../runner/checks/compare.ts";

Deno.test("a signed text tells its writer wherever it stands in an answer", () => {
  assert.deepEqual(signersOf(signed("Buy milk", "anna")), ["anna"]);
  assert.deepEqual(
    signersOf({ tasks: [{ title: "Run ~ben" }, { title: "Swim ~ben", note: { text: "~anna\n" } }] }),
    [
      "ben",
      "anna",
    ],
  );
});

Deno.test("a tilde within a word, a number or nothing is no sign-off", () => {
  for (const text of ["a~anna", "~", "~5", "~Anna", "~a", "~anna2", 5, null, undefined, true]) {
    assert.deepEqual(signersOf(text), [], String(text));
  }
});

Deno.test("every text that a persona writes is its own, whatever it says", () => {
  const name = fc.constantFrom("anna", "ben", "rex");
  fc.assert(fc.property(fc.string(), name, (text, name) => {
    assert.ok(signersOf(signed(text, name)).includes(name));
  }));
});

Deno.test("a record is compared by what it shows under the same name", () => {
  const shown = {
    title: "Milk",
    dueDate: "2026-03-02T00:00:00.000Z",
    priority: "low",
    tags: ["a"],
    subtasks: [{ title: "x" }],
  };
  assert.deepEqual(
    differing({ title: "Milk", dueDate: "2026-03-02", unknown: 5, tags: ["a"], subtasks: ["x"] }, shown),
    [],
  );
  assert.deepEqual(differing({ title: "Tea", dueDate: "2026-03-03", priority: "high", tags: ["b"] }, shown), [
    "title",
    "dueDate",
    "priority",
    "tags",
  ]);
  assert.deepEqual(differing({ content: "long text" }, { content: "long…", clipped: ["content"] }), []);
  assert.deepEqual(differing({ content: "long text" }, { content: "lang…", clipped: ["content"] }), [
    "content",
  ]);
  assert.deepEqual(differing({ isPinned: true }, { isPinned: null }), ["isPinned"]);
});
