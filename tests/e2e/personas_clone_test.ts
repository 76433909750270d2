// `deno task personas --once` as a newcomer types it, in a clean clone and without any key.
import assert from "node:assert/strict";
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import { CACHE_VARIABLES } from "../../scripts/stack/deno_process.ts";
import { print } from "../../scripts/print.ts";
import { oddClone } from "../_support/odd_clone.ts";

Deno.test("personas: one command, no key: twelve people work, rate what they used, and the task ends with 0", async () => {
  await using clone = await oddClone();
  const begun = performance.now();
  const { code, out, err } = await once(clone.path);
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(code, 0, `${out}\n${err}`);
  assert.equal(err, "");
  const rows = [...out.matchAll(/^([a-z]+) +(\d+) +(\d+) +none +done +(\S.*)$/gm)];
  assert.deepEqual(rows.map(([, name]) => name).sort(), readCatalogue().map(({ name }) => name).sort(), out);
  assert.ok(rows.length >= 12);
  for (const [row, , , , ratings = ""] of rows) {
    assert.match(ratings, /^[a-z]+ [1-5](?:, [a-z]+ [1-5])*/, row);
  }
  const [, calls, told] = /^(\d+) calls,? .*in ([\d.]+) s\./m.exec(out) ?? assert.fail(out);
  assert.ok(Number(calls) >= 80, calls);
  assert.match(out, /^12 passed, 0 failed$/m);
  print(`personas --once: ${calls} calls, ${told} s; with everything around it ${seconds.toFixed(1)} s`);
  const left = await Array.fromAsync(Deno.readDir(`${clone.path}/.mana-personas/once`));
  assert.deepEqual(left, [], "the folder is thrown away");
});

/** The task, with nothing of our environment. */
async function once(cwd: string) {
  const kept = CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "personas", "--once"],
    cwd,
    env: { ...Object.fromEntries(kept), NO_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
