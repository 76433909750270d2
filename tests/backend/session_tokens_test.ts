import assert from "node:assert/strict";
import { isOnPostgres } from "../_support/test_database.ts";
import { createHmac } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { makeFolder } from "./_folder.ts";
import {
  type Account,
  AUTH_SECRET,
  createTestBackend,
  ORIGIN,
  PASSWORD,
  post,
  type TestBackend,
} from "../_support/test_backend.ts";

const Row = z.object({ id: z.string(), token: z.string() });

/** The cookie of a session, as whoever knows the server's secret can write it. */
function cookieOf(token: string): string {
  const signature = createHmac("sha256", AUTH_SECRET).update(token).digest("base64");
  return `mana.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}

/** The session token in a cookie. */
function tokenOf({ cookie }: Account): string {
  const value = decodeURIComponent(/mana\.session_token=([^;]+)/.exec(cookie)?.[1] ?? "");
  return value.slice(0, value.lastIndexOf("."));
}

const refresh = async (test: TestBackend, cookie: string) =>
  (await test.auth("/api/v1/auth/refresh", post({}, { cookie }))).status;
const rowsOf = (db: DatabaseSync) => z.array(Row).parse(db.prepare("SELECT id, token FROM session").all());

Deno.test("sessions: a stolen copy of auth.sqlite opens none, even with the secret that signs cookies", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  const test = await createTestBackend({ data: folder.path });
  const anna = await test.person("anna");
  assert.equal(await refresh(test, cookieOf(tokenOf(anna))), 200); // so a forged cookie is a good one
  using db = new DatabaseSync(`${folder.path}/auth.sqlite`, { readOnly: true });
  const rows = rowsOf(db);
  assert.ok(rows.length > 0);
  for (const { token } of rows) {
    for (const stolen of [token, token.slice("sha256:".length)]) {
      assert.equal(await refresh(test, cookieOf(stolen)), 401);
      for (const path of ["/api/auth/token", "/api/auth/get-session", "/api/auth/organization/list"]) {
        const answer = await test.auth(path, { headers: { cookie: cookieOf(stolen) } });
        assert.ok(answer.status === 401 || await answer.text() === "null", path);
      }
    }
  }
  await test.backend.close();
  for (const name of ["auth.sqlite", "mana.sqlite"]) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${folder.path}/${name}`));
    assert.ok(!text.includes(tokenOf(anna)), name);
  }
});

Deno.test(
  "sessions: those of a database that has tokens in plain go on, and the tokens are gone from its files",
  { ignore: isOnPostgres() },
  async () => {
    await using folder = await makeFolder();
    const before = await createTestBackend({ data: folder.path });
    const anna = await before.person("anna");
    await before.backend.close();
    const old = new DatabaseSync(`${folder.path}/auth.sqlite`);
    const [newest] = rowsOf(old).slice(-1);
    old.prepare("UPDATE session SET token = ? WHERE id = ?").run(tokenOf(anna), newest?.id ?? "");
    old.close();

    await using after = await createTestBackend({ data: folder.path });
    assert.equal(await refresh(after, anna.cookie), 200);
    for await (const { name } of Deno.readDir(folder.path)) {
      const text = new TextDecoder("latin1").decode(await Deno.readFile(`${folder.path}/${name}`));
      assert.ok(!text.includes(tokenOf(anna)), name);
    }
  },
);

Deno.test("sessions: used, prolonged, changed and ended by their tokens, which only the browser has", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  await using test = await createTestBackend({ data: folder.path });
  const anna = await test.person("anna");
  const headers = { cookie: anna.cookie, ...ORIGIN };
  using db = new DatabaseSync(`${folder.path}/auth.sqlite`);

  const Session = z.object({
    session: z.object({ token: z.string(), activeOrganizationId: z.string().nullish() }),
  });
  const ask = async () => {
    const answer = await test.auth("/api/auth/get-session", { headers });
    return { session: Session.parse(await answer.json()).session, cookies: answer.headers.getSetCookie() };
  };
  assert.equal((await ask()).session.token, tokenOf(anna));

  // Prolonged: better-auth does so with a session that is a day old, and sets the cookie again.
  const soon = new Date(Date.now() + 5 * 24 * 3600_000).toISOString();
  db.prepare("UPDATE session SET expiresAt = ?").run(soon);
  const prolonged = await ask();
  assert.equal(prolonged.session.token, tokenOf(anna));
  assert.match(
    decodeURIComponent(prolonged.cookies.join()),
    new RegExp(`mana\\.session_token=${tokenOf(anna)}\\.`),
  );
  assert.ok(rowsOf(db).every(({ token }) => token.startsWith("sha256:")));

  // Changed: by its token, too.
  const spaces = await (await test.auth("/api/auth/organization/list", { headers })).json();
  const organizationId = z.array(z.object({ id: z.string() })).parse(spaces)[0]?.id ?? "";
  const chosen = await test.auth("/api/auth/organization/set-active", post({ organizationId }, headers));
  assert.equal(chosen.status, 200, await chosen.text());
  assert.equal((await ask()).session.activeOrganizationId, organizationId);

  // A new password may end the other sessions; the browser that changed it gets a new one.
  const second = await test.auth(
    "/api/auth/sign-in/email",
    post({ email: anna.email, password: PASSWORD }, ORIGIN),
  );
  const [other = ""] = second.headers.getSetCookie();
  assert.equal(await refresh(test, other), 200);
  const changed = await test.auth(
    "/api/auth/change-password",
    post({ currentPassword: PASSWORD, newPassword: "another horse", revokeOtherSessions: true }, headers),
  );
  assert.equal(changed.status, 200, await changed.text());
  const [fresh = ""] = changed.headers.getSetCookie();
  assert.deepEqual(
    [await refresh(test, other), await refresh(test, anna.cookie), await refresh(test, fresh)],
    [
      401,
      401,
      200,
    ],
  );

  // All at once, by the person and not by tokens.
  const all = await test.auth("/api/auth/revoke-sessions", post({}, { cookie: fresh, ...ORIGIN }));
  assert.equal(all.status, 200);
  assert.equal(await refresh(test, fresh), 401);
  assert.deepEqual(rowsOf(db), []);
});

Deno.test("sessions: nobody lists them or ends one by a token that was read", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const headers = { cookie: anna.cookie, ...ORIGIN };
  assert.equal((await test.auth("/api/auth/list-sessions", { headers })).status, 404);
  for (const path of ["/api/auth/revoke-session", "/api/auth/revoke-other-sessions"]) {
    assert.equal((await test.auth(path, post({ token: "x" }, headers))).status, 404, path);
  }
  assert.equal(await refresh(test, anna.cookie), 200);
});
