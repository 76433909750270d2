// The pages of what apps did, before a door that tells what the test wants told.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Browser } from "../../_support/browser.ts";
import { createFlow, type Flow, onlyEmbedded } from "../../_support/flow.ts";
import { connect, decode, getCode, redeem, register, tokensOf } from "../../_support/oauth_flow.ts";
import { post, SERVICE_KEY } from "../../_support/test_backend.ts";
import { makeFolder } from "../../backend/_folder.ts";
import { openTestDatabase } from "../../_support/test_database.ts";
import { call, calledRow, createToldDoor, no, page, row, type ToldDoor, yes } from "./_told_door.ts";

const id = (text: string) => text.padEnd(32, "0");

Deno.test("activity: whoever is not signed in signs in first, and is brought back", async () => {
  await using told = await tell();
  const sent = await told.flow.browser().open("/activity?app=own");
  assert.equal(new URL(sent.url).pathname, "/sign-in");
  assert.equal(new URL(sent.url).searchParams.get("then"), "/activity");
  assert.ok(!told.door.asked.some(({ action }) => action === "activity"));
});

Deno.test("activity: without a gateway there is no such page, and no link to it", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  await connect(flow, anna);
  assert.equal((await anna.open("/activity")).status, 404);
  assert.equal((await anna.open(`/activity/${id("a")}`)).status, 404);
  assert.doesNotMatch((await anna.open("/apps")).html, /activity/);
});

Deno.test("activity: by day and app, each call with its time, what it did, and what was undone", async () => {
  await using told = await tell();
  const { clientId } = await connect(told.flow, told.anna);
  const key = await keyOf(told);
  told.door.answers.set(
    "activity",
    page([
      call("a", { app: key, at: "2026-05-01T11:00:00.000Z" }),
      call("b", { app: key, at: "2026-05-01T10:30:00.000Z", undoneBy: id("c") }),
      call("c", { writer: "undo", rows: [calledRow({ op: "restore" })], at: "2026-05-01T10:20:00.000Z" }),
      call("d", {
        writer: "own",
        name: "claude-code",
        at: "2026-04-30T10:00:00.000Z",
        rows: [calledRow({ op: "insert", record: "event" })],
      }),
      call("e", {
        writer: "unverified",
        name: "Claude",
        at: "2026-04-28T10:00:00.000Z",
        rows: [calledRow({ title: null })],
      }),
      call("f", {
        name: "Long ago",
        at: "2026-04-28T09:00:00.000Z",
        rows: [calledRow(), calledRow({ id: "2", title: "Tax" })],
        rowCount: 12,
      }),
    ]),
  );
  const { html, status } = await told.anna.open("/activity");
  assert.equal(status, 200);
  assert.ok(clientId);
  assert.deepEqual(textsOf(html, "h2").slice(0, 4), [
    "Today, Friday 1 May",
    "Yesterday, Thursday 30 April",
    "Tuesday 28 April",
    "Undo everything since …",
  ]);
  assert.deepEqual(textsOf(html, "h3"), [
    "“Test app”",
    "Put back by an undo",
    "An agent with your own token (it calls itself “claude-code”)",
    "Not certain who: it calls itself “Claude”",
    "“Long ago”",
  ]);
  assert.match(html, /Mana cannot prove who wrote this/);
  assert.match(html, />Changed the note “Shopping”<\/a>/);
  assert.match(html, />Brought back the note “Shopping”<\/a>/);
  assert.match(html, />Made the event “Shopping”<\/a>/);
  assert.match(html, />Changed a note<\/a>/);
  assert.match(html, />Changed 12 things<\/a>/);
  assert.match(html, /“Shopping”, “Tax” and 10 more · Change a note · Notes/);
  assert.equal(html.match(/class="mark">undone</g)?.length, 1);
  const ticks = [...html.matchAll(/name="call" value="(.)/g)].map(([, first]) => first);
  assert.deepEqual(ticks, ["a", "d", "e", "f"], "what is undone, and an undo, are looked at first");
  assert.doesNotMatch(html, /\schecked/, "nothing is ticked beforehand");
  assert.match(html, /Times are in UTC, because your time zone is not known/);
  assert.deepEqual(asked(told), {
    apps: [key],
    modules: null,
    since: "2026-04-25T00:00:00.000Z",
    until: "2026-05-02T00:00:00.000Z",
  });
});

Deno.test("activity: days and times are those of the person's zone", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna, { zone: "Pacific/Auckland" });
  told.door.answers.set(
    "activity",
    page([call("a", { at: "2026-05-01T11:59:00.000Z" }), call("b", { at: "2026-04-30T12:30:00.000Z" })]),
  );
  const { html } = await told.anna.open("/activity");
  // The clock stands at noon in UTC: in Auckland the next day has just begun.
  assert.deepEqual(textsOf(html, "h2").slice(0, 1), ["Yesterday, Friday 1 May"]);
  assert.match(html, /23:59/);
  assert.match(html, /00:30/);
  assert.match(html, /Times are in Pacific\/Auckland/);
  const { since, until } = asked(told);
  assert.deepEqual([since, until], ["2026-04-25T12:00:00.000Z", "2026-05-02T12:00:00.000Z"]);
  const day = await told.anna.open("/activity?day=2026-04-05");
  assert.match(day.html, /Sunday 5 April\./);
  const one = asked(told);
  assert.deepEqual(
    [one.since, one.until],
    ["2026-04-04T11:00:00.000Z", "2026-04-05T12:00:00.000Z"],
    "a day of 25 hours",
  );
});

