/** A changing tool empties only what is named in `clear`. */
import assert from "node:assert/strict";
import { clearInput, filledFields, patchOf } from "../../lib/tool/authoring.ts";

Deno.test("filledFields: neither undefined nor a blank text says anything, false and 0 do", () => {
  assert.deepEqual(filledFields({ a: undefined, b: "", c: " \n", d: false, e: 0, f: [], g: "x" }), {
    d: false,
    e: 0,
    f: [],
    g: "x",
  });
});

Deno.test("patchOf: what is filled, and null for what is to be emptied", () => {
  const input: { note?: string | undefined; rating?: number | undefined } = { note: "", rating: 3 };
  assert.deepEqual(patchOf(input, ["note"]), { note: null, rating: 3 });
});

Deno.test("patchOf: refuses a call that changes nothing, and a field given and emptied at once", () => {
  const refusal = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error instanceof Error ? JSON.stringify(Object.values(error)) : "";
    }
    return "";
  };
  assert.match(refusal(() => patchOf({ note: "" })), /nothing to change: give at least one field/);
  assert.match(refusal(() => patchOf({ note: "x" }, ["note"])), /clear: note is given a value as well/);
});

Deno.test("clearInput: takes the names of fields, each of those that can be emptied", () => {
  const input = clearInput(["note", "rating"]);
  assert.deepEqual(input.parse(["note"]), ["note"]);
  assert.equal(input.safeParse(["title"]).success, false);
});
