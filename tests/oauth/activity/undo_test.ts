// The pages of an undo, before a door that tells what the test wants told: what is asked, what a form decides, and each way it can end.
import assert from "node:assert/strict";
import { type Browser, type Changes, fieldsOf, type Page } from "../../_support/browser.ts";
import { createFlow, type Flow } from "../../_support/flow.ts";
import { PeopleFault } from "../../../sign_in/people/people.ts";
import { connect } from "../../_support/oauth_flow.ts";
import { PASSWORD } from "../../_support/test_backend.ts";
import { call, createToldDoor, no, page, preview, row, type ToldDoor, yes } from "./_told_door.ts";

const id = (text: string) => text.padEnd(32, "0");
const PREVIEW = "/activity/undo";
const APPLY = "/activity/undo/apply";

Deno.test("undo: what is ticked is shown first, and done by the button below it", async () => {
  await using told = await tell();
  const shown = await told.ask({ do: "calls", call: [id("a"), id("b")] });
  assert.equal(shown.status, 200);
  assert.match(shown.html, /<h1>Undo this\?<\/h1>/);
  assert.match(shown.html, /now<\/span> <bdi class="text">Milk<\/bdi>/);
  assert.match(shown.html, /then<\/span> <bdi class="text">Milk and bread<\/bdi>/);
  assert.match(shown.html, /No, leave everything as it is/);
  const selection = { calls: [id("a"), id("b")] };
  assert.deepEqual(told.door.asked.at(-1), {
    action: "undo/preview",
    body: { selection, modules: null, apps: [told.key] },
    isDecided: false,
  });
  told.door.answers.set("undo/apply", yes({ status: "done", preview: NOTHING_LEFT, written: 2 }));
  const done = await told.anna.submit(shown, APPLY);
  assert.equal(done.status, 200);
  assert.match(done.html, /<h1>It is undone<\/h1>/);
  assert.match(done.html, /2 things are as they were before/);
  const { plan, at } = preview();
  assert.deepEqual(told.door.asked.at(-1), {
    action: "undo/apply",
    body: { selection, modules: null, apps: [told.key], plan, at },
    isDecided: true,
  });
});

Deno.test("undo: days and times of records are written as people write them, in the person's zone, and other texts as they are", async () => {
  await using told = await tell({ zone: "Europe/Berlin" });
  const fields = [
    { name: "due date", before: "2026-12-01", after: "2026-02-30" },
    { name: "completed at", before: "2026-11-28T09:24:20.844Z", after: "2026-07-01T22:30:00.000Z" },
    { name: "content", before: "2026-12-01 is the day", after: "2026-12-01T09:24:20+01:00" },
  ];
  const rows = [{ ...row({ fields, fieldCount: 3 }), space: preview().rows[0]?.space ?? null }];
  told.door.answers.set("undo/preview", yes({ ...preview(), rows }));
  const { html } = await told.ask({ do: "calls", call: [id("a")] });
  const values = [...html.matchAll(/<bdi class="text">([^<]*)<\/bdi>/g)].map(([, text]) => text);
  assert.deepEqual(values, [
    "1 December 2026",
    "2026-02-30",
    "28 November 2026 at 10:24:20",
    "2 July 2026 at 00:30",
    "2026-12-01 is the day",
    "2026-12-01T09:24:20+01:00",
  ]);
});

