// What happens behind the door once a page was let in: bodies, refusals in their codes, shares, the stop; and what nobody gets to see.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { type Refusal, Refused } from "../../lib/kit/errors.ts";
import {
  MAX_PERSON_BODY_BYTES,
  MAX_REQUESTS_PER_PERSON,
  STOP_ABORT_MS,
  STOP_FLUSH_MS,
  STOP_GRACE_MS,
} from "../../lib/kit/limits.ts";
import { pageFault } from "../../lib/person_page/page_answers.ts";
import { postHeaders } from "../_support/mcp_request.ts";
import { RESOURCE } from "../_support/oauth_flow.ts";
import { bearer, ORIGIN } from "../_support/test_backend.ts";
import { GATEWAY_URL, type Person, type World } from "../_support/world.ts";
import {
  asker,
  BODY,
  createPages,
  DECIDE,
  isNothing,
  pageClaims,
  publishKey,
  send,
  sentForm,
  SHOW,
} from "./_pages.ts";

const PAGE = { typ: "mana-page+jwt" };

/** Sends a good token, with a body that it is for. */
async function ask(world: World, sign: Awaited<ReturnType<typeof publishKey>>, anna: Person, body: string) {
  const pageToken = await sign(pageClaims(world, anna, { body: hash("sha256", body, "base64url") }), PAGE);
  return await send(world, { person: anna, pageToken, body });
}

Deno.test("a page in a browser finds nothing, whatever it holds: no CORS, no preflight", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const pageToken = await sign(pageClaims(world, anna), PAGE);
  for (const origin of [ORIGIN.origin, GATEWAY_URL]) {
    const answer = await send(world, { person: anna, pageToken, headers: { origin } });
    assert.equal(answer.status, 404);
    assert.equal([...answer.headers].some(([name]) => name.startsWith("access-control")), false);
    const preflight = await send(world, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    assert.equal(preflight.status, 404);
    assert.equal([...preflight.headers].some(([name]) => name.startsWith("access-control")), false);
  }
  const foreign = await send(world, { person: anna, pageToken, headers: { origin: "https://evil.test" } });
  assert.equal(foreign.status, 403);
  assert.deepEqual(world.played.asked, []);
});

Deno.test("an action is found by POST at its own path alone", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const bodiless = await sign(pageClaims(world, anna, { body: hash("sha256", "", "base64url") }), PAGE);
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
    assert.equal((await send(world, { method, person: anna, pageToken: bodiless })).status, 404, method);
  }
  const pageToken = await sign(pageClaims(world, anna), PAGE);
  for (
    const action of [
      "",
      "activity/call/",
      "activity/call?x=1",
      "activity/call%20",
      "activity%2fcall",
      "/activity/call",
      "Activity/call",
      "constructor",
      "__proto__",
    ]
  ) assert.equal((await send(world, { action, person: anna, pageToken })).status, 404, action);
  assert.deepEqual(world.played.asked, []);
});

Deno.test("a gateway below a path is asked there and at its root, and takes tokens for its public address alone", async () => {
  const PUBLIC_URL = "https://example.org/mana";
  await using world = await createPages({ env: { PUBLIC_URL, ALLOWED_HOSTS: "127.0.0.1" } });
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  for (const path of ["/mana/person/activity/call", "/person/activity/call"]) {
    for (const [aud, status] of [[`${PUBLIC_URL}/mcp/person`, 200], [`${RESOURCE}/person`, 404]] as const) {
      const pageToken = await sign(pageClaims(world, anna, { aud }), PAGE);
      const headers = { ...bearer(anna), "mana-page-token": pageToken };
      const request = new Request(GATEWAY_URL + path, { method: "POST", headers, body: BODY });
      const answer = await world.gateway.fetch(request);
      assert.equal(answer.status, status, `${path} ${aud}`);
      await answer.body?.cancel();
    }
  }
});

