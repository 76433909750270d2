// The page of what apps were handed, before a door that tells what the test wants told.
import assert from "node:assert/strict";
import type { Browser } from "../../_support/browser.ts";
import { createFlow, type Flow } from "../../_support/flow.ts";
import { connect, introspect } from "../../_support/oauth_flow.ts";
import { createToldDoor, no, type ToldDoor, yes } from "./_told_door.ts";
import { ALLOWED, allowed, handed, ledgerPage, records } from "./_ledger.ts";

const SEEN = "/activity/seen";
const STRICT = "/activity/seen/strict";
const EXPORT = "/activity/seen/export";

Deno.test("handed: whoever is not signed in signs in first, and is brought back", async () => {
  await using told = await tell();
  const sent = await told.flow.browser().open(`${SEEN}?app=own`);
  assert.equal(new URL(sent.url).pathname, "/sign-in");
  assert.equal(new URL(sent.url).searchParams.get("then"), SEEN);
  assert.deepEqual(told.door.asked.filter(({ action }) => action.startsWith("ledger/")), []);
});

Deno.test("handed: without a gateway there is no such page", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  await connect(flow, anna);
  assert.equal((await anna.open(SEEN)).status, 404);
  assert.doesNotMatch((await anna.open("/apps")).html, /activity/);
});

Deno.test("handed: by day and app, how many records of what, which fields, and the ids behind a fold", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna);
  const app = await keyOf(told);
  const family = { id: "space-2", name: "Family", kind: "shared" } as const;
  show(told, [
    handed("a", { app }),
    handed("b", {
      app,
      at: "2026-05-01T11:00:00.000Z",
      toolTitle: null,
      tool: "gone.tool",
      read: [
        records({ count: 1, ids: ["x"], fields: ["title"] }),
        records({ count: 30, space: family }),
        records({ record: "journal entry", collection: "journal/journalEntries", count: 2 }),
      ],
    }),
    handed("c", { isOwn: true, at: "2026-04-30T10:00:00.000Z", wrote: 1, read: [] }),
    handed("d", {
      at: "2026-04-30T09:00:00.000Z",
      read: [],
      looked: [{ collection: "notes/notes", record: "note", count: 312 }],
      outcome: "refused",
    }),
  ]);
  const { html, status } = await told.anna.open(SEEN);
  assert.equal(status, 200);
  assert.deepEqual(textsOf(html, "h2").slice(0, 2), ["Today, Friday 1 May", "Yesterday, Thursday 30 April"]);
  assert.deepEqual(textsOf(html, "h3"), [
    "“Test app”",
    "An agent with your own token",
    "An app that is not known here",
  ]);
  assert.match(html, /List notes: was handed 2 notes <span class="soft">· title, content · Notes</);
  assert.match(html, /gone\.tool: was handed 31 notes and 2 journal entries/);
  assert.match(html, /in the shared space “Family”/);
  assert.match(html, /And 28 more; the download has all\./);
  assert.match(html, /List notes: wrote 1 record/);
  assert.match(html, /looked through 312 notes, and was refused/);
  assert.match(html, /The app was not handed these/);
  assert.match(html, /<li>11111111-1111-4111-8111-111111111111<\/li>/);
  assert.match(
    html,
    new RegExp(`href="/activity/${"c".padEnd(32, "0")}\\?at=2026-04-30T10%3A00%3A00.000Z">See what it wrote`),
  );
  assert.match(html, /It proves|this is the record of an\s+honest gateway/);
  assert.match(html, /a hostile gateway could leave notes out/);
  assert.match(html, /deno task ledger verify/);
  assert.deepEqual(asked(told), {
    apps: [app],
    since: "2026-04-25T00:00:00.000Z",
    until: "2026-05-02T00:00:00.000Z",
  });
});

