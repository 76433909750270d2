/** `deno task ledger` as somebody at a terminal runs it, beside a running start: its rights, its exit codes, its files, whose token it takes. */
import assert from "node:assert/strict";
import { connectModern } from "../../scripts/demo/demo_client.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { runTask } from "../_support/run_task.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", LEDGER: "strict" };
const OPEN = /^incomplete: \S+, chain [0-9a-f]{32}, row \d+: Open end:/m;

Deno.test("ledger: the task verifies, pins and exports; a file verifies without a network; what is cut from it is found by the pins", async () => {
  await using folder = await temporaryFolder();
  const stack = await startStack({ data: folder.path, firstPerson: "demo@mana.test", env: FREE_PORTS });
  const [pin, file] = [`${folder.path}/ledger.pin`, `${folder.path}/ledger.jsonl`];
  try {
    const { email, password } = await readFirstPerson(folder.path);
    const token = await signIn(stack.authUrl, email, password);
    const client = await connectModern({ url: stack.mcpUrl, token });
    await client.call("notes_create", { title: "Secret title", content: "…" });
    await client.call("notes_search", {});
    await client.close();
    const env = {
      BACKEND_DATA: folder.path,
      BACKEND_PORT: new URL(stack.authUrl).port,
      BACKEND_SYNC_PORT: new URL(stack.syncUrl).port,
    };
    const running = await runTask(["ledger", "verify", "--pin", pin, "--export", file], "", env);
    assert.deepEqual([running.code, running.err], [2, ""], running.out);
    assert.match(running.out, /^Ledger: 1 chain, 3 rows, 2 calls; held against 1 change in the data\.\n/);
    assert.match(running.out, OPEN);
    assert.doesNotMatch(
      running.out + await Deno.readTextFile(file) + await Deno.readTextFile(pin),
      /Secret title/,
    );
    for (const path of [pin, file]) assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(folder.path)].filter(({ name }) => name.endsWith(".new")), []);

    // The gateway ends its chain in order.
    await stack.gateway.stop();
    const clean = await runTask(["ledger", "verify", "--pin", pin, "--export", file], "", env);
    assert.deepEqual([clean.code, clean.err], [0, ""], clean.out);
    assert.match(clean.out, /^Ledger: 1 chain, 4 rows[^]*\nClean: every row stands/);

    const account = ["--auth", stack.authUrl, email, "--sync", stack.syncUrl];
    const byAccount = await runTask(["ledger", "verify", ...account], "", { MANA_PASSWORD: password });
    assert.equal(byAccount.code, 0, byAccount.out + byAccount.err);
    const services = ["--sync", stack.syncUrl, "--vault", stack.authUrl];
    const byToken = await runTask(["ledger", "verify", ...services], "", { MANA_TOKEN: token });
    assert.equal(byToken.code, 0, byToken.out + byToken.err);
    const refused = await runTask(["ledger", "verify", ...services], "", {
      MANA_TOKEN: `${token.slice(0, -8)}AAAAAAAA`,
    });
    assert.deepEqual([refused.code, refused.out], [2, ""]);
    assert.match(refused.err, /^Nothing was verified\. /);

    const offline = await runTask(["ledger", "verify", file, "--pin", pin], "", {});
    assert.deepEqual([offline.code, offline.err], [2, ""], offline.out);
    assert.match(offline.out, /\nincomplete: No key was at hand: chains were checked/);
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
    await Deno.writeTextFile(file, lines.slice(0, -1).join("\n"));
    const before = await Deno.readTextFile(pin);
    const cut = await runTask(["ledger", "verify", file, "--pin", pin], "", {});
    assert.equal(cut.code, 1, cut.out);
    assert.match(
      cut.out,
      /\nbroken: chain [0-9a-f]{32}, row 3: The pin file names a row that is not there any more\./,
    );
    assert.equal(await Deno.readTextFile(pin), before, "what was lost stays pinned");
    await Deno.writeTextFile(pin, before.replace(/"person":"[^"]+"/, '"person":"somebody"'));
    const foreign = await runTask(["ledger", "verify", "--pin", pin], "", env);
    assert.deepEqual([foreign.code, foreign.out], [64, ""]);
    assert.match(
      foreign.err,
      /^The pin file is of another person or of another sync service\. It was left as it is\.\n$/,
    );
  } finally {
    await stack.stop();
  }
});

Deno.test("ledger: the task says what is wrong with its arguments and files, and what is not running", async () => {
  const unclear = await runTask(["ledger", "verify", "--since", "25:00"], "");
  assert.deepEqual([unclear.code, unclear.out], [64, ""]);
  assert.match(unclear.err, /^--since: There is no time 25:00 on a clock\.\nAll that it takes: /);
  const noFile = await runTask(["ledger", "verify", ".mana-test/none.jsonl"], "");
  assert.deepEqual([noFile.code, noFile.out, noFile.err], [64, "", "There is no such file.\n"]);
  const other = await runTask(["ledger", "verify", "README.md"], "");
  assert.deepEqual([other.code, other.out], [64, ""]);
  assert.match(other.err, /^The file is no export of a ledger/);
  const missing = await runTask(["ledger", "verify"], "", { BACKEND_DATA: "./.mana-test/not there" });
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  assert.match(missing.err, /^There is no data folder \.\/\.mana-test\/not there/);
  const help = await runTask(["ledger", "--help"], "");
  assert.deepEqual([help.code, help.err], [0, ""]);
});

Deno.test("ledger: the commands of the documents are those that the task takes", async () => {
  const commands = new Set<string>();
  for (const path of ["README.md", "docs/ledger.md", "docs/your-page.md", "docs/production.md"]) {
    const text = await Deno.readTextFile(path);
    for (const [command = ""] of text.matchAll(/deno task ledger [^`\n]*/g)) commands.add(command.trim());
  }
  assert.ok(commands.size >= 3, [...commands].join("\n"));
  for (const command of commands) {
    const args = command.replace(/^deno task /, "").replaceAll(/[[\]]/g, "").split(/\s+/);
    const { code, err } = await runTask([...args], "", { BACKEND_DATA: "./.mana-test/not there" });
    // It gets as far as the services, or as the file.
    assert.ok(code === 2 || /^There is no such file\.\n$/.test(err), `${command}\n${err}`);
  }
});