Deno.test("undo: what is left alone and what nobody can undo stands on the page, each with its reason", async () => {
  await using told = await tell();
  const conflict = {
    record: "note",
    title: "Holidays",
    id: "n",
    field: "title",
    by: "Ben",
    at: "2026-05-01T11:00:00.000Z",
  };
  told.door.answers.set(
    "undo/preview",
    yes(preview({
      conflicts: [conflict, { ...conflict, title: null, by: "" }],
      conflictCount: 5,
      impossible: [
        { reason: "hard-deleted", count: 1 },
        { reason: "space-left", count: 2 },
        { reason: "not-in-log", count: 3 },
        { reason: "unverified-only", count: 4 },
      ],
    })),
  );
  const { html } = await told.ask({ do: "calls", call: [id("a")] });
  assert.match(html, /Somebody changed this later\. Their work is kept\./);
  assert.match(html, /the note “Holidays”: title <span class="soft">by Ben, 1 May 2026 at 11:00 \(UTC\)/);
  assert.match(html, /a note: title <span class="soft">by somebody/);
  assert.match(html, /And 3 more changes of others/);
  assert.match(html, /1 thing: deleted for good/);
  assert.match(html, /2 things: in a space where you are not a member/);
  assert.match(html, /3 things: what it was before was never stored/);
  assert.match(html, /4 things: nobody can prove that this app wrote it/);

  told.door.answers.set(
    "undo/preview",
    yes(preview({ rows: [], rowCount: 0, collections: [], conflicts: [conflict], conflictCount: 1 })),
  );
  const none = await told.ask({ do: "calls", call: [id("a")] });
  assert.match(none.html, /<h1>There is nothing to undo<\/h1>/);
  assert.match(none.html, /Their work is kept/);
  assert.doesNotMatch(none.html, new RegExp(APPLY), "there is no button");
});

Deno.test("undo: everything since a day and a time, in the person's zone, by an app, the own token, or a name", async () => {
  await using told = await tell({ zone: "Europe/Berlin" });
  const cases: readonly (readonly [Changes, Record<string, unknown>, RegExp])[] = [
    [
      { who: `app ${told.key}`, day: "2026-05-01", time: "09:30" },
      { app: told.key, since: "2026-05-01T07:30:00.000Z" },
      /Everything by “Test app” since 1 May 2026 at 09:30\./,
    ],
    [
      { who: "own", day: "2026-04-30", time: "" },
      { app: "", since: "2026-04-29T22:00:00.000Z" },
      /by an agent with your own token since/,
    ],
    [
      { who: "name Claude Code", day: "2026-04-30", time: "00:00" },
      { app: null, name: "Claude Code", since: "2026-04-29T22:00:00.000Z" },
      /by whoever calls itself “Claude Code” since/,
    ],
    [
      { who: "own", at: "2026-04-30T10:00:00.123Z", day: undefined, time: undefined },
      { app: "", since: "2026-04-30T10:00:00.123Z" },
      /since 30 April 2026 at 12:00/,
    ],
    // Clocks skip this time: everything from the hour before on.
    [
      { who: "own", day: "2026-03-29", time: "02:30" },
      { app: "", since: "2026-03-29T00:30:00.000Z" },
      /29 March 2026 at 01:30/,
    ],
  ];
  for (const [fields, selection, words] of cases) {
    const { html, status } = await told.ask({ do: "since", ...fields });
    assert.equal(status, 200, html);
    assert.match(html, words);
    assert.deepEqual(told.door.asked.at(-1)?.body.selection, selection);
  }
});

Deno.test("undo: a form that says nothing that can be undone comes back with the reason, and keeps what was typed", async () => {
  await using told = await tell();
  const cases: readonly (readonly [Changes, RegExp])[] = [
    [{ do: "calls" }, /Tick what you want to undo/],
    [{ do: "calls", call: ["x", `${id("a")}'`] }, /Tick what you want to undo/],
    [{ do: "calls", call: Array.from({ length: 201 }, (_, index) => id(`${index}a`)) }, /Tick 200 at most/],
    [{ do: "anything" }, /Tick what you want to undo/],
    [{ do: "since", who: "app of-somebody-else", day: "2026-05-01", time: "00:00" }, /Choose whose changes/],
    [{ do: "since", who: "everybody", day: "2026-05-01", time: "00:00" }, /Choose whose changes/],
    [{ do: "since", who: "name ", day: "2026-05-01", time: "00:00" }, /Choose whose changes/],
    [{ do: "since", who: "own", day: "2026-02-30", time: "00:00" }, /Say since when/],
    [{ do: "since", who: "own", day: "2026-04-30", time: "25:00" }, /Say since when/],
    [{ do: "since", who: "own", day: "2026-05-01", time: "12:01" }, /This time has not come yet/],
  ];
  for (const [fields, words] of cases) {
    const shown = await told.ask(fields);
    assert.equal(shown.status, 422, JSON.stringify(fields));
    assert.match(shown.html, words);
    assert.equal(told.door.asked.at(-1)?.action, "activity", "nothing is previewed");
  }
  const kept = await told.ask({ do: "since", who: "own", day: "2026-04-30", time: "25:00" });
  assert.match(kept.html, /name="day" type="date" value="2026-04-30"/);
});

