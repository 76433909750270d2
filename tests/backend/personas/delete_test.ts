import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { makeSpace, makeTeam } from "../../_support/team.ts";
import { type Account, bearer, ORIGIN, post, signIn, type TestBackend } from "../../_support/test_backend.ts";
import { connect, introspect, ISSUER, refresh, refusalOf, RESOURCE } from "../../_support/oauth_flow.ts";
import { isOnPostgres, openTestDatabase } from "../../_support/test_database.ts";
import { makeFolder } from "../_folder.ts";
import { pull, push } from "../_sync.ts";
import { ANNA, createPersonaBackend, row } from "./_personas.ts";

const insert = (id: string, more: Record<string, unknown> = {}) => ({
  table: "tasks",
  id,
  op: "insert",
  data: { title: "enc:1:x" },
  ...more,
});

/** Every table of an installation that has a text with one of `texts`. */
async function tablesWith(data: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const look = (table: string, rows: unknown) => {
    const text = JSON.stringify(rows);
    if (texts.some((one) => text.includes(one))) found.push(table);
  };
  const signIn = await openTestDatabase(data);
  const anyTable = signIn.db.withTables<Record<string, { id: string }>>();
  for (const { name } of await signIn.db.introspection.getTables()) {
    look(`auth ${name}`, await anyTable.selectFrom(name).selectAll().execute());
  }
  await signIn.close();
  using mana = new DatabaseSync(`${data}/mana.sqlite`);
  for (const { name } of mana.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
    look(`mana ${name}`, mana.prepare(`SELECT * FROM "${name}"`).all());
  }
  return found;
}

Deno.test(
  "deleting a persona leaves nothing of it in any table, but what it wrote into a space of others",
  async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    const test = await createPersonaBackend({ data, issuer: ISSUER, gatewayAddresses: [RESOURCE] });
    const id = await test.make();
    const benId = await test.make({ email: "persona.ben@mana.test", name: "Ben" });
    const [anna, ben] = [await signIn(test, ANNA.email), await signIn(test, "persona.ben@mana.test")];
    const human = await test.person("carla");
    const flat = await makeTeam(test, anna, ben);
    const alone = await makeSpace(test, anna, "alone");
    await push(test, anna, [
      insert("own"),
      insert("alone", { spaceId: alone }),
      insert("flat", { spaceId: flat }),
    ]);
    await push(test, human, [insert("human")]);
    // A space that she has written into and that is gone, and invitations that nobody has answered.
    const dissolved = await makeSpace(test, anna, "dissolved");
    await push(test, anna, [insert("dissolved", { spaceId: dissolved })]);
    const organization = (who: Account, action: string, body: unknown) =>
      test.auth(`/api/auth/organization/${action}`, post(body, { ...ORIGIN, cookie: who.cookie }));
    const club = await makeSpace(test, human, "club", "club");
    for (
      const answer of [
        await organization(anna, "delete", { organizationId: dissolved }),
        await organization(anna, "invite-member", {
          email: human.email,
          role: "member",
          organizationId: flat,
        }),
        await organization(human, "invite-member", {
          email: ANNA.email,
          role: "member",
          organizationId: club,
        }),
      ]
    ) assert.equal(answer.status, 200, await answer.text());
    const stream = await test.sync("/sync/todo/stream?collections=tasks", { headers: bearer(anna) });
    const ended = stream.text();
    const browser = test.browser();
    const page = await browser.open("/sign-in");
    await browser.submit(page, "/sign-in", { email: ANNA.email, password: ANNA.password });
    const app = await connect(test, browser, { until: "always" });
    await test.runner(`/${id}/claim`, { tickId: "t", leaseMs: 1000 });
    await test.runner(`/${id}/actions`, { actions: [row("t", "todo.create")] });
    await test.runner(`/${id}/feedback`, { feedback: [{ tickId: "t", module: "todo", rating: 3 }] });
    await test.auth("/api/v1/auth/login", post({ email: ANNA.email, password: "wrong password" }));
    assert.ok((await tablesWith(data, [id])).length > 8);

    assert.deepEqual(await test.admin(`/${id}`, { method: "DELETE" }), {
      status: 200,
      body: { ok: true, deleted: id },
    });
    await ended; // an open stream hears nothing any more
    assert.deepEqual(await tablesWith(data, [ANNA.email, alone, dissolved]), []);
    assert.deepEqual(await tablesWith(data, [id]), ["mana changes"]);
    assert.deepEqual((await pull(test, ben, "tasks")).ids, ["flat"]);
    assert.deepEqual((await pull(test, human, "tasks")).ids, ["human"]);

    // Nothing that was handed out before opens anything.
    assert.equal(await push(test, anna, [insert("late")]), 401);
    const key = await test.auth("/api/v1/me/encryption-vault/key", { headers: bearer(anna) });
    assert.equal(key.status, 401);
    await key.body?.cancel();
    const session = await test.auth("/api/auth/token", { headers: { cookie: anna.cookie } });
    assert.equal(session.status, 401);
    await session.body?.cancel();
    assert.equal((await introspect(test, app.access)).active, false);
    assert.equal(await refusalOf(await refresh(test, app.clientId, app.refresh)), "400 invalid_grant");

    // The last of the flat: now its records go as well.
    await test.admin(`/${benId}`, { method: "DELETE" });
    assert.deepEqual(await tablesWith(data, [id, benId, flat]), []);
    assert.deepEqual((await test.admin(`/${id}`, { method: "DELETE" })).status, 404);
    await test[Symbol.asyncDispose]();
  },
);