Deno.test("handed: what an app could have read is what it was allowed then: scopes, document, or everything", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna);
  const app = await keyOf(told);
  const documents = {
    [ALLOWED]: allowed({
      rules: [
        {
          collection: "notes/notes",
          record: "note",
          access: ["read"],
          isBlind: true,
          spaces: [{ id: "space-1", name: null, kind: "personal" }],
          where: ["updated at: 7 days back, or later"],
          fields: ["title"],
        },
        {
          collection: "*",
          record: "",
          access: ["read", "write"],
          isBlind: false,
          spaces: null,
          where: [],
          fields: null,
        },
      ],
      until: "2026-06-01T00:00:00.000Z",
    }),
    none: allowed({ rules: [] }),
    broken: allowed({ isUnreadable: true }),
  };
  const shown = async (changes: Parameters<typeof handed>[1]) => {
    show(told, [handed("a", { app, ...changes })], { documents });
    const { html } = await told.anna.open(SEEN);
    return html.slice(html.indexOf("<ol"), html.indexOf("</ol>"));
  };
  const narrowed = await shown({});
  assert.match(narrowed, /It could have read this, by what you allowed it then:/);
  assert.match(narrowed, /<li>Notes: see, add and change<\/li>/);
  assert.match(
    narrowed,
    /<li>Notes: see · may add without reading · only in your own space · only where updated at: 7 days back, or later · only title<\/li>/,
  );
  assert.match(narrowed, /<li>Everything else: see, add and change<\/li>/);
  assert.doesNotMatch(narrowed, /Nothing else/);
  assert.match(narrowed, /Until 1 June 2026/);
  assert.match(await shown({ allowed: "none" }), /Of these only:<\/p><ul><li>Nothing else<\/li>/);
  assert.match(
    await shown({ allowed: null, isOwn: true }),
    /could have read everything: it came with your own token/,
  );
  assert.match(await shown({ allowed: "broken" }), /could have read nothing/);
  assert.match(await shown({ allowed: "elsewhere" }), /could have read then cannot be told here/);
  assert.match(await shown({ allowed: null }), /could have read then cannot be told here/);
});

Deno.test("handed: gaps, rows that do not open, and a ledger that is not kept are told, never hidden", async () => {
  await using told = await tell();
  show(told, [], { gaps: 3, unreadable: 1 });
  const some = await told.anna.open(SEEN);
  assert.match(some.html, /3 calls could not be noted\. What they were handed is not on this page/);
  assert.match(some.html, /1 row of the ledger does not open with your key/);
  assert.match(some.html, /No app was handed anything in these days/);
  show(told, [], { gaps: 1, unreadable: 2, broken: 1, state: "off" });
  const off = await told.anna.open(SEEN);
  assert.match(off.html, /1 call could not be noted\. What it was handed/);
  assert.match(off.html, /2 rows of the ledger do not open/);
  assert.match(off.html, /In 1 place the ledger does not hold together/);
  assert.match(off.html, /switched the ledger off/);
  const head = { chain: "ab".repeat(16), seq: 12, hash: "cd".repeat(32) };
  show(told, [], { head });
  assert.match(
    (await told.anna.open(SEEN)).html,
    /number 12 of chain abababab, with the hash <code>cdcdcdcdcdcdcdcd<\/code>/,
  );
  show(told, [], { state: "no-key" });
  const keyless = await told.anna.open(SEEN);
  assert.match(keyless.html, /Only you have the key[^<]*no ledger is kept/);
  assert.doesNotMatch(keyless.html, /No app was handed anything/, "nobody knows");
});