Deno.test("undo: a form counts from its own page, browser and session alone, and for exactly what it showed (CSRF)", async () => {
  await using told = await tell();
  const ben = await told.flow.personWithBrowser("ben");
  const shown = await told.ask({ do: "calls", call: [id("a")] });
  told.door.answers.set("undo/apply", yes({ status: "done", preview: NOTHING_LEFT, written: 1 }));
  const refused = async (of: Browser, at: string, changes: Changes, headers: Record<string, string> = {}) => {
    const before = told.door.asked.length;
    const answer = await of.submit(at === APPLY ? shown : told.line, at, changes, headers);
    assert.equal(answer.status, 403, answer.html);
    assert.match(answer.html, /Nothing was changed/);
    assert.equal(told.door.asked.length, before, "the gateway is not asked");
  };
  const other = await told.ask({ do: "calls", call: [id("b")] });
  const otherChoice = fieldsOf(other, APPLY).get("choice") ?? "";
  assert.ok(otherChoice.includes(id("b")));
  for (
    const changes of [
      { form: "" },
      { form: "AAAA" },
      { choice: otherChoice },
      { choice: "{}" },
      { plan: "another" },
      { at: "2026-05-01T12:00:01.000Z" },
      { plan: undefined },
      { begun: "yes" },
    ]
  ) await refused(told.anna, APPLY, changes);
  await refused(ben, APPLY, {});
  await refused(ben, PREVIEW, { do: "calls", call: id("a") });
  await refused(told.flow.browser(), APPLY, {});
  await refused(told.anna, APPLY, {}, { origin: "https://elsewhere.test" });
  await refused(told.anna, APPLY, {}, { "sec-fetch-site": "cross-site" });
  await refused(told.anna, PREVIEW, {
    form: fieldsOf(shown, APPLY).get("form") ?? "",
    do: "calls",
    call: id("a"),
  });
  assert.equal((await told.anna.open(APPLY)).status, 404, "a GET decides nothing");
  assert.equal((await told.anna.open(PREVIEW)).status, 404);
  assert.equal((await told.anna.submit(shown, APPLY)).status, 200, "the form itself is good");
  const left = await told.anna.submit(shown, "/sign-out");
  assert.equal(new URL(left.url).pathname, "/sign-in");
  const entered = await told.anna.submit(left, "/sign-in", { email: "ben@mana.test", password: PASSWORD });
  assert.equal(new URL(entered.url).pathname, "/apps");
  await refused(told.anna, APPLY, {}); // the same browser, another person's session
});

Deno.test("undo: a plan that changed does nothing; what there is now is shown, and decided anew", async () => {
  await using told = await tell();
  const shown = await told.ask({ do: "calls", call: [id("a")] });
  const now = preview({
    plan: "2026-05-01T12:00:05.000Z.def",
    at: "2026-05-01T12:00:05.000Z",
    rows: [{ ...row({ title: "Holidays" }), space: SPACE }],
  });
  told.door.answers.set("undo/apply", no("changed", { preview: now }));
  const changed = await told.anna.submit(shown, APPLY);
  assert.equal(changed.status, 409);
  assert.match(changed.html, /It changed meanwhile/);
  assert.match(changed.html, /so this click undid nothing/);
  assert.match(changed.html, /Note <bdi>“Holidays”<\/bdi>/);
  told.door.answers.set("undo/apply", yes({ status: "done", preview: NOTHING_LEFT, written: 1 }));
  const done = await told.anna.submit(changed, APPLY);
  assert.match(done.html, /1 thing is as it was before/);
  assert.deepEqual([told.door.asked.at(-1)?.body.plan, told.door.asked.at(-1)?.body.at], [now.plan, now.at]);

  told.door.answers.set("undo/apply", no("changed"));
  const without = await told.anna.submit(shown, APPLY);
  assert.equal(without.status, 409);
  assert.match(without.html, /so this click undid nothing/);
});

