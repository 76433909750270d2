import assert from "node:assert/strict";
import { z } from "zod";
import { hasRepeated } from "../../sign_in/oauth/read_oauth_form.ts";
import { type CodeUnits, firstObjectEnd } from "../../backend/sync/first_object_end.ts";
import { isLinear, patternsIn, sourceFiles } from "./_patterns.ts";

/** Checks with a pattern that the detector here does not decide. Each has its reason. */
const JUDGED: Readonly<Record<string, string>> = {
  // Parts before the @ are told apart by their dots, parts behind it too; the automaton of recheck 4.5 proves it linear.
  email: String
    .raw`^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`,
};
Deno.test("patterns: none in either process takes the square of a text, and none is put together at run time", async () => {
  for (const { path, text } of await sourceFiles()) {
    const { literals, built, checks } = patternsIn(path, text);
    assert.deepEqual(literals.filter((one) => !isLinear(one)), [], path);
    assert.deepEqual(built, [], path);
    for (const name of checks) {
      const pattern: unknown = Reflect.get(z.core.regexes, name);
      assert.ok(!(pattern instanceof RegExp) || name in JUDGED || isLinear(pattern), `${path}: z.${name}`);
    }
  }
  assert.equal(z.core.regexes.email.source, JUDGED.email);
});

Deno.test("patterns: the judge sees the ones that were here, and knows a literal from a comment", () => {
  const slow = [
    String.raw`/"(?:[^"\\]|\\.)*"|[{}]/gs`,
    String.raw`/\/+$/`,
    String.raw`/\.?0+$/`,
    String.raw`/^(\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*|[A-Za-z0-9.-]+)$/`,
    String.raw`/(a+)+$/`,
    String.raw`/^\s+|\s+$/g`,
  ];
  for (const text of slow) {
    const { literals } = patternsIn("lib/a.ts", `// ${text}\nexport const A = ${text};`);
    assert.equal(literals.length, 1);
    assert.ok(literals.every((one) => !isLinear(one)), text);
  }
  const found = patternsIn(
    "lib/a.ts",
    "export const B = [new RegExp(a), RegExp(b), z.email(), z.base64().max(3)];",
  );
  assert.deepEqual(found, { literals: [], built: ["lib/a.ts", "lib/a.ts"], checks: ["email", "base64"] });
});

Deno.test("push: where the first object ends is found in one step for each character, however the text is made", () => {
  const hostile: readonly ((length: number) => string)[] = [
    (length) => `{"${'\\"'.repeat(length)}`,
    (length) => `{"${"\\".repeat(length)}`,
    (length) => '"'.repeat(length),
    (length) => "{".repeat(length),
    (length) => `{"a":"${"}".repeat(length)}`,
    (length) => `{${'"a"'.repeat(length)}`,
    (length) => `{"a":${'{"b":'.repeat(length)}`,
  ];
  for (const make of hostile) {
    for (const length of [10, 1_000, 40_000, 160_000]) {
      const text = make(length);
      let steps = 0;
      const counting: CodeUnits = {
        length: text.length,
        charCodeAt(index) {
          steps += 1;
          return text.charCodeAt(index);
        },
      };
      assert.equal(firstObjectEnd(counting), undefined);
      assert.ok(steps <= text.length, `${steps} steps for ${text.length} characters`);
    }
  }
});

Deno.test("oauth: parameters are looked at once each, however many there are", () => {
  for (const count of [10, 1_000, 30_000]) {
    let steps = 0;
    const names = function* () {
      for (; steps < count; steps += 1) yield `name${steps}`;
    };
    assert.equal(hasRepeated(names()), false);
    assert.equal(steps, count);
  }
  assert.equal(hasRepeated(["a", "resource", "resource"]), false);
  assert.equal(hasRepeated(["a", "resource", "a"]), true);
});