Deno.test("the same request again is answered again within its minute, and finds nothing after", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  await asker(world).show({ userId: anna.id, sessionId: "hers" }, SHOW, { word: "hello" });
  const [sent] = world.pageCalls;
  assert.ok(sent);
  const again = async () => {
    const answer = await world.gateway.fetch(new Request(sent.url, sent));
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await again(), 200);
  world.clock.now += 59_000;
  assert.equal(await again(), 200);
  world.clock.now += 1_000;
  assert.equal(await again(), 404);
});

Deno.test("where no keys can be had, nobody gets in: what cannot be told from a forgery stays closed", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const pageToken = await sign(pageClaims(world, anna), PAGE);
  world.intercept = ({ url }) => url.endsWith("/jwks") ? Promise.reject(new TypeError("refused")) : undefined;
  await isNothing(world, { person: anna, pageToken }, "upstream-failed");
});

Deno.test("a page token is nobody's token elsewhere: not at the endpoint, not at the services", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  await asker(world).show({ userId: anna.id, sessionId: "hers" }, SHOW, { word: "hello" });
  const token = world.pageCalls[0]?.headers.get("mana-page-token") ?? "";
  assert.match(token, /^eyJ/);
  const mcp = await world.gateway.fetch(
    new Request(`${GATEWAY_URL}/mcp`, { method: "POST", headers: postHeaders(token), body: "{}" }),
  );
  assert.equal(mcp.status, 401);
  await mcp.body?.cancel();
  for (
    const answer of [
      await world.sync("/sync/todo/pull?collection=tasks", { headers: bearer({ token }) }),
      await world.auth("/api/v1/me/encryption-vault/status", { headers: bearer({ token }) }),
      await world.auth("/api/auth/organization/list", { headers: bearer({ token }) }),
    ]
  ) {
    assert.equal(answer.status, 401, answer.url);
    await answer.body?.cancel();
  }
});

Deno.test("the person's own token of a page says who they are, and no app, for five minutes", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  await asker(world).show({ userId: anna.id, sessionId: "hers" }, SHOW, { word: "hello" });
  const [, payload = ""] = (world.pageCalls[0]?.headers.get("authorization") ?? "").split(".");
  const claims = JSON.parse(
    new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: "base64url" })),
  );
  assert.deepEqual(Object.keys(claims).sort(), ["aud", "email", "exp", "iat", "iss", "role", "sub", "tier"]);
  assert.deepEqual([claims.sub, claims.aud, claims.exp - claims.iat], [anna.id, "mana", 300]);
});

Deno.test("a body of another form is told by the names of its members, and nothing of it is quoted", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  for (
    const [body, message] of [
      ["", "the body"],
      ["{", "the body"],
      ["\xff", "the body"],
      ["[]", "the body"],
      ["{}", "word"],
      ['{"word":"longer than ten"}', "word"],
      ['{"word":"a","secret":1}', "the body"],
    ] as const
  ) {
    const answer = await ask(world, sign, anna, body);
    assert.equal(answer.status, 400, body);
    const told = { code: "input", message: `The arguments are invalid: ${message}.` };
    assert.deepEqual(JSON.parse(answer.text), { error: told }, body);
  }
  const large = await ask(world, sign, anna, JSON.stringify({ word: "x".repeat(MAX_PERSON_BODY_BYTES) }));
  assert.equal(large.status, 413);
  assert.equal(JSON.parse(large.text).error.code, "input");
  assert.deepEqual(world.played.asked, []);
});