Deno.test("activity: filtered by app, module and day; the way to earlier days keeps the filter", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna);
  const key = await keyOf(told);
  const calls = [
    call("a", { at: "2026-05-01T11:00:00.000Z" }),
    call("b", { at: "2026-04-29T09:00:00.123Z" }),
  ];
  told.door.answers.set("activity", page(calls, { hasMore: true }));
  const first = await told.anna.open(`/activity?app=${key}&module=notes`);
  assert.deepEqual([asked(told).app, asked(told).modules], [key, ["notes"]]);
  assert.match(first.html, /Shown: “Test app”, Notes/);
  const more = linkOf(first.html, "Earlier days");
  assert.equal(more, `/activity?app=${key}&module=notes&until=2026-04-29T09%3A00%3A00.123Z`);
  assert.doesNotMatch(first.html, /The newest/);

  told.door.answers.set("activity", page([]));
  const second = await told.anna.open(more);
  const { since, until } = asked(told);
  assert.deepEqual([since, until], ["2026-04-23T00:00:00.000Z", "2026-04-29T09:00:00.123Z"]);
  assert.match(second.html, /No app changed anything in these days/);
  assert.equal(linkOf(second.html, "The newest"), `/activity?app=${key}&module=notes`);
  assert.equal(
    linkOf(second.html, "Earlier days"),
    `/activity?app=${key}&module=notes&until=2026-04-23T00%3A00%3A00.000Z`,
  );

  await told.anna.open("/activity?app=own&day=2026-04-28");
  assert.deepEqual(asked(told), {
    apps: [key],
    modules: null,
    since: "2026-04-28T00:00:00.000Z",
    until: "2026-04-29T00:00:00.000Z",
    app: "",
  });
});

Deno.test("activity: an address that names what there is not is understood as far as it can be", async () => {
  await using told = await tell();
  told.door.answers.set("activity", page([]));
  const usual = {
    apps: [],
    modules: null,
    since: "2026-04-25T00:00:00.000Z",
    until: "2026-05-02T00:00:00.000Z",
  };
  const queries = [
    "app=nobodys",
    "module=nothing",
    "until=yesterday",
    "until=1999-01-01T00:00:00Z",
    "until=2126-01-01T00:00:00.000Z",
    "day=",
  ];
  for (const query of queries) {
    assert.equal((await told.anna.open(`/activity?${query}`)).status, 200, query);
    assert.deepEqual(asked(told), usual, query);
  }
  for (const day of ["2026-02-30", "0001-01-01", "99999-01-01", "today", "2026-04-05T00:00"]) {
    const { status, html } = await told.anna.open(`/activity?day=${encodeURIComponent(day)}`);
    assert.equal(status, 422, day);
    assert.match(html, /There is no such day/);
    assert.deepEqual(asked(told), usual, day);
  }
});

