// `deno task personas` as somebody at a terminal runs it: one person's day, and the life cycle of everybody.
import assert from "node:assert/strict";
import { runTask } from "../_support/run_task.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

Deno.test("personas --once: a day on a throw-away folder, the table, and 0", async () => {
  await using folder = await temporaryFolder();
  const env = { PERSONAS_DATA: `${folder.path}/people` };
  const { code, out, err } = await runTask(
    ["personas", "--once", "--persona=anna", "--seed=2", "--ticks=2"],
    "",
    env,
  );
  assert.equal(code, 0, out + err);
  assert.match(out, /^anna +\d+ +\d+ +none +done +.*\b(todo|journal|notes|mood) [1-5]/m);
  assert.match(
    out,
    /\n\d+ calls, those of the checks among them, in \d+\.\d s\. A day passes when .*:\n2 passed, 0 failed\n$/,
  );
  assert.doesNotMatch(out, /^ben/m, "nobody else works");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${folder.path}/people/once`)), [], "nothing is left");
});

Deno.test("personas seed, list, open and clean: nobody has to start anything for it, and it can be repeated", async () => {
  await using folder = await temporaryFolder();
  const run = (...args: string[]) =>
    runTask(["personas", ...args], "", { PERSONAS_DATA: `${folder.path}/people` });
  const seeded = await run("seed");
  assert.equal(seeded.code, 0, seeded.out + seeded.err);
  assert.equal(seeded.out.match(/^persona\.\w+@mana\.test is there$/gm)?.length, 12);
  const listed = await run("list");
  assert.match(
    listed.out,
    /^persona\.anna@mana\.test +adhd-student, daily, never active, 0 rows in 7 days$/m,
  );
  assert.match(listed.out, /\n12 personas\n$/);
  const opened = await run("open", "anna");
  assert.equal(opened.code, 1);
  assert.match(opened.out, /nothing runs here\. Start it with `deno task personas`/);
  assert.equal((await run("seed")).code, 0);
  const cleaned = await run("clean");
  assert.equal(cleaned.code, 0, cleaned.out + cleaned.err);
  assert.equal(cleaned.out.match(/is deleted$/gm)?.length, 12);
  assert.match((await run("list")).out, /0 personas\n$/);
});

Deno.test("personas: arguments that make no sense end with 64 and say how it is called", async () => {
  await using folder = await temporaryFolder();
  const { code, out } = await runTask(["personas", "--seed=1"], "", {
    PERSONAS_DATA: `${folder.path}/people`,
  });
  assert.equal(code, 64);
  assert.match(out, /^--seed goes with --once\.\ndeno task personas /);
});

Deno.test("personas:serve: without its two secrets it says where they stand and ends with 78; no setting with a fault is passed over", async () => {
  const bare = await runTask(["personas:serve"], "");
  assert.equal(bare.code, 78, bare.out + bare.err);
  const said = bare.out + bare.err;
  for (const name of ["MANA_PERSONAS_KEY", "PERSONA_SEED_SECRET"]) {
    assert.match(said, new RegExp(`^${name} is missing: it stands in personas\\.json`, "m"));
  }
  const wrong = {
    MANA_PERSONAS_KEY: "short",
    PERSONAS_PORT: "abc",
    PERSONA_BRAIN: "nobody",
    MANA_MCP_URL: "nonsense",
  };
  const faulty = await runTask(["personas:serve"], "", wrong);
  assert.equal(faulty.code, 78);
  for (const name of Object.keys(wrong)) {
    assert.match(faulty.out + faulty.err, new RegExp(`^${name} must `, "m"));
  }
});