const NOW = { id: "as it is now" };
const FAULTS: readonly (readonly [Refusal, number, string, object?])[] = [
  [{ reason: "approval-unknown" }, 404, "approval-unknown"],
  [{ reason: "approval-changed", now: NOW }, 409, "changed", { approval: NOW }],
  [{ reason: "plan-changed", now: NOW }, 409, "changed", { preview: NOW }],
  [{ reason: "approval-expired", now: NOW }, 410, "expired", { approval: NOW }],
  [{ reason: "approval-used", now: NOW }, 410, "used", { approval: NOW }],
  [{ reason: "grant-ended" }, 403, "grant-ended"],
  [{ reason: "scope-gone" }, 403, "scope-gone"],
  [{ reason: "space-left" }, 403, "space-left"],
  [{ reason: "space-not-member" }, 403, "space-left"],
  [{ reason: "plan-unknown" }, 422, "plan-unknown"],
  [{ reason: "upstream-failed", upstream: "sync", fault: "timeout" }, 503, "sync-down"],
  [{ reason: "upstream-failed", upstream: "vault", fault: "unreachable" }, 503, "vault-down"],
  [{ reason: "upstream-failed", upstream: "auth", fault: "failed" }, 503, "auth-down"],
  [{ reason: "vault-key-invalid" }, 502, "vault-down"],
  [{ reason: "zero-knowledge" }, 503, "no-key"],
  [{ reason: "share-exceeded", retryAfterSeconds: 1 }, 429, "too-many"],
  [{ reason: "overloaded", retryAfterSeconds: 1 }, 503, "busy"],
  [{ reason: "write-unknown", record: "note", ids: ["secret"] }, 504, "interrupted"],
  [{ reason: "token-expired" }, 401, "unauthorized"],
  [{ reason: "record-not-found", record: "note", id: "an id" }, 500, "failed"],
];

Deno.test("each refusal has its status and its code, and shows what there is now", async () => {
  for (const [refusal, status, code, shows = {}] of FAULTS) {
    const answer = pageFault(refusal);
    assert.equal(answer.status, status, refusal.reason);
    const { error, ...rest } = await answer.json();
    assert.equal(error.code, code, refusal.reason);
    assert.deepEqual(rest, shows);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  }
});

Deno.test("nothing that was asked or answered is in the log or in the metrics", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const person = { userId: anna.id, sessionId: "hers" };
  await asker(world).show(person, SHOW, { word: "Sesame" });
  world.played.act = () => {
    throw new Refused({ reason: "approval-changed", now: { title: "Sesame" } });
  };
  await asker(world).decide(person, DECIDE, { word: "Sesame" }, await sentForm());
  world.played.act = () => {
    throw new RangeError("Sesame");
  };
  assert.deepEqual(await asker(world).show(person, SHOW, { word: "Sesame" }), {
    ok: false,
    fault: "refused",
    code: "failed",
  });
  const lines = world.logLines.map((line) => JSON.parse(line)).filter(({ route }) => route !== undefined);
  assert.deepEqual(
    lines.map(({ event, level, route, status, reason, error }) => ({
      event,
      level,
      route,
      status,
      reason,
      error,
    })),
    [
      {
        event: "page",
        level: "info",
        route: "/person/activity/call",
        status: 200,
        reason: undefined,
        error: undefined,
      },
      {
        event: "refused",
        level: "info",
        route: "/person/undo/apply",
        status: 409,
        reason: "approval-changed",
        error: undefined,
      },
      {
        event: "refused",
        level: "error",
        route: "/person/activity/call",
        status: 500,
        reason: "internal",
        error: "RangeError",
      },
    ],
  );
  assert.equal(new Set(lines.map(({ person }) => person)).size, 1);
  const metrics = await (await world.gateway.fetch(new Request(`${GATEWAY_URL}/metrics`))).text();
  assert.match(
    metrics,
    /mana_mcp_person_actions_total\{service="mana-mcp",action="activity\/call",outcome="success"\} 1/,
  );
  assert.match(metrics, /action="undo\/apply",outcome="approval-changed"\} 1/);
  const told = [...world.logLines, metrics, ...world.backendLog.map((entry) => JSON.stringify(entry))].join(
    "\n",
  );
  const sent = world.pageCalls.flatMap(({ headers }) => [
    headers.get("mana-page-token"),
    headers.get("authorization"),
  ]);
  for (const secret of ["Sesame", "eyJ", anna.id, "anna@", ...sent]) {
    assert.ok(secret);
    assert.equal(told.includes(secret), false);
  }
});