Deno.test("handed: filtered by app, module and day; older pages keep the filter; a wrong day is said", async () => {
  await using told = await tell();
  await connect(told.flow, told.anna);
  const key = await keyOf(told);
  show(told, [handed("a", { app: key, at: "2026-04-29T09:00:00.123Z" })], { hasMore: true });
  const first = await told.anna.open(`${SEEN}?app=${key}&module=notes`);
  assert.deepEqual([asked(told).app, asked(told).module], [key, "notes"]);
  assert.match(first.html, /Shown: “Test app”, Notes/);
  assert.match(
    first.html,
    new RegExp(`href="${SEEN}\\?app=${key}&amp;module=notes&amp;until=2026-04-29T09%3A00%3A00.123Z"`),
  );
  await told.anna.open(`${SEEN}?app=own&day=2026-04-29`);
  const { app, since, until } = asked(told);
  assert.deepEqual([app, since, until], ["", "2026-04-29T00:00:00.000Z", "2026-04-30T00:00:00.000Z"]);
  const wrong = await told.anna.open(`${SEEN}?day=2026-02-30`);
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /There is no such day/);
  assert.match((await told.anna.open("/apps")).html, new RegExp(`href="${SEEN}\\?app=${key}"`));
  assert.match((await told.anna.open("/activity")).html, new RegExp(`href="${SEEN}"`));
});

Deno.test("handed: texts of others are escaped", async () => {
  await using told = await tell();
  const bad = "<img src=x onerror=alert(1)>";
  show(told, [
    handed("a", {
      toolTitle: bad,
      moduleLabel: bad,
      read: [
        records({ record: bad, fields: [bad], ids: [bad], space: { id: bad, name: bad, kind: "shared" } }),
      ],
    }),
  ], {
    documents: {
      [ALLOWED]: allowed({
        rules: [{
          collection: bad,
          record: bad,
          access: [bad],
          isBlind: false,
          spaces: null,
          where: [bad],
          fields: [bad],
        }],
      }),
    },
  });
  const { html } = await told.anna.open(SEEN);
  assert.match(html, /&lt;img src=x/);
  assert.doesNotMatch(html, /<img(?! src="\/icon\.svg")/);
});

Deno.test("handed: each fault has its sentence, and the page stays", async () => {
  await using told = await tell();
  for (
    const [code, status, words] of [
      ["gateway-down", 503, /cannot be reached from here/],
      ["sync-down", 503, /The service that keeps your data cannot be reached/],
      ["vault-down", 503, /The service that keeps your key cannot be reached/],
      ["too-many", 429, /too much at once/],
      ["failed", 503, /it was not your fault/],
    ] as const
  ) {
    told.door.answers.set("ledger/seen", no(code));
    const page = await told.anna.open(SEEN);
    assert.equal(page.status, status, code);
    assert.match(page.html, words);
    assert.match(page.html, /What this proves/);
  }
});

Deno.test("download: only by the form of this page and this session; the file has every line of every piece", async () => {
  await using told = await tell();
  show(told, []);
  const page = await told.anna.open(SEEN);
  const count = 12_345;
  const all = Array.from({ length: count }, (_, i) => JSON.stringify({ i }));
  told.door.answers.set("ledger/export", ({ after }) => {
    const start = Number(after ?? "0");
    const end = start + 200;
    return yes({ lines: all.slice(start, end), next: end < count ? String(end) : null });
  });
  const exported = () => told.door.asked.filter(({ action }) => action === "ledger/export").length;
  for (
    const sent of [
      await told.anna.submit(page, EXPORT, { form: "AAAA" }),
      await told.anna.submit(page, EXPORT, {}, { origin: "https://evil.test" }),
      await (await told.flow.personWithBrowser("ben")).submit(page, EXPORT),
    ]
  ) {
    assert.equal(sent.status, 403);
    assert.match(sent.html, /That did not come from this page/);
  }
  assert.equal((await told.flow.browser().submit(page, EXPORT)).status, 403);
  assert.equal((await told.anna.open(EXPORT)).status, 404, "a link downloads nothing");
  assert.equal(exported(), 0);

  const file = await told.anna.submit(page, EXPORT);
  assert.equal(file.status, 200);
  assert.equal(file.html, all.map((line) => `${line}\n`).join(""));
  assert.equal(exported(), Math.ceil(count / 200));
  const of = (name: string) => file.headers.get(name);
  assert.equal(of("content-disposition"), 'attachment; filename="mana-ledger-2026-05-01.jsonl"');
  assert.equal(of("cache-control"), "no-store");
  assert.equal(of("content-type"), "application/jsonl; charset=utf-8");
  assert.equal(of("x-content-type-options"), "nosniff");
});

