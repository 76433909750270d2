/** `deno task undo` as somebody at a terminal runs it, beside a running start: its rights, its exit codes, whose token it takes. */
import assert from "node:assert/strict";
import { connectModern } from "../../scripts/demo/demo_client.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { runTask } from "../_support/run_task.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };

Deno.test("undo: the task takes back what was done with the own token, of the start's first person, of an account, of MANA_TOKEN", async () => {
  await using folder = await temporaryFolder();
  const stack = await startStack({ data: folder.path, firstPerson: "demo@mana.test", env: FREE_PORTS });
  try {
    const { email, password } = await readFirstPerson(folder.path);
    const token = await signIn(stack.authUrl, email, password);
    const makeNote = async (title: string) => {
      const client = await connectModern({ url: stack.mcpUrl, token });
      await client.call("notes_create", { title, content: "…" });
      await client.close();
    };
    const undo = ["undo", "--own", "--since", "30m", "--yes"];
    await makeNote("Milk");
    const first = await runTask(undo, "", {
      BACKEND_DATA: folder.path,
      PORT: new URL(stack.mcpUrl).port,
      BACKEND_PORT: new URL(stack.authUrl).port,
      TZ: "Asia/Tokyo",
    });
    assert.deepEqual([first.code, first.err], [0, ""]);
    assert.match(first.out, /\(Asia\/Tokyo, the time zone of this computer\)/);
    assert.match(first.out, /note “Milk” is taken away again[^]*Put back: 1 record\./);

    await makeNote("Bread");
    const gateway = `--gateway=${stack.mcpUrl}`;
    const byAccount = await runTask([...undo, gateway, "--auth", stack.authUrl, email], `${password}\n`);
    assert.deepEqual([byAccount.code, byAccount.err], [0, ""]);
    assert.match(byAccount.out, /note “Bread” is taken away again[^]*Put back: 1 record\./);

    const byToken = await runTask([...undo, gateway], "", { MANA_TOKEN: token });
    assert.deepEqual([byToken.code, byToken.err], [0, ""]);
    assert.match(byToken.out, /There is nothing to undo\.\n$/);
    const refused = await runTask([...undo, gateway], "", { MANA_TOKEN: `${token.slice(0, -8)}AAAAAAAA` });
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^The gateway does not take the token/);
    const none = await runTask([...undo, gateway], "", { MANA_TOKEN: "\u001b[31m" });
    assert.deepEqual([none.code, none.err], [
      1,
      "MANA_TOKEN is no token: deno task --quiet token prints one.\n",
    ]);
  } finally {
    await stack.stop();
  }
});

Deno.test("undo: the task says what is wrong with its arguments, and what is not running", async () => {
  const unclear = await runTask(["undo", "--client", 'My "odd" app', "--since", "25:00", "--dry-run"], "");
  assert.deepEqual([unclear.code, unclear.out], [2, ""]);
  assert.match(unclear.err, /^--since 25:00: There is no time 25:00 on a clock\.\nAll that it takes: /);
  const unasked = await runTask(["undo", "--client", "Claude", "--since", "2h"], "");
  assert.deepEqual([unasked.code, unasked.out], [2, ""]);
  assert.match(unasked.err, /^Nobody can be asked here: add --yes or --dry-run\./);
  const missing = await runTask(["undo", "--client", "Claude", "--since", "2h", "--dry-run"], "", {
    BACKEND_DATA: "./.mana-test/not there",
  });
  assert.deepEqual([missing.code, missing.out], [1, ""]);
  assert.match(missing.err, /^There is no data folder \.\/\.mana-test\/not there: start the backend/);
});
