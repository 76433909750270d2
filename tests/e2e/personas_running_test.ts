// `deno task personas` while it runs: it is found by its folder, Ctrl-C stops everything in its order, and no end leaves a process behind.
import assert from "node:assert/strict";
import { type DenoProcess, startDeno } from "../../scripts/stack/deno_process.ts";
import { runTask } from "../_support/run_task.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const FREE_PORTS = { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", PORT: "0", PERSONAS_PORT: "0" };

/** Starts the task on the folder `data`; `said` resolves with the first line that fits. */
function startPersonas(data: string, env: Readonly<Record<string, string>> = FREE_PORTS, ...args: string[]) {
  const waiting = new Set<() => void>();
  const task: DenoProcess = startDeno({
    name: "The task",
    subcommand: "task",
    args: ["personas", ...args],
    env: { ...env, PERSONAS_DATA: data, NO_COLOR: "1" },
    onLine: () => {
      for (const wake of waiting) wake();
    },
  });
  const said = async (wanted: RegExp): Promise<string> => {
    while (true) {
      const line = task.lines().find((line) => wanted.test(line));
      if (line !== undefined) return line;
      const { promise, resolve } = Promise.withResolvers<string>();
      waiting.add(() => resolve("line"));
      const what = await Promise.race([promise, task.exited.then(() => "end")]);
      if (what === "end") assert.fail(`not said before the end: ${wanted}\n${task.lines().join("\n")}`);
    }
  };
  return { task, said };
}

/** Whether anybody still serves at the address that stands in this line. */
async function isServed(line: string): Promise<boolean> {
  const url = /https?:\/\/\S+/.exec(line)?.[0] ?? "";
  try {
    await (await fetch(url)).body?.cancel();
    return true;
  } catch {
    return false;
  }
}

Deno.test("personas: a running task is found by its folder, and Ctrl-C ends it with 0 and without a process left", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/people`;
  const { task, said } = startPersonas(data);
  const report = await said(/^ {2}report /);
  const gateway = await said(/^ {2}gateway /);
  const signIn = await said(/^ {2}sign-in /);
  assert.match(
    await said(/To see what one of them sees/),
    /PERSONAS_DATA='.*people' .*task personas open anna$/,
  );
  await said(/^anna +a day: \d+ calls/);

  const opened = await runTask(["personas", "open", "anna"], "", { PERSONAS_DATA: data });
  assert.equal(opened.code, 0, opened.out + opened.err);
  assert.match(opened.out, /^address +persona\.anna@mana\.test$/m);
  assert.match(opened.out, /^a token for 15 minutes:\n[\w-]+\.[\w-]+\.[\w-]+$/m);
  const again = await runTask(["personas"], "", { PERSONAS_DATA: data });
  assert.equal(again.code, 1);
  assert.match(again.out, /^These people are at work already: http:\/\/127\.0\.0\.1:\d+\/\n$/);
  assert.match((await runTask(["personas", "list"], "", { PERSONAS_DATA: data })).out, /\n12 personas\n$/);

  assert.equal((await runTask(["personas", "clean"], "", { PERSONAS_DATA: data })).code, 0);
  const gone = await runTask(["personas", "open", "anna"], "", { PERSONAS_DATA: data });
  assert.equal(gone.code, 1);
  assert.match(gone.out, /answered 401\. Where anna was deleted.*`deno task personas seed` mends it\.\n$/);

  assert.equal(await task.stop("SIGINT"), 0, task.lines().join("\n"));
  for (const line of [report, gateway, signIn]) assert.equal(await isServed(line), false, line);
});

Deno.test("personas: a port that is taken is named, and what had started before it is stopped", async () => {
  await using folder = await temporaryFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const data = `${folder.path}/people`;
  const { task } = startPersonas(data, { ...FREE_PORTS, PERSONAS_PORT: String(taken.addr.port) });
  assert.equal(await task.exited, 1);
  assert.match(task.lines().join("\n"), /Cannot listen on port \d+: it is taken; set PERSONAS_PORT/);
  // A backend that was left would hold the folder.
  const listed = await runTask(["personas", "list"], "", { PERSONAS_DATA: data });
  assert.equal(listed.code, 0, listed.out + listed.err);
  assert.match(listed.out, /\n12 personas\n$/);
});

Deno.test("personas: Ctrl-C at the beginning stops what has started by then", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/people`;
  const { task, said } = startPersonas(data);
  await said(/^Making 12 people/);
  assert.equal(await task.stop("SIGINT"), 0, task.lines().join("\n"));
  assert.equal(task.lines().at(-1), "Stopping …");
  const listed = await runTask(["personas", "list"], "", { PERSONAS_DATA: data });
  assert.equal(listed.code, 0, listed.out + listed.err);
});

Deno.test("personas --once: Ctrl-C in the middle ends it with 130 and without its folder", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/people`;
  const { task, said } = startPersonas(data, {}, "--once", "--ticks=50");
  await said(/^\w+ +a day: /);
  assert.equal(await task.stop("SIGINT"), 130, task.lines().join("\n"));
  assert.equal(task.lines().findLast((line) => !/^\w+ +a day/.test(line)), "Stopping …");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${data}/once`)), [], "nothing is left");
});
