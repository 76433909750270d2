/** The account for reviewers: it has records and no more rights than any person, and the kit's task keeps its token to itself. */
import assert from "node:assert/strict";
import { writeFictionalRecords } from "../../scripts/listing/fictional_records.ts";
import { makeReviewAccount } from "../../scripts/listing/review_account.ts";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { call } from "../_support/mcp.ts";
import { runTask } from "../_support/run_task.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { AUTH_URL } from "../_support/test_backend.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("the account is made by the front door, is filled by the tools, and can do what any person can and nothing else", async () => {
  await using world = await createWorld();
  const made = {
    authUrl: AUTH_URL,
    email: "reviewer@mana.test",
    request: (input: string | URL | Request, init?: RequestInit) =>
      world.backend.auth.fetch(new Request(input, init)),
    randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  };
  const account = await makeReviewAccount(made);
  assert.equal(account.password.length, 24);
  const { sub: id } = JSON.parse(
    atob(account.token.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""),
  );
  const anna = await world.person("anna");
  const reviewer = { ...anna, id, token: account.token };
  const written = await writeFictionalRecords(async (name, args) => {
    const outcome = await call(world, reviewer, name, args);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.output;
  });
  assert.equal(written, 9);
  const list = await call(world, reviewer, "todo_list");
  assert.ok(list.ok && JSON.stringify(list.output).includes("Book the train to Graz"));
  const others = await call(world, anna, "todo_list");
  assert.ok(others.ok && !JSON.stringify(others.output).includes("Book the train to Graz"));
  // The claims of its token are those of anybody's.
  const claims = (token: string) =>
    Object.keys(JSON.parse(atob(token.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "")))
      .sort();
  assert.deepEqual(claims(account.token), claims(anna.token));
  await assert.rejects(
    makeReviewAccount(made),
    /reviewer@mana\.test has an account already: give another address with --email/,
  );
});

Deno.test("the task makes the account at a running installation, prints its password once and no token", async () => {
  await using folder = await temporaryFolder();
  const stack = await startStack({
    data: `${folder.path}/data`,
    env: { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", LOG_LEVEL: "warn" },
  });
  try {
    const env = { PORT: new URL(stack.mcpUrl).port, MANA_AUTH_URL: stack.authUrl };
    const { out, err, code } = await runTask(["review-kit", "--account", "--email=robin@mana.test"], "", env);
    assert.equal(code, 0, err);
    assert.match(out, /✓ 9 fictional records written/);
    assert.match(out, /account {3}robin@mana\.test\n {2}password {2}[\w-]{24} /);
    assert.match(out, /✓ An account with data for reviewers/);
    assert.match(out, /✗ A public https address: PUBLIC_URL is not set/);
    assert.doesNotMatch(out + err, /eyJ[\w-]{10}/);
    const again = await runTask(["review-kit", "--account", "--email=robin@mana.test"], "", env);
    assert.match(again.out, /✗ robin@mana\.test has an account already/);
  } finally {
    await stack.stop();
  }
});