Deno.test("undo: where nobody knows what became of it, the same click completes it, word for word", async () => {
  await using told = await tell();
  const shown = await told.ask({ do: "calls", call: [id("a")] });
  const unfinished = [
    no("gateway-late"),
    no("failed"),
    yes({ status: "unknown", preview: preview(), written: 1 }),
    yes("of another form"),
  ];
  let last = shown;
  for (const answer of unfinished) {
    told.door.answers.set("undo/apply", answer);
    last = await told.anna.submit(last, APPLY);
    assert.equal(last.status, 503);
    assert.match(last.html, /Perhaps nothing was undone, perhaps a part/);
    assert.match(last.html, />Finish it<\/button>/);
  }
  told.door.answers.set("undo/apply", no("gateway-down"));
  last = await told.anna.submit(last, APPLY);
  assert.match(
    last.html,
    /This click undid nothing[^]*>Finish it<\/button>/,
    "the click before may have done a part",
  );
  assert.doesNotMatch(last.html, /leave everything as it is/);
  told.door.answers.set("undo/apply", yes({ status: "done", preview: NOTHING_LEFT, written: 0 }));
  assert.match((await told.anna.submit(last, APPLY)).html, /It had been done before/);
  const sent = told.door.asked.filter(({ action }) => action === "undo/apply").map(({ body }) =>
    JSON.stringify(body)
  );
  assert.equal(sent.length, unfinished.length + 2);
  assert.equal(new Set(sent).size, 1);
});

Deno.test("undo: each refusal says that nothing was done, and keeps the button where pressing it again can help", async () => {
  await using told = await tell();
  const shown = await told.ask({ do: "calls", call: [id("a")] });
  const refusals: readonly (readonly [string, number, RegExp, boolean])[] = [
    [
      "gateway-down",
      503,
      /Mana cannot be reached[^]*This click undid nothing, and nothing will happen later by itself/,
      true,
    ],
    ["sync-down", 503, /keeps your data cannot be reached[^]*This click undid nothing/, true],
    ["vault-down", 503, /keeps your key cannot be reached[^]*This click undid nothing/, true],
    ["auth-down", 503, /Your account service cannot be reached[^]*This click undid nothing/, true],
    ["too-many", 429, /Please wait a moment[^]*This click undid nothing/, true],
    ["space-left", 403, /You are not in this space any more[^]*nothing was changed there/, false],
    ["plan-unknown", 410, /This page is too old[^]*this click undid nothing/, false],
  ];
  for (const [code, status, words, hasButton] of refusals) {
    told.door.answers.set("undo/apply", no(code));
    const refused = await told.anna.submit(shown, APPLY);
    assert.equal(refused.status, status, code);
    assert.match(refused.html, words);
    assert.equal(refused.html.includes(APPLY), hasButton, code);
    assert.match(refused.html, /href="\/activity"/);
  }
  told.door.answers.set("undo/apply", () => {
    throw new PeopleFault("unavailable");
  });
  const unasked = await told.anna.submit(shown, APPLY);
  assert.equal(unasked.status, 503);
  assert.match(unasked.html, /Your account service cannot be reached[^]*This click undid nothing/);
  assert.ok(unasked.html.includes(APPLY), "the button stays");
  told.door.answers.set("undo/preview", no("input"));
  const much = await told.ask({ do: "calls", call: [id("a")] });
  assert.equal(much.status, 422);
  assert.match(much.html, /This is too much for one undo/);
  told.door.answers.set("undo/preview", no("space-left"));
  assert.equal((await told.ask({ do: "calls", call: [id("a")] })).status, 403);
  told.door.answers.set("undo/preview", no("sync-down"));
  assert.match(
    (await told.ask({ do: "calls", call: [id("a")] })).html,
    /Nothing was changed and nothing is lost/,
  );
});