Deno.test(
  "activity: an app that ended keeps its name and what it looked at, also when its client is forgotten",
  {
    ignore: onlyEmbedded("the folder of the database is the embedded backend's"),
  },
  async () => {
    await using folder = await makeFolder();
    await using told = await tell({ data: folder.path });
    const { access } = await connect(told.flow, told.anna, { allow: ["notes:read"] });
    const gid = String(decode(access).claims.gid);
    const use = { module: "notes", access: "read", count: 12 };
    const counted = await told.flow.auth(
      `/api/v1/internal/grants/${gid}/use`,
      post(use, { "x-service-key": SERVICE_KEY }),
    );
    assert.equal(counted.status, 200);
    await counted.body?.cancel();
    const key = await keyOf(told);
    told.flow.clock.now += 1000;
    await told.anna.submit(await told.anna.open("/apps"), "/apps", { end: "yes", grant: gid });
    const signIn = await openTestDatabase(folder.path);
    for (
      const table of [
        "oauthRefreshToken",
        "oauthClientResource",
        "oauthConsent",
        "oauthAccessToken",
        "oauthClient",
      ]
    ) {
      await signIn.db.withTables<Record<string, { clientId: string }>>().deleteFrom(table).execute();
    }
    await signIn.close();

    told.door.answers.set("activity", page([call("a", { app: key })]));
    const { html } = await told.anna.open(`/activity?app=${key}`);
    assert.deepEqual(asked(told).apps, [key]);
    assert.deepEqual(textsOf(html, "h3"), ["“Test app”"]);
    assert.match(
      html,
      /Test app, at a program on this computer \(127\.0\.0\.1:33418\) \(not connected any more\)/,
    );
    assert.match(html, /since 1 May 2026, until 1 May 2026/);
    assert.match(html, /“Test app”: looked at Notes 12 times, last on 1 May 2026/);
    assert.doesNotMatch((await told.anna.open(`/activity?app=${key}&module=todo`)).html, /looked at Notes/);
  },
);

Deno.test("activity: two connections of one app are one app, and nobody else's app is asked about", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna);
  told.flow.clock.now += 1000;
  const { client_id } = await register(told.flow, { redirect_uris: ["http://127.0.0.1:40000/callback"] });
  const other = { redirect_uri: "http://127.0.0.1:40000/callback" };
  await tokensOf(
    await redeem(told.flow, client_id, await getCode(told.anna, client_id, { keep: "yes" }, other), other),
  );
  const ben = await told.flow.personWithBrowser("ben");
  const { client_id: bens } = await register(told.flow, { client_name: "Ben's app" });
  await tokensOf(await redeem(told.flow, bens, await getCode(ben, bens)));
  told.door.answers.set("activity", page([]));
  await told.anna.open("/activity");
  assert.equal(asked(told).apps.length, 1);
  const own = await keyOf(told);
  await ben.open(`/activity?app=${own}`);
  assert.equal(asked(told).apps.length, 1);
  assert.ok(!asked(told).apps.includes(own));
  assert.equal(asked(told).app, undefined, "another person's app is none");
});

Deno.test("activity: what others wrote is text, wherever it stands", async () => {
  await using told = await tell();
  const evil = `"><script>alert(1)</script>`;
  const odd = call("a", {
    writer: "unverified",
    name: evil,
    space: { id: evil, name: evil, kind: "shared" },
    moduleLabel: evil,
    toolTitle: evil,
    rows: [calledRow({ title: evil, record: evil, fields: [evil] })],
  });
  told.door.answers.set("activity", page([odd]));
  told.door.answers.set(
    "activity/call",
    yes({
      call: odd,
      rows: [row({ title: evil, fields: [{ name: evil, before: evil, after: evil }] })],
      rowCount: 1,
    }),
  );
  for (const address of ["/activity", `/activity/${id("a")}`]) {
    const { html, headers, status } = await told.anna.open(address);
    assert.equal(status, 200);
    assert.ok(html.includes("&lt;script&gt;"));
    assert.doesNotMatch(html, /<script/);
    assert.match(
      headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'/,
    );
    assert.equal(headers.get("cache-control"), "no-store");
  }
});

Deno.test("activity: where the gateway does not answer, the page says what and that nothing was changed", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna);
  const faults: readonly (readonly [string, number, RegExp])[] = [
    ["gateway-down", 503, /Mana cannot be reached from here/],
    ["gateway-late", 503, /Mana cannot be reached from here/],
    ["sync-down", 503, /The service that keeps your data cannot be reached/],
    ["vault-down", 503, /The service that keeps your key cannot be reached/],
    ["auth-down", 503, /Your account service cannot be reached/],
    ["too-many", 429, /Please wait a moment/],
    ["failed", 503, /Something went wrong here/],
    ["of a newer version", 503, /Something went wrong here/],
  ];
  for (const [code, status, words] of faults) {
    told.door.answers.set("activity", no(code));
    told.door.answers.set("activity/call", no(code));
    for (const address of ["/activity?module=notes", `/activity/${id("a")}`]) {
      const shown = await told.anna.open(address);
      assert.equal(shown.status, status, code);
      assert.match(shown.html, words);
      assert.match(shown.html, /Nothing was changed and nothing is lost|There was too much at once/);
      assert.doesNotMatch(shown.html, /No app changed anything/, "nobody knows");
    }
  }
  told.door.answers.set("activity", yes({ calls: "none" }));
  assert.equal((await told.anna.open("/activity")).status, 503, "an answer of another form");
  told.door.answers.set("activity", yes({ calls: [], hasMore: false, oldest: null, missing: ["notes"] }));
  assert.match((await told.anna.open("/activity")).html, /cannot be shown at the moment: Notes/);
});