Deno.test("pages have their part in the person's share, and give it back", async () => {
  await using world = await createPages();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const released = Promise.withResolvers<void>();
  world.played.act = ({ caller }) => caller.principal.subject === anna.id ? released.promise : undefined;
  const show = ({ id }: Person) =>
    asker(world).show({ userId: id, sessionId: "theirs" }, SHOW, { word: "a" });
  const all = Array.from({ length: MAX_REQUESTS_PER_PERSON + 1 }, () => show(anna));
  const over = await Promise.race(all);
  assert.deepEqual(over, { ok: false, fault: "refused", code: "too-many" });
  assert.equal((await show(ben)).ok, true);
  released.resolve();
  assert.equal((await Promise.all(all)).filter(({ ok }) => ok).length, MAX_REQUESTS_PER_PERSON);
  assert.equal((await show(anna)).ok, true);
});

Deno.test("a page that nobody waits for any more ends; a decision goes on", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  for (
    const [action, typ, isEnded] of [["activity/call", "page", true], [
      "undo/apply",
      "decision",
      false,
    ]] as const
  ) {
    const pageToken = await sign(pageClaims(world, anna, { action }), { typ: `mana-${typ}+jwt` });
    const gone = new AbortController();
    const begun = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    const released = Promise.withResolvers<void>();
    world.played.act = (call) => {
      signal = call.signal;
      begun.resolve();
      return released.promise;
    };
    const headers = { ...bearer(anna), "mana-page-token": pageToken };
    const url = `${GATEWAY_URL}/person/${action}`;
    const answering = world.gateway.fetch(
      new Request(url, { method: "POST", headers, body: BODY, signal: gone.signal }),
    );
    await begun.promise;
    gone.abort();
    assert.equal(signal?.aborted, isEnded, action);
    released.resolve();
    await (await answering).body?.cancel();
  }
});

Deno.test("stop() waits for what a page asked for, takes nothing new, and shows nobody else that it stops", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const person = { userId: anna.id, sessionId: "hers" };
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.played.act = ({ signal }) => {
    begun.resolve();
    return new Promise((resolve, reject) => {
      void released.promise.then(resolve);
      signal.addEventListener("abort", () => reject(new Refused({ reason: "cancelled" })));
    });
  };
  // The grace never ends by itself; answers that only have to leave have left.
  world.delay = (ms) => ms === STOP_FLUSH_MS ? Promise.resolve() : new Promise(() => {});
  const deciding = asker(world).decide(person, DECIDE, { word: "yes" }, await sentForm());
  await begun.promise;
  const stopping = world.gateway.stop();
  assert.deepEqual(await asker(world).show(person, SHOW, { word: "more" }), { ok: false, fault: "down" });
  assert.equal((await send(world, { person: anna })).status, 404);
  released.resolve();
  assert.equal((await deciding).ok, true);
  await stopping;
});

Deno.test("stop() ends what does not end, and the page is told that nobody knows", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const begun = Promise.withResolvers<void>();
  let ending: AbortSignal | undefined;
  let wasEnded: boolean | undefined;
  world.played.act = ({ signal }) => {
    ending = signal;
    begun.resolve();
    return new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new Refused({ reason: "cancelled" })))
    );
  };
  world.delay = (ms, signal) => {
    // By the time stop() waits for what it has cut off, the action is ended; not by a timeout of its own later on.
    if (ms === STOP_ABORT_MS) wasEnded ??= ending?.aborted;
    return ms === STOP_GRACE_MS || signal?.aborted ? Promise.resolve() : new Promise(() => {});
  };
  const deciding = asker(world).decide(
    { userId: anna.id, sessionId: "hers" },
    DECIDE,
    { word: "yes" },
    await sentForm(),
  );
  await begun.promise;
  const stopping = world.gateway.stop();
  assert.deepEqual(await deciding, { ok: false, fault: "late" });
  assert.equal(wasEnded, true);
  world.delay = () => Promise.resolve();
  await stopping;
});
