// The program behind a task has the rights that it was started with and no others, and runs in the folder that was named.
import assert from "node:assert/strict";
import { type Program, runWithRights } from "../../scripts/stack/run_with_rights.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { toFileUrl } from "../_support/to_file_url.ts";

/** Ends with a number that says what it may do: a bit for each right of these. */
const PROBE = `
const asked = [
  { name: "net", host: "127.0.0.1:9" }, { name: "net", host: "127.0.0.2:9" },
  { name: "read", path: "." }, { name: "read", path: ".." },
  { name: "write", path: "./out" }, { name: "env", variable: "MANA_TOKEN" }, { name: "run" },
];
const has = (one) => Deno.permissions.querySync(one).state === "granted";
Deno.exit(asked.reduce((sum, one, at) => sum + (has(one) ? 1 << at : 0), Deno.args.length === 2 ? 128 : 0));
`;
const [NET, READ, WRITE, ENV, ARGS] = [1, 4, 16, 32, 128];

Deno.test("a program may do what its task asks for it, in its own folder, and nothing else", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/probe.ts`, PROBE);
  const entry = (await toFileUrl(`${Deno.cwd()}/${folder.path}/probe.ts`)).href;
  const run = (rights: Program["rights"], args: readonly string[] = []) =>
    runWithRights({ entry, args, rights, folder: folder.path, isCached: false });
  assert.equal(await run({}), 0);
  assert.equal(
    await run({ net: [], read: [], write: [], env: [] }),
    0,
    "an empty list is no right to everything",
  );
  assert.equal(await run({ net: ["127.0.0.1:9"], read: ["."] }, ["a", "b"]), NET + READ + ARGS);
  assert.equal(await run({ write: ["./out"], env: ["MANA_TOKEN"] }), WRITE + ENV);
});

Deno.test("a folder that does not exist is told apart from a program that fails", async () => {
  await using folder = await temporaryFolder();
  const entry = (await toFileUrl(`${Deno.cwd()}/${folder.path}/missing.ts`)).href;
  const program = { entry, args: [], rights: {}, isCached: false };
  assert.equal(await runWithRights({ ...program, folder: `${folder.path}/none` }), null);
  assert.equal(await runWithRights({ ...program, folder: folder.path }), 1);
});