Deno.test(
  "a deletion that fails halfway is repeated until it is complete",
  { ignore: isOnPostgres() },
  async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    await using test = await createPersonaBackend({ data });
    const id = await test.make();
    const anna = await signIn(test, ANNA.email);
    await push(test, anna, [insert("own")]);
    for (const [file, table] of [["mana", "vaults"], ["auth", "user"], ["mana", "personas"]]) {
      using db = new DatabaseSync(`${data}/${file}.sqlite`);
      db.exec(`CREATE TRIGGER stop BEFORE DELETE ON "${table}" BEGIN SELECT RAISE(ABORT, 'disk'); END`);
      const failed = await test.admin(`/${id}`, { method: "DELETE" });
      assert.ok(failed.status >= 500, `${table} ${failed.status}`);
      assert.equal((await test.runner(`/${id}/claim`, { tickId: "t", leaseMs: 1 })).status, 404);
      assert.ok(!JSON.stringify((await test.runner("/due")).body).includes(id));
      assert.ok(!JSON.stringify((await test.runner("/report")).body).includes(id));
      const again = await test.admin("", post(ANNA));
      assert.deepEqual(again, {
        status: 409,
        body: {
          error: "Conflict",
          message: "The persona of this address is being deleted: repeat the deletion first",
        },
      });
      assert.ok(JSON.stringify((await test.admin("")).body).includes(id), "it is listed until it is gone");
      db.exec("DROP TRIGGER stop");
    }
    assert.equal((await test.admin(`/${id}`, { method: "DELETE" })).status, 200);
    assert.deepEqual(await tablesWith(data, [id, ANNA.email]), []);
    const made = await test.make();
    assert.notEqual(made, id);
  },
);

Deno.test(
  "a deletion that is repeated takes nothing from a human who has registered the address meanwhile",
  { ignore: isOnPostgres() },
  async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    await using test = await createPersonaBackend({ data });
    const id = await test.make();
    using db = new DatabaseSync(`${data}/mana.sqlite`);
    db.exec(`CREATE TRIGGER stop BEFORE DELETE ON personas BEGIN SELECT RAISE(ABORT, 'disk'); END`);
    assert.ok((await test.admin(`/${id}`, { method: "DELETE" })).status >= 500);
    db.exec("DROP TRIGGER stop");
    const human = await test.person("persona.anna");
    assert.equal(human.email, ANNA.email);
    const host = await test.person("carla");
    const organizationId = await makeSpace(test, host, "club", "club");
    const invited = await test.auth(
      "/api/auth/organization/invite-member",
      post({ email: human.email, role: "member", organizationId }, { ...ORIGIN, cookie: host.cookie }),
    );
    const { id: invitationId } = await invited.json();
    assert.equal((await test.admin(`/${id}`, { method: "DELETE" })).status, 200);
    const accepted = await test.auth(
      "/api/auth/organization/accept-invitation",
      post({ invitationId }, { ...ORIGIN, cookie: human.cookie }),
    );
    assert.equal(accepted.status, 200, await accepted.text());
    assert.equal(await push(test, human, [insert("own")]), 200);
  },
);

Deno.test("a human can be neither stamped nor deleted, whatever an administrator types", async () => {
  await using test = await createPersonaBackend();
  const human = await test.person("anna.human");
  const before = await userOf(test, human.cookie);
  assert.deepEqual(await test.admin("", post({ ...ANNA, email: "Anna.Human@mana.test" })), {
    status: 409,
    body: { error: "Conflict", message: "This address belongs to an account that is no persona" },
  });
  assert.deepEqual(await test.admin(`/${human.id}`, { method: "DELETE" }), {
    status: 400,
    body: { error: "NotAPersona", message: "This account is no persona, and stays as it is" },
  });
  assert.equal((await test.admin(`/${human.id}`)).status, 404);
  for (const path of ["claim", "actions", "feedback"]) {
    assert.deepEqual(await test.runner(`/${human.id}/${path}`, {}), {
      status: 404,
      body: { error: "NotFound", message: "No such persona" },
    });
  }
  assert.deepEqual(await userOf(test, human.cookie), before);
  assert.equal(before.kind, "human");
  assert.equal(await push(test, human, [insert("own")]), 200);
  // The operator is no persona either.
  const operator = await test.admin("", post({ ...ANNA, email: "operator@mana.test" }));
  assert.equal(operator.status, 409);
});

Deno.test("a position of the log is not given twice after the newest changes are gone, even with a clock set back", async () => {
  await using folder = await makeFolder();
  const deps = { data: folder.path };
  const first = await createPersonaBackend(deps);
  const id = await first.make();
  const human = await first.person("carla");
  await push(first, await signIn(first, ANNA.email), [insert("own")]);
  const { syncedUntil } = await pull(first, human, "tasks");
  await first.admin(`/${id}`, { method: "DELETE" });
  const back = { now: first.clock.now - 3600_000 };
  await first[Symbol.asyncDispose]();
  await using second = await createPersonaBackend(deps, back);
  const again = await signIn(second, human.email);
  await push(second, again, [insert("after")]);
  assert.deepEqual((await pull(second, again, "tasks", syncedUntil)).ids, [
    "after",
  ]);
});

async function userOf(test: Pick<TestBackend, "auth">, cookie: string): Promise<Record<string, unknown>> {
  const answer = await test.auth("/api/auth/get-session", { headers: { cookie } });
  const { user } = await answer.json();
  return user;
}
