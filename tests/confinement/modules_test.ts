import assert from "node:assert/strict";
import { toFileUrl } from "../_support/to_file_url.ts";
import { readModuleGraph, strangers } from "../../scripts/gateway/module_graph.ts";
import { type OddClone, oddClone } from "../_support/odd_clone.ts";

/** What the gateway is made of, held against the list, and what a file of ours could smuggle in by a literal import. */

async function strangersOf(root: URL): Promise<readonly string[]> {
  const graph = await readModuleGraph(new URL("main.ts", root));
  return typeof graph === "string" ? [graph] : strangers(graph, root);
}

/** The clone with one line more at the end of a file of ours. */
async function strangersWith(clone: OddClone, line: string): Promise<readonly string[]> {
  const path = `${clone.path}/lib/tool/refuse_input.ts`;
  const before = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, `${before}\n${line}\n`);
  try {
    return await strangersOf(await toFileUrl(`${clone.path}/`));
  } finally {
    await Deno.writeTextFile(path, before);
  }
}

Deno.test("the gateway is made of its own files, its six packages, and two of Deno's modules", async () => {
  assert.deepEqual(await strangersOf(new URL("../../", import.meta.url)), []);
});

Deno.test("a literal import of what is not part of the program is found, and who imports it", async () => {
  await using clone = await oddClone();
  for (
    const [line, found] of [
      [
        'export const a = () => import("file:///etc/passwd", { with: { type: "text" } });',
        [
          "file:///etc/passwd is not part of the program: imported by lib/tool/refuse_input.ts",
          "file:///etc/passwd is read as text by lib/tool/refuse_input.ts",
        ],
      ],
      [
        'import a from "../../package.json" with { type: "json" };\nexport { a };',
        [
          "package.json is not part of the program: imported by lib/tool/refuse_input.ts",
          "package.json is read as json by lib/tool/refuse_input.ts",
        ],
      ],
      ['import a from "../kit/errors.ts" with { type: "text" };\nexport { a };', [
        "lib/kit/errors.ts is read as text by lib/tool/refuse_input.ts",
      ]],
      ['import a from "../kit/errors.ts" with { type: "bytes" };\nexport { a };', [
        "lib/kit/errors.ts is read as bytes by lib/tool/refuse_input.ts",
      ]],
      ['export const a = () => import("../../backend/main.ts");', [
        /^backend\/main\.ts is not part of the program: imported by lib\/tool\/refuse_input\.ts$/,
      ]],
      ['export const a = () => import("node:sqlite");', [
        "node:sqlite is not part of the program: imported by lib/tool/refuse_input.ts",
      ]],
      ['export const a = () => import("fs");', [
        "node:fs is not part of the program: imported by lib/tool/refuse_input.ts",
      ]],
      ['export const a = () => import("data:text/javascript,export default 1");', [
        "data:text/javascript,export default 1 is not part of the program: imported by lib/tool/refuse_input.ts",
      ]],
      ['import fc from "fast-check";\nexport { fc };', [
        /^npm:\/fast-check@[\d.]+ is not part of the program: imported by lib\/tool\/refuse_input\.ts$/,
      ]],
      ['export const a = () => import("./no_such_file.ts");', [
        /^lib\/tool\/no_such_file\.ts is not part of the program \(.*\): imported by lib\/tool\/refuse_input\.ts$/,
      ]],
    ] as const
  ) {
    const said = await strangersWith(clone, line);
    for (const words of found) {
      assert.ok(
        said.some((one) => typeof words === "string" ? one === words : words.test(one)),
        `${line}\n${said.join("\n")}`,
      );
    }
  }
  // A link brings in what lies elsewhere under a name of ours.
  await Deno.remove(`${clone.path}/lib/kit/deep_freeze.ts`);
  // Deno makes links only for those who may write anywhere: a process of its own.
  const link = "Deno.symlinkSync(Deno.realPathSync(Deno.args[0]), Deno.args[1])";
  await new Deno.Command(Deno.execPath(), {
    args: ["eval", link, "bench/goals.ts", `${clone.path}/lib/kit/deep_freeze.ts`],
  }).output();
  const [linked = ""] = await strangersOf(await toFileUrl(`${clone.path}/`));
  assert.match(linked, /^lib\/kit\/deep_freeze\.ts is not part of the program: imported by /);
});

Deno.test("serve and compile end before anything is loaded that is not part of the program", async () => {
  await using clone = await oddClone();
  const file = `${clone.path}/lib/tool/refuse_input.ts`;
  await Deno.writeTextFile(
    file,
    `${await Deno.readTextFile(
      file,
    )}\nexport const a = () => import("file:///etc/passwd", { with: { type: "text" } });\n`,
  );
  for (const task of ["serve", "compile"]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", task],
      cwd: clone.path,
    }).output();
    assert.equal(code, 78, task);
    assert.match(
      new TextDecoder().decode(stderr),
      /^file:\/\/\/etc\/passwd is not part of the program: /,
      task,
    );
    assert.equal(new TextDecoder().decode(stdout), "", task);
  }
});

Deno.test("serve ends when a pin is not the locked one", async () => {
  await using clone = await oddClone();
  const config = `${clone.path}/deno.json`;
  await Deno.writeTextFile(
    config,
    (await Deno.readTextFile(config)).replace(/npm:zod@[\d.]+/, "npm:zod@4.0.0"),
  );
  const before = await Deno.readTextFile(`${clone.path}/deno.lock`);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "serve"],
    cwd: clone.path,
    // Should it start after all, these settings end it.
    env: { PORT: "x" },
  }).output();
  assert.equal(code, 1);
  assert.match(new TextDecoder().decode(stderr), /lockfile is out of date/);
  assert.equal(await Deno.readTextFile(`${clone.path}/deno.lock`), before);
});