Deno.test("download: a fault before the first line is a page; a later one breaks the file off, and is no end of it", async () => {
  await using told = await tell();
  show(told, []);
  const page = await told.anna.open(SEEN);
  told.door.answers.set("ledger/export", no("no-key"));
  const keyless = await told.anna.submit(page, EXPORT);
  assert.equal(keyless.status, 403);
  assert.match(keyless.html, /Only you have the key/);
  assert.equal(keyless.headers.get("content-disposition"), null);
  told.door.answers.set(
    "ledger/export",
    ({ after }) => after === null ? yes({ lines: ["{}"], next: "more" }) : no("sync-down"),
  );
  await assert.rejects(told.anna.submit(page, EXPORT), /gives no more of the ledger/);
});

Deno.test("strict: the person's tick is for all their apps and told to the gateway; no other page, person or link sets it", async () => {
  await using told = await tell();
  const { access } = await connect(told.flow, told.anna);
  show(told, []);
  const wish = async () => (await introspect(told.flow, access)).ledger;
  const page = await told.anna.open(SEEN);
  const isTicked = ({ html }: { readonly html: string }) =>
    /<input type="checkbox" name="strict" value="yes"( checked="")?/.exec(html)?.[1] !== undefined;
  assert.match(page.html, /Withhold what cannot be noted first/);
  assert.ok(!isTicked(page));
  for (
    const sent of [
      await told.anna.submit(page, STRICT, { form: "AAAA", strict: "yes" }),
      await told.anna.submit(page, STRICT, { strict: "yes" }, { origin: "https://evil.test" }),
      await (await told.flow.personWithBrowser("ben")).submit(page, STRICT, { strict: "yes" }),
      await told.flow.browser().submit(page, STRICT, { strict: "yes" }),
    ]
  ) assert.equal(sent.status, 403);
  assert.equal((await told.anna.open(`${STRICT}?strict=yes`)).status, 404);
  assert.equal(await wish(), undefined);

  const set = await told.anna.submit(page, STRICT, { strict: "yes" });
  assert.equal(new URL(set.url).pathname, SEEN);
  assert.ok(isTicked(set));
  assert.match(set.html, /Now: an app gets nothing that could not be noted before/);
  assert.equal(await wish(), "strict");
  show(told, [], { state: "off" });
  assert.match((await told.anna.open(SEEN)).html, /is noted all the same, because you want it/);
  const unset = await told.anna.submit(set, STRICT, { strict: undefined });
  assert.ok(!isTicked(unset));
  assert.equal(await wish(), undefined);
});

interface Told extends AsyncDisposable {
  readonly flow: Flow;
  readonly door: ToldDoor;
  readonly anna: Browser;
}

async function tell(): Promise<Told> {
  const door = createToldDoor();
  const flow = await createFlow({ door });
  const anna = await flow.personWithBrowser("anna");
  return { flow, door, anna, [Symbol.asyncDispose]: () => flow[Symbol.asyncDispose]() };
}

function show({ door }: Told, ...page: Parameters<typeof ledgerPage>): void {
  door.answers.set("ledger/seen", yes(ledgerPage(...page)));
}

function asked({ door }: Told) {
  const last = door.asked.filter(({ action }) => action === "ledger/seen").at(-1);
  assert.ok(last);
  return last.body;
}

/** The key of the person's only app, by the link on its card. */
async function keyOf({ anna }: Told): Promise<string> {
  const [, key] = /href="\/activity\?app=([^"]*)"/.exec((await anna.open("/apps")).html) ?? [];
  assert.ok(key);
  return key;
}

function textsOf(html: string, tag: string): string[] {
  return [...html.matchAll(new RegExp(`<${tag}[^>]*>([^<]*)</${tag}>`, "g"))].map(([, text]) => text ?? "");
}