Deno.test("activity: a call unfolds to what it wrote, before and after", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna, { zone: "Europe/Berlin" });
  const key = await keyOf(told);
  const space = { id: "s", name: "Family", kind: "shared" } as const;
  told.door.answers.set(
    "activity/call",
    yes({
      call: call("a", { app: key, space }),
      rows: [
        row(),
        row({
          id: "2",
          op: "insert",
          fields: [{ name: "content", before: null, after: null, isSealed: true }],
        }),
      ],
      rowCount: 70,
    }),
  );
  const { html, status } = await told.anna.open(`/activity/${id("a")}?at=2026-05-01T10:00:00.000Z`);
  assert.equal(status, 200);
  assert.deepEqual(textsOf(html, "h1"), ["“Test app” changed the note “Shopping”"]);
  assert.match(html, /1 May 2026 at 12:00/);
  assert.match(html, /at a program on this computer/);
  assert.match(html, /Notes, in the shared space “Family”/);
  assert.match(html, /before<\/span> <bdi class="text">Milk<\/bdi>/);
  assert.match(html, /after<\/span> <bdi class="text">Milk and bread<\/bdi>/);
  assert.match(html, /locked: your Mana app opens it/);
  assert.match(html, /And 68 more things that do not fit on this page/);
  assert.deepEqual(asked(told), {
    call: id("a"),
    modules: null,
    apps: [key],
    since: "2026-05-01T09:00:00.000Z",
  });
  await told.anna.open(`/activity/${id("a")}?at=long%20ago`);
  assert.equal(asked(told).since, "1970-01-01T00:00:00.000Z", "the whole log has it");
});

Deno.test("activity: a call that is not there, and an address that names none", async () => {
  await using told = await tell();
  told.door.answers.set("activity/call", no("call-unknown"));
  const gone = await told.anna.open(`/activity/${id("a")}`);
  assert.equal(gone.status, 404);
  assert.match(gone.html, /This is not there any more/);
  const before = told.door.asked.length;
  for (const name of ["x", id("A"), `${id("a")}0`, "~", `~${"a".repeat(2048)}`, "a%2F..%2Fb"]) {
    assert.equal((await told.anna.open(`/activity/${name}`)).status, 404, name);
  }
  assert.equal(told.door.asked.length, before, "the gateway is not asked");
});

interface Told extends AsyncDisposable {
  readonly flow: Flow;
  readonly door: ToldDoor;
  readonly anna: Browser;
}

/** A server whose gateway tells what the test wants, and Anna at her browser. */
async function tell(deps: Parameters<typeof createFlow>[0] = {}): Promise<Told> {
  const door = createToldDoor();
  const flow = await createFlow({ ...deps, door });
  const anna = await flow.personWithBrowser("anna");
  return { flow, door, anna, [Symbol.asyncDispose]: () => flow[Symbol.asyncDispose]() };
}

/** The key of Anna's one app. */
async function keyOf(told: Told): Promise<string> {
  told.door.answers.set("activity", page([]));
  await told.anna.open("/activity");
  const [key] = asked(told).apps;
  assert.ok(key);
  return key;
}

/** The last question about what apps did. */
function asked({ door }: Told) {
  return Question.parse(door.asked.findLast(({ action }) => action.startsWith("activity"))?.body);
}

const Question = z.looseObject({
  apps: z.array(z.string()),
  app: z.string().optional(),
  modules: z.array(z.string()).nullable(),
  since: z.string(),
  until: z.string().optional(),
});

/** The texts of the elements of one kind. */
function textsOf(html: string, tag: string): string[] {
  return [...html.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, "g"))].map(([, text = ""]) =>
    text.replaceAll(/<[^>]*>/g, "")
  );
}

/** The address of a link. */
function linkOf(html: string, words: string): string {
  return (new RegExp(`<a href="([^"]*)">${words}</a>`).exec(html)?.[1] ?? "").replaceAll("&amp;", "&");
}
