import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createInTurn, TurnFault } from "../../sign_in/kit/in_turn.ts";
import { openSignInDatabase } from "../../sign_in/database/open_sign_in_database.ts";
import { makeFolder } from "../backend/_folder.ts";
import {
  authorizeUrl,
  connect,
  form,
  introspect,
  REDIRECT,
  refresh,
  register,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { post, SERVICE_KEY } from "../_support/test_backend.ts";
import { isOnPostgres } from "../_support/test_database.ts";
import { createRemoteWorld, submitPassword } from "../_support/remote_world.ts";

/** What is answered while the database does not do its work; PostgreSQL's own faults are in tests/postgres. */

const ignore = isOnPostgres();

Deno.test(
  "database faults: a full disk is 'later' everywhere, nobody's password is called wrong, and afterwards all goes on",
  {
    ignore,
  },
  async () => {
    await using world = await createRemoteWorld();
    const { signIn } = world;
    const pragma = async (words: string) => {
      const compiled = signIn.db.selectFrom("sign_in_state").selectAll().compile();
      await signIn.db.executeQuery({ ...compiled, sql: `PRAGMA ${words}` });
    };
    const anna = await world.services.people.make("anna");
    const browser = world.browser();
    await submitPassword(browser, await browser.open("/sign-in"), anna);
    const app = await connect(world, browser);
    const other = world.browser();
    const signInPage = await other.open("/sign-in");

    await pragma("max_page_count = 1"); // SQLite keeps to the pages that there are
    await fill(world);
    // Single pages still have room for a few more rows.
    let token = app.refresh;
    let later = await refresh(world, app.clientId, token);
    for (let n = 0; n < 100 && later.ok; n += 1) {
      token = (await tokensOf(later)).refresh;
      later = await refresh(world, app.clientId, token);
    }
    assert.deepEqual([later.status, later.headers.get("retry-after")], [503, "5"]);
    assert.deepEqual(await later.json(), {
      error: "temporarily_unavailable",
      error_description: "The database does not answer. Try again later.",
    });
    await pragma("query_only = 1"); // the same for every table, however much room its last page has
    const registered = await world.auth("/api/auth/oauth2/register", post({ redirect_uris: [REDIRECT] }));
    assert.equal(registered.status, 503, await registered.text());
    const page = await submitPassword(other, signInPage, anna);
    assert.equal(page.status, 503, page.html);
    assert.match(page.html, /This does not work at the moment/);
    assert.ok(!page.html.includes("password"), page.html);

    await pragma("max_page_count = 1000000");
    await pragma("query_only = 0");
    await tokensOf(await refresh(world, app.clientId, token));
    world.clock.now += 60_000;
    const entered = await submitPassword(other, await other.open("/sign-in"), anna);
    assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
  },
);

/** Fills what is left of the last pages. */
async function fill({ signIn }: Awaited<ReturnType<typeof createRemoteWorld>>): Promise<void> {
  for (let length = 3000; length > 0; length = Math.floor(length / 2)) {
    const insert = (n: number) =>
      signIn.db.insertInto("login_locks").values({
        address: `${length} ${n} ${"x".repeat(length)}`,
        locked_until: 0,
      }).execute();
    for (let n = 0;; n += 1) {
      const isFull = await insert(n).then(() => false, () => true);
      if (isFull) break;
    }
  }
}

Deno.test(
  "database faults: a database that somebody else has locked is 'later' too, and the line of the log has no value",
  {
    ignore,
  },
  async () => {
    await using folder = await makeFolder();
    await using world = await createRemoteWorld({ data: folder.path });
    const anna = await world.services.people.make("anna");
    const browser = world.browser();
    await submitPassword(browser, await browser.open("/sign-in"), anna);
    const app = await connect(world, browser);
    const compiled = world.signIn.db.selectFrom("sign_in_state").selectAll().compile();
    await world.signIn.db.executeQuery({ ...compiled, sql: "PRAGMA busy_timeout = 20" });
    {
      using holder = new DatabaseSync(`${folder.path}/auth.sqlite`);
      holder.exec("BEGIN IMMEDIATE");
      assert.equal((await refresh(world, app.clientId, app.refresh)).status, 503);
      const asked = await world.auth(
        "/api/v1/oauth/introspect",
        form({ token: app.access }, { "x-service-key": SERVICE_KEY }),
      );
      assert.ok([200, 503].includes(asked.status));
      holder.exec("ROLLBACK");
    }
    await tokensOf(await refresh(world, app.clientId, app.refresh));
    assert.equal((await introspect(world, app.access)).active, true);
  },
);

Deno.test(
  "database faults: what is refused by its data is no fault, and a request without a fault keeps its answer",
  {
    ignore,
  },
  async () => {
    const codes: string[] = [];
    const signIn = openSignInDatabase(":memory:", {
      onLost: () => {},
      onFault: (code) => void codes.push(code),
    });
    const failing = () => assert.rejects(signIn.db.selectFrom("grants").selectAll().execute());
    assert.equal(await signIn.watch(failing), false); // no such table
    assert.deepEqual(codes, []);
    await signIn.close();
    assert.equal(await signIn.watch(() => Promise.resolve()), false);

    await using world = await createRemoteWorld();
    const { client_id } = await register(world);
    assert.equal((await refresh(world, client_id, "nothing")).status, 400);
    const page = await world.browser().open(authorizeUrl(client_id));
    assert.equal(new URL(page.url).pathname, "/sign-in");
  },
);

Deno.test("in turn: who waits for too long gives up, its work is never begun, and nobody gets past those before", async () => {
  const inTurn = createInTurn(10);
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  const running = inTurn("key", async () => {
    await first.promise;
    order.push("first");
  });
  const late = await inTurn("key", () => Promise.resolve(order.push("late"))).catch((error: unknown) =>
    error
  );
  assert.ok(late instanceof TurnFault);
  const next = inTurn("key", () => Promise.resolve(order.push("next")));
  await inTurn("another key", () => Promise.resolve(order.push("other")));
  first.resolve();
  await Promise.all([running, next]);
  assert.deepEqual(order, ["other", "first", "next"]);
});