Deno.test("undo: an undo is undone from its own page: do it again", async () => {
  await using told = await tell();
  const undo = call("f", { writer: "undo", name: "", tool: null, toolTitle: null });
  told.door.answers.set("activity/call", yes({ call: undo, rows: [row()], rowCount: 1 }));
  const opened = await told.anna.open(`/activity/${id("f")}`);
  assert.match(opened.html, /<h1>An undo changed the note “Shopping”<\/h1>/);
  assert.match(opened.html, />Do it again<\/button>/);
  const shown = await told.anna.submit(opened, PREVIEW, { do: "calls" });
  assert.match(shown.html, /<h1>Do it again\?<\/h1>/);
  assert.match(shown.html, /Yes, do 1 thing again/);
  assert.deepEqual(told.door.asked.at(-1)?.body.selection, { calls: [id("f")] });
  told.door.answers.set("undo/apply", yes({ status: "done", preview: NOTHING_LEFT, written: 1 }));
  assert.match((await told.anna.submit(shown, APPLY)).html, /<h1>It is done again<\/h1>/);
});

Deno.test("undo: from a call: it alone, or everything of its writer after it; what is undone leads to its undo", async () => {
  await using told = await tell();
  const open = async (changes: Parameters<typeof call>[1]) => {
    told.door.answers.set("activity/call", yes({ call: call("a", changes), rows: [row()], rowCount: 1 }));
    return await told.anna.open(`/activity/${id("a")}`);
  };
  const at = "2026-05-01T10:00:00.000Z";
  const cases = [
    [{ app: told.key }, "“Test app”", { app: told.key, since: at }],
    [{ writer: "own" }, "An agent with your own token", { app: "", since: at }],
    [{ writer: "unverified", name: "Claude" }, "this name", { app: null, name: "Claude", since: at }],
  ] as const;
  for (const [changes, words, selection] of cases) {
    const opened = await open(changes);
    assert.ok(opened.html.includes(`Undo this and everything after it by ${words}`), opened.html);
    const shown = await told.anna.submit(opened, PREVIEW, { do: "since" });
    assert.equal(shown.status, 200, shown.html);
    assert.deepEqual(told.door.asked.at(-1)?.body.selection, selection);
  }
  const strange = await open({ app: null, name: "Never connected here" });
  assert.doesNotMatch(strange.html, /everything after it/, "no app of the person");
  const undone = await open({ app: told.key, undoneBy: id("f") });
  assert.match(undone.html, /This was undone, or a part of it/);
  assert.ok(undone.html.includes(`href="/activity/${id("f")}?at=`));
  assert.match(undone.html, />Undo what is left of it<\/button>/);
});

const SPACE = { id: "space-1", name: "Anna", kind: "personal" } as const;
const NOTHING_LEFT = preview({ rows: [], rowCount: 0, collections: [] });

interface Told extends AsyncDisposable {
  readonly flow: Flow;
  readonly door: ToldDoor;
  readonly anna: Browser;
  /** The key of Anna's app. */
  readonly key: string;
  /** The time line as it was opened. */
  readonly line: Page;
  /** Sends the form of the time line. */
  ask(fields: Changes): Promise<Page>;
}

/** A server whose gateway tells of one call of Anna's one app. */
async function tell(choice: Changes = {}): Promise<Told> {
  const door = createToldDoor();
  const flow = await createFlow({ door });
  const anna = await flow.personWithBrowser("anna");
  await connect(flow, anna, choice);
  door.answers.set("activity", page([call("a")]));
  door.answers.set("undo/preview", yes(preview()));
  const line = await anna.open("/activity");
  const [, key = ""] = /<option value="([\w-]{43})"/.exec(line.html) ?? [];
  assert.notEqual(key, "");
  return {
    flow,
    door,
    anna,
    key,
    line,
    ask: async (fields) => await anna.submit(line, PREVIEW, fields),
    [Symbol.asyncDispose]: () => flow[Symbol.asyncDispose](),
  };
}
