import assert from "node:assert/strict";
import { isOnPostgres, openTestDatabase, type ProviderTables } from "../_support/test_database.ts";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../../backend/database/schema.ts";
import { makeFolder } from "../backend/_folder.ts";
import { PASSWORD } from "../_support/test_backend.ts";
import { createFlow, onlyEmbedded } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  introspect,
  REDIRECT,
  refresh,
  refusalOf,
  register,
  tokensOf,
} from "../_support/oauth_flow.ts";

const count = (db: DatabaseSync, sql: string) => db.prepare(sql).get()?.n;

Deno.test("storage: grants and refresh tokens outlive a restart, revocations too", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const before = await createFlow({ data });
  const anna = await before.personWithBrowser("anna");
  const kept = await connect(before, anna, { until: "always" });
  const ended = await connect(before, anna, { keep: "yes" });
  await anna.submit(await anna.open("/apps"), "/apps", {
    end: "yes",
    grant: String(decode(ended.access).claims.gid),
  });
  await before[Symbol.asyncDispose]();

  await using after = await createFlow({ data });
  assert.equal((await introspect(after, kept.access)).active, true);
  assert.equal((await introspect(after, ended.access)).active, false);
  assert.equal(await refusalOf(await refresh(after, ended.clientId, ended.refresh)), "400 invalid_grant");
  await tokensOf(await refresh(after, kept.clientId, kept.refresh));
});

Deno.test("storage: no token, code or secret lies there as it is", { ignore: isOnPostgres() }, async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const flow = await createFlow({ data });
  const anna = await flow.personWithBrowser("anna");
  const { access, refresh: token, code } = await connect(flow, anna);
  await flow[Symbol.asyncDispose]();
  const names = (await Array.fromAsync(Deno.readDir(data))).map(({ name }) => name);
  assert.ok(names.includes("auth.sqlite"));
  for (const name of names) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${data}/${name}`));
    for (const secret of [access, token, code, PASSWORD]) assert.ok(!text.includes(secret), name);
  }
});

Deno.test("storage: used refresh tokens go when they are too old to matter, consents at once", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const flow = await createFlow({ data });
  const anna = await flow.personWithBrowser("anna");
  let { clientId, refresh: token } = await connect(flow, anna, { until: "always" });
  const signIn = await openTestDatabase(data);
  const db = signIn.db.withTables<ProviderTables>();
  const rowsIn = async (table: keyof ProviderTables) =>
    (await db.selectFrom(table).selectAll().execute()).length;
  for (let turn = 0; turn < 3; turn += 1) {
    token = (await tokensOf(await refresh(flow, clientId, token))).refresh;
  }
  assert.equal(await rowsIn("oauthRefreshToken"), 4);
  assert.equal(await rowsIn("oauthConsent"), 0);
  await db.updateTable("oauthRefreshToken").set({ expiresAt: "2020-01-01T00:00:00.000Z" })
    .where("revoked", "is not", null).execute();
  await tokensOf(await refresh(flow, clientId, token));
  assert.equal(await rowsIn("oauthRefreshToken"), 2);
  await signIn.close();
  await flow[Symbol.asyncDispose]();
});

Deno.test("storage: a connection that ended keeps its name, place and dates as long as the account lives", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const flow = await createFlow({ data });
  const [anna, ben] = [await flow.personWithBrowser("anna"), await flow.personWithBrowser("ben")];
  const ended = await connect(flow, anna);
  await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
  flow.clock.now += 1000;
  await connect(flow, ben, { until: "day" });
  flow.clock.now += 1000;
  const { client_id: unused } = await register(flow, { client_name: "Never there" });
  await allow(ben, await ben.open(authorizeUrl(unused)));
  const signIn = await openTestDatabase(data);
  const rows = async () =>
    await signIn.db.selectFrom("grants").select(["client_id", "client_name", "client_redirects"])
      .select(["user_id", "revoked_at", "expires_at"]).orderBy("created_at").execute();
  const made = await rows();
  assert.deepEqual(made.map((row) => row.client_name), ["Test app", "Test app", "Never there"]);

  flow.clock.now += 400 * 24 * 3600_000;
  const chris = await flow.personWithBrowser("chris");
  await connect(flow, chris); // whoever connects an app clears away what is not needed any more
  const kept = await rows();
  assert.deepEqual(kept.slice(0, 2), made.slice(0, 2), "taken back, run out: both are told of later");
  assert.equal(kept.length, 3, "a code that no app redeemed is forgotten");
  assert.equal(kept[0]?.client_id, ended.clientId);
  assert.deepEqual(kept[0]?.client_redirects, REDIRECT);

  const gone = kept[0]?.user_id ?? "";
  await signIn.db.deleteFrom("user").where("id", "=", gone).execute();
  await connect(flow, chris, { keep: "yes" });
  const left = (await rows()).map((row) => row.user_id);
  assert.ok(!left.includes(gone), "nothing is kept of a person whose account is gone");
  assert.ok(left.includes(kept[1]?.user_id ?? ""), "nobody else loses anything");
  await signIn.close();
  await flow[Symbol.asyncDispose]();
});

Deno.test(
  "storage: a folder of the version before is brought up to date",
  {
    ignore: isOnPostgres() ||
      onlyEmbedded("a folder of an embedded backend is no folder of a sign-in server"),
  },
  async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    const old = new DatabaseSync(`${data}/mana.sqlite`);
    old.exec(MIGRATIONS[0] ?? "");
    old.exec("PRAGMA user_version = 1");
    old.exec("INSERT INTO login_locks VALUES ('x@mana.test', 1)");
    old.close();
    const flow = await createFlow({ data });
    const anna = await flow.personWithBrowser("anna");
    assert.equal((await introspect(flow, (await connect(flow, anna)).access)).active, true);
    await flow[Symbol.asyncDispose]();
    using db = new DatabaseSync(`${data}/mana.sqlite`);
    assert.equal(db.prepare("PRAGMA user_version").get()?.user_version, MIGRATIONS.length);
    using auth = new DatabaseSync(`${data}/auth.sqlite`);
    assert.equal(count(auth, "SELECT count(*) AS n FROM login_locks"), 1);
  },
);

Deno.test("storage: an address that is not the gateway's any more cannot be asked for", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const before = await createFlow({
    data,
    gatewayAddresses: ["https://old.test/mcp", "https://new.test/mcp"],
  });
  const anna = await before.personWithBrowser("anna");
  const old = await connect(before, anna, {}, { resource: "https://old.test/mcp" });
  await before[Symbol.asyncDispose]();
  await using after = await createFlow({ data, gatewayAddresses: ["https://new.test/mcp"] });
  assert.equal((await introspect(after, old.access)).active, false);
  assert.equal(await refusalOf(await refresh(after, old.clientId, old.refresh)), "400 invalid_grant");
});
