import assert from "node:assert/strict";
import { z } from "zod";

/**
 * What a stranger has to read to follow one call, and what V8 has to keep warm for it. Raise neither number to make room:
 * leave out what the call does not use.
 */
const MAX_FUNCTIONS = 200;
const MAX_FILES = 75;

const Ran = z.array(z.object({ file: z.string(), name: z.string(), count: z.number() }));

Deno.test("a warm habits.list runs few functions of few files", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--cached-only",
      "--allow-read=.",
      "--allow-sys",
      "--ignore-env",
      "tests/budgets/_count_functions.ts",
    ],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, text(stderr));
  const ran = Ran.parse(JSON.parse(text(stdout)));
  const byFile = Map.groupBy(ran, ({ file }) => file);
  const all = [...byFile].map(([file, functions]) =>
    `${file}: ${functions.map(({ name }) => name).join(", ")}`
  );
  // A call that was answered early would run few functions too.
  for (const file of ["tools/day/habits.ts", "lib/records/list_records.ts", "lib/calls/call_site.ts"]) {
    assert.ok(byFile.has(file), `${file} was not run:\n${all.join("\n")}`);
  }
  assert.ok(
    ran.length <= MAX_FUNCTIONS,
    `${ran.length} functions in ${byFile.size} files:\n${all.join("\n")}`,
  );
  assert.ok(byFile.size <= MAX_FILES, `${ran.length} functions in ${byFile.size} files:\n${all.join("\n")}`);
});
