/** Every tool has a test that calls it: found in the text of the tests, by the name that clients list. */
import assert from "node:assert/strict";
import { TOOLS } from "../_support/modules.ts";

Deno.test("every tool is called by a test, by its listed name", async () => {
  const names = new Set(
    (await textsIn("tests/tools")).join("\n").match(/(?<=["'`])[a-z]+_[a-z_]+(?=["'`])/g),
  );
  const missing = TOOLS.filter(({ name }) => !names.has(name.replace(".", "_"))).map(({ name }) => name);
  assert.deepEqual(missing, []);
});

async function textsIn(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) texts.push(...await textsIn(path));
    else if (name.endsWith("_test.ts")) texts.push(await Deno.readTextFile(path));
  }
  return texts;
}
