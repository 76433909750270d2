import assert from "node:assert/strict";
import { createBrowser } from "../_support/browser.ts";
import {
  allow,
  authorizeUrl,
  exchange,
  redeem,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { createRealServices } from "../_support/real_services/real_services.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { isOnPostgres } from "../_support/test_database.ts";
import {
  asked,
  createRemoteWorld,
  passwordEntrance,
  SIGN_IN_URL,
  submitPassword,
} from "../_support/remote_world.ts";

// SQLite has one process.
const ignore = !isOnPostgres();

/** Two nodes on one database, in front of one auth service. `ask` sends each request to the other node than the one before. */
async function createNodes() {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const services = stack.use(await createRealServices());
  const first = stack.use(await createRemoteWorld({ services, data: folder.path }));
  const second = stack.use(await createRemoteWorld({ services, data: folder.path }));
  let turn = first;
  const auth = (path: string, init?: RequestInit) => {
    turn = turn === first ? second : first;
    return turn.auth(path, init);
  };
  return {
    services,
    first,
    second,
    auth,
    browser: () =>
      createBrowser(SIGN_IN_URL, async (request) => {
        turn = turn === first ? second : first;
        return await turn.server.routes.fetch(request, { address: "192.0.2.7" });
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test(
  "remote people, two nodes: each step of a connection may reach the other node, and the last one ends the session",
  { ignore },
  async () => {
    await using nodes = await createNodes();
    const { services, first, second } = nodes;
    const anna = await services.people.make("anna");
    const { client_id } = await register(nodes);
    const browser = nodes.browser();
    const consent = await submitPassword(browser, await browser.open(authorizeUrl(client_id)), anna);
    const code = returned(await allow(browser, consent)).get("code");
    assert.ok(code);
    const { access } = await tokensOf(await redeem(nodes, client_id, code));
    for (const node of [first, second]) assert.equal((await exchange(node, access)).status, 200);
    const apps = await browser.open("/apps");
    await browser.submit(apps, "/sign-out");
    assert.equal(asked(first, "/sign-out").length, 0);
    const { id } = await first.signIn.db.selectFrom("grants").select("id").executeTakeFirstOrThrow();
    await Promise.all([first.people.grantEnded(id), second.people.grantEnded(id)]);
    assert.equal(asked(first, "/sign-out").length, 1);
    assert.deepEqual(await second.signIn.db.selectFrom("auth_sessions").selectAll().execute(), []);
  },
);

Deno.test(
  "remote people, two nodes: a code may reach the other node than its password",
  { ignore },
  async () => {
    await using nodes = await createNodes();
    const { services, first, second } = nodes;
    const anna = await services.people.make("anna");
    await services.people.switchOnSecondFactor(anna);
    const { address } = first;
    const asks = await passwordEntrance(first).signIn({ ...anna, oauthQuery: "", address });
    assert.ok(asks.outcome === "code-needed");
    const code = await services.people.secondFactorCode(anna.email);
    const entered = await passwordEntrance(second).verifyCode({ ...asks, code, oauthQuery: "", address });
    assert.equal(entered.outcome, "entered");
  },
);

Deno.test("remote people, two nodes: wrong passwords at both count together, also in the same moment", {
  ignore,
}, async () => {
  await using nodes = await createNodes();
  const anna = await nodes.services.people.make("anna");
  const attempts = [nodes.first, nodes.second].flatMap((node, n) =>
    Array.from({ length: 10 }, (_, i) =>
      passwordEntrance(node).signIn({
        email: anna.email,
        password: "wrong horse",
        oauthQuery: "",
        address: `192.0.${n}.${i}`,
      }))
  );
  const outcomes = (await Promise.all(attempts)).map(({ outcome }) => outcome);
  assert.equal(outcomes.filter((outcome) => outcome === "wrong-password").length, 4);
  assert.equal(asked(nodes.first, "/sign-in/email").length, 4);
});

Deno.test("remote people, two nodes: a person who comes in for the first time at both is one person", {
  ignore,
}, async () => {
  await using nodes = await createNodes();
  const anna = await nodes.services.people.make("anna");
  const outcomes = await Promise.all(
    [nodes.first, nodes.second].map((node) =>
      passwordEntrance(node).signIn({ ...anna, oauthQuery: "", address: node.address })
    ),
  );
  assert.deepEqual(outcomes.map(({ outcome }) => outcome), ["entered", "entered"]);
  const { adapter } = await nodes.first.server.identity.$context;
  assert.equal(await adapter.count({ model: "user" }), 1);
});
