import assert from "node:assert/strict";
import { z } from "zod";
import { REGISTRATIONS_PER_ADDRESS } from "../../sign_in/kit/limits.ts";
import type { Secrets } from "../../sign_in/secrets/secrets.ts";
import { startSignIn } from "../../scripts/stack/start_stack.ts";
import { createBrowser } from "../_support/browser.ts";
import {
  connect,
  decode,
  exchange,
  introspect,
  refresh,
  refusalOf,
  register,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { createRealServices, type RealServices } from "../_support/real_services/real_services.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { post, SERVICE_KEY } from "../_support/test_backend.ts";
import { createDatabase, isOnPostgres, testDatabaseUrl } from "../_support/test_database.ts";
import { createRemoteWorld, type RemoteWorld, submitPassword } from "../_support/remote_world.ts";
import { startRelay } from "./_relay.ts";

/** Two nodes on one PostgreSQL, as apps, the gateway and operators meet them. */

const ignore = !isOnPostgres();
const secret = (id: number) => ({ id, text: String(id).repeat(40) });

/** A node on the database of that name. */
function startNode(
  services: RealServices,
  data: string,
  secrets: Secrets = [secret(1)],
): Promise<RemoteWorld> {
  return createRemoteWorld({ services, data, secrets });
}

/** Two nodes, and an app that Anna connected at the first. */
async function createNodes() {
  const stack = new AsyncDisposableStack();
  const services = stack.use(await createRealServices());
  const data = crypto.randomUUID();
  const first = stack.use(await startNode(services, data));
  const second = stack.use(await startNode(services, data));
  const anna = await services.people.make("anna");
  const app = await connect(first, await first.signedIn(anna));
  return { services, data, first, second, anna, app, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test(
  "sign-in nodes: six refreshes of one token in the same moment, over both, have one answer and leave one living grant",
  {
    ignore,
  },
  async () => {
    await using nodes = await createNodes();
    const { first, second, app } = nodes;
    let token = app.refresh;
    for (let round = 0; round < 8; round += 1) {
      const answers = await Promise.all(
        [first, second, first, second, first, second].map((node) => refresh(node, app.clientId, token)),
      );
      const tokens = await Promise.all(answers.map(tokensOf));
      const [one] = tokens;
      assert.ok(one);
      assert.deepEqual([...new Set(tokens.map((each) => each.refresh))], [one.refresh]);
      for (const node of [first, second]) {
        assert.equal((await introspect(node, one.access)).active, true);
      }
      token = one.refresh;
    }
    const live = await first.signIn.db.selectFrom("grants").select("id").where("revoked_at", "is", null)
      .execute();
    assert.equal(live.length, 1);
  },
);

Deno.test(
  "sign-in nodes: a lost answer is given again by the other node; the token before the last ends the grant at both",
  {
    ignore,
  },
  async () => {
    await using nodes = await createNodes();
    const { first, second, app } = nodes;
    const given = await tokensOf(await refresh(first, app.clientId, app.refresh));
    const again = await tokensOf(await refresh(second, app.clientId, app.refresh));
    assert.equal(again.refresh, given.refresh);
    await tokensOf(await refresh(second, app.clientId, given.refresh));
    assert.equal(await refusalOf(await refresh(first, app.clientId, app.refresh)), "400 invalid_grant");
    for (const node of [first, second]) assert.equal((await introspect(node, given.access)).active, false);
  },
);

Deno.test("sign-in nodes: registrations and uses of both count together", { ignore }, async () => {
  await using nodes = await createNodes();
  const { first, second, app } = nodes;
  first.address = second.address = "192.0.2.99";
  for (let n = 0; n < REGISTRATIONS_PER_ADDRESS; n += 1) await register(n % 2 === 0 ? first : second);
  for (const node of [first, second]) {
    const answer = await node.auth(
      "/api/auth/oauth2/register",
      post({ redirect_uris: ["http://127.0.0.1/x"] }),
    );
    assert.equal(answer.status, 429, await answer.text());
  }
  const gid = z.string().parse(decode(app.access).claims.gid);
  const use = (node: RemoteWorld) =>
    node.auth(
      `/api/v1/internal/grants/${gid}/use`,
      post({ module: "todo", access: "read", count: 3 }, { "x-service-key": SERVICE_KEY }),
    );
  const told = await Promise.all(Array.from({ length: 10 }, (_, n) => use(n % 2 === 0 ? first : second)));
  assert.deepEqual(told.map(({ status }) => status), Array(10).fill(200));
  const counted = await first.signIn.db.selectFrom("grant_uses").select("count").execute();
  assert.deepEqual(counted, [{ count: 30 }]);
});

Deno.test("sign-in nodes: secrets are renewed node by node, and no app notices", { ignore }, async () => {
  await using services = await createRealServices();
  const data = crypto.randomUUID();
  const anna = await services.people.make("anna");
  const steps: readonly (readonly [Secrets, Secrets])[] = [
    [[secret(1)], [secret(1)]],
    [[secret(1), secret(2)], [secret(1)]],
    [[secret(1), secret(2)], [secret(1), secret(2)]],
    [[secret(2), secret(1)], [secret(1), secret(2)]],
    [[secret(2), secret(1)], [secret(2), secret(1)]],
    [[secret(2)], [secret(2), secret(1)]],
    [[secret(2)], [secret(2)]],
  ];
  let app: Awaited<ReturnType<typeof connect>> | undefined;
  let token = "";
  for (const [one, other] of steps) {
    await using first = await startNode(services, data, one);
    await using second = await startNode(services, data, other);
    if (app === undefined) {
      app = await connect(first, await first.signedIn(anna));
      token = app.refresh;
    }
    for (const node of [first, second]) {
      const tokens = await tokensOf(await refresh(node, app.clientId, token));
      token = tokens.refresh;
      for (const asked of [first, second]) {
        assert.equal((await introspect(asked, tokens.access)).active, true);
        assert.equal((await exchange(asked, tokens.access)).status, 200);
      }
    }
  }
});

Deno.test(
  "sign-in nodes: a process survives the loss of its database, answers 'later' meanwhile, and goes on afterwards",
  {
    ignore,
  },
  async () => {
    await using services = await serveRealServices();
    await using relay = startRelay(await createDatabase(testDatabaseUrl() ?? "", ":memory:"));
    const key = "k".repeat(32);
    const server = startSignIn({
      env: {
        SIGN_IN_PORT: "0",
        SIGN_IN_SERVICE_KEY: key,
        SIGN_IN_DATABASE_URL: relay.url,
        SIGN_IN_SECRETS: `1:${"s".repeat(32)}`,
        SIGN_IN_DATA: "/nowhere", // no folder is made, and none may be touched
        MANA_AUTH_URL: services.authUrl,
        JWT_ISSUER: services.issuer,
        MANA_MCP_RESOURCE: "http://127.0.0.1:3069/mcp",
      },
    });
    try {
      const { issuer } = z.object({ issuer: z.string() }).parse(await server.event("listening"));
      const door = {
        auth: (path: string, init?: RequestInit) =>
          fetch(new URL(path, issuer), { redirect: "manual", ...init }),
      };
      const browser = createBrowser(issuer, (request) => fetch(request, { redirect: "manual" }));
      const anna = await services.people.make("anna");
      const apps = await submitPassword(browser, await browser.open("/sign-in"), anna);
      assert.equal(new URL(apps.url).pathname, "/apps", apps.html);
      const app = await connect(door, browser);

      const many = Array.from({ length: 20 }, () => refresh(door, app.clientId, app.refresh));
      relay.close();
      for (const answer of await Promise.all(many)) {
        assert.ok([200, 503].includes(answer.status), String(answer.status));
        await answer.body?.cancel();
      }
      const later = await refresh(door, app.clientId, app.refresh);
      assert.deepEqual([later.status, (await later.json()).error], [503, "temporarily_unavailable"]);
      const page = await browser.open("/apps");
      assert.equal(page.status, 503, page.html);
      assert.match(page.html, /This does not work at the moment/);
      assert.equal((await (await fetch(`${issuer}/health`)).json()).status, "ok");

      relay.open();
      await tokensOf(await refresh(door, app.clientId, app.refresh));
      assert.equal((await browser.open("/apps")).status, 200);
      assert.equal(await server.stop(), 0);
      const lines = server.lines().join("\n");
      assert.match(lines, /"event":"database-fault","service":"sign-in","code":"/);
      for (const value of [app.refresh, anna.email, key]) assert.ok(!lines.includes(value));
      for (const line of server.lines()) assert.ok(JSON.parse(line));
    } finally {
      await server.stop("SIGKILL");
    }
  },
);
