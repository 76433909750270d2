import assert from "node:assert/strict";

Deno.test("the gateway knows nothing of synthetic people: no file of lib, tools and main.ts has the word", async () => {
  const found: string[] = [];
  const look = async (path: string): Promise<void> => {
    if ((await Deno.stat(path)).isDirectory) {
      for await (const { name } of Deno.readDir(path)) await look(`${path}/${name}`);
    } else if (/personas?\b/i.test(path + await Deno.readTextFile(path))) found.push(path);
  };
  for (const path of ["lib", "tools", "main.ts"]) await look(path);
  assert.deepEqual(found, []);
});
