import assert from "node:assert/strict";

/** What the lint plugin (scripts/lint_plugin.ts) cannot see: that its rules hold everywhere, and that they hit something. */

async function sources(...folders: string[]): Promise<{ readonly path: string; readonly text: string }[]> {
  const found: { path: string; text: string }[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else if (/\.tsx?$/.test(entry.name)) found.push({ path, text: await Deno.readTextFile(path) });
    }
  };
  for (const folder of folders) await walk(folder);
  return found;
}

Deno.test("no file of the product switches a rule of ours or the type checker off", async () => {
  const off =
    /deno-lint-ignore(?:-file\s*(?:\*\/|\n|$)|[^\n]*\b(?:mana\/|no-explicit-any))|@ts-(?:ignore|expect-error|nocheck)/;
  const files = [
    ...await sources("lib", "process", "tools", "sign_in", "backend", "runner", "scripts", "views"),
    {
      path: "main.ts",
      text: await Deno.readTextFile("main.ts"),
    },
  ];
  assert.deepEqual(files.filter(({ text }) => off.test(text)).map(({ path }) => path), []);
});

Deno.test("the files that own something do have it: the rules that point at them are not about nothing", async () => {
  for (
    const [path, owned] of [
      ["main.ts", /\bDeno\.serve\(/],
      ["lib/mcp/sdk.ts", /"@modelcontextprotocol\/server/],
      ["lib/people/signed_token.ts", /"@panva\/jose"/],
      ["lib/kit/bounded_cache.ts", /"lru-cache"/],
      ["lib/tool/time/series.ts", /"rrule-temporal"/],
      ["lib/sealing/cipher.ts", /subtle\.decrypt\(/],
      ["lib/own_records/envelope.ts", /subtle\.decrypt\(/],
    ] as const
  ) assert.match(await Deno.readTextFile(path), owned, path);
});
