// From an app's call to its undo, all of it real: apps call the gateway, the person looks at their pages, and the gateway carries out
// what their click decides.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Page } from "../_support/browser.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { bearer } from "../_support/test_backend.ts";
import { act, type Apps, createApps } from "../history/_activity.ts";

const UNDO = "/activity/undo";
const APPLY = "/activity/undo/apply";

Deno.test("whole way: what an app did is seen, unfolded, undone, and done again", async () => {
  await using world = await createApps();
  const id = await makeNote(world, "Shopping");
  await act(world, world.claude, "notes_update", { id, title: "Holidays" });
  await act(world, world.other, "notes_create", { title: "Of another app", content: "" });

  const line = await world.anna.open("/activity");
  assert.match(line.html, /Today, Sunday 1 March[^]*“Cursor”[^]*“Claude”/);
  const changed = await world.anna.open(linkOf(line, "Changed the note “Holidays”"));
  assert.match(changed.html, /before<\/span> <bdi class="text">Shopping<\/bdi>/);
  assert.match(changed.html, /after<\/span> <bdi class="text">Holidays<\/bdi>/);
  const shown = await world.anna.submit(changed, UNDO, { do: "calls" });
  assert.match(shown.html, /now<\/span> <bdi class="text">Holidays<\/bdi>/);
  assert.match(shown.html, /then<\/span> <bdi class="text">Shopping<\/bdi>/);
  world.clock.now += 1000;
  const done = await world.anna.submit(shown, APPLY);
  assert.match(done.html, /1 thing is as it was before/);
  assert.equal(await titleOf(world, id), "Shopping");
  assert.match((await world.anna.submit(shown, APPLY)).html, /It is undone/, "a second click is harmless");

  world.clock.now += 1000;
  const after = await world.anna.open("/activity");
  assert.match(after.html, /Changed the note “Shopping”<\/a> <span class="mark">undone<\/span>/);
  const undo = await world.anna.open(hrefAfter(after, "Put back by an undo"));
  assert.match(undo.html, /before<\/span> <bdi class="text">Holidays<\/bdi>/);
  const again = await world.anna.submit(undo, UNDO, { do: "calls" });
  assert.match(again.html, /<h1>Do it again\?<\/h1>/);
  world.clock.now += 1000;
  assert.match((await world.anna.submit(again, APPLY)).html, /<h1>It is done again<\/h1>/);
  assert.equal(await titleOf(world, id), "Holidays");
});

Deno.test("whole way: everything since a time, of one app; what another changed later is left alone, and said so", async () => {
  await using world = await createApps();
  const kept = await makeNote(world, "Before");
  const start = world.clock.now;
  world.clock.now += 60_000;
  const made = await makeNote(world, "Made later");
  await act(world, world.claude, "notes_update", { id: kept, title: "By Claude", content: "By Claude" });
  await act(world, world.other, "notes_update", { id: kept, title: "By Cursor" });

  const line = await world.anna.open(`/activity?app=${world.claude.key}`);
  assert.doesNotMatch(line.html, /Cursor”<\/h3>/);
  const time = new Date(start + 60_000).toISOString();
  const since = {
    do: "since",
    who: `app ${world.claude.key}`,
    day: time.slice(0, 10),
    time: time.slice(11, 16),
  };
  const shown = await world.anna.submit(line, UNDO, since);
  assert.match(shown.html, /Everything by “Claude” since 1 March 2026 at 12:01 \(UTC\)/);
  assert.match(shown.html, /What would be put back: 2 things/);
  assert.match(shown.html, /the note “By Cursor”: title <span class="soft">by Cursor/);
  world.clock.now += 1000;
  assert.match((await world.anna.submit(shown, APPLY)).html, /2 things are as they were before/);
  const { note } = await act(world, world.claude, "notes_read", { id: kept });
  assert.deepEqual(Note.parse(note), { id: kept, title: "By Cursor", content: "about Before" });
  const gone = await world.call(world.claude.token, "notes_read", { id: made });
  assert.match(gone.text, /"isError":true/, "what the app made is taken away again");
});

Deno.test("whole way: somebody changes a record while the page is open: nothing is done, and the page shows how it is now", async () => {
  await using world = await createApps();
  const id = await makeNote(world, "Shopping");
  await act(world, world.claude, "notes_update", { id, title: "Holidays", content: "By Claude" });
  const line = await world.anna.open("/activity");
  const shown = await world.anna.submit(line, UNDO, { do: "calls", call: callOf(line, "Changed the note") });
  await act(world, world.other, "notes_update", { id, title: "By Cursor" });
  const changed = await world.anna.submit(shown, APPLY);
  assert.equal(changed.status, 409);
  assert.match(changed.html, /It changed meanwhile/);
  assert.match(changed.html, /the note “By Cursor”: title/);
  assert.equal(await titleOf(world, id), "By Cursor");
  world.clock.now += 1000;
  assert.match((await world.anna.submit(changed, APPLY)).html, /1 thing is as it was before/);
  const { note } = await act(world, world.claude, "notes_read", { id });
  assert.deepEqual(Note.parse(note), { id, title: "By Cursor", content: "about Shopping" });
});

Deno.test("whole way: a lost answer, and services that are down: the same click completes it, on another gateway too", async () => {
  await using world = await createApps();
  const id = await makeNote(world, "Shopping");
  await act(world, world.claude, "notes_update", { id, title: "Holidays" });
  const line = await world.anna.open("/activity");
  const shown = await world.anna.submit(line, UNDO, { do: "calls", call: callOf(line, "Changed the note") });

  world.interceptPages = () => Promise.reject(new TypeError("refused"));
  const down = await world.anna.submit(shown, APPLY);
  assert.equal(down.status, 503);
  assert.match(down.html, /This click undid nothing/);
  world.interceptPages = null;
  world.intercept = ({ url }) => url.includes("/sync/") ? new Response("down", { status: 503 }) : undefined;
  const noSync = await world.anna.submit(down, APPLY);
  assert.match(noSync.html, /The service that keeps your data cannot be reached[^]*This click undid nothing/);
  world.intercept = null;
  assert.equal(await titleOf(world, id), "Holidays");

  world.interceptPages = async (request) => {
    const answer = await world.gateway.fetch(request);
    await answer.body?.cancel();
    return new Response("gone", { status: 504, headers: { "content-type": "application/json" } });
  };
  const lost = await world.anna.submit(noSync, APPLY);
  assert.match(lost.html, />Finish it<\/button>/);
  assert.equal(await titleOf(world, id), "Shopping", "the gateway had done it");
  world.interceptPages = (request) => world.sdkOnly.fetch(request);
  world.clock.now += 60_000;
  assert.match((await world.anna.submit(lost, APPLY)).html, /<h1>It is undone<\/h1>/);
  assert.equal(await titleOf(world, id), "Shopping");
});

Deno.test("whole way: a person who alone holds their key sees locked texts and an uncertain writer, and can undo all the same", async () => {
  await using world = await createApps();
  const id = await makeNote(world, "Shopping");
  await act(world, world.claude, "notes_update", { id, title: "Holidays" });
  const [made, changed] = await storedTitles(world, id);
  for (
    const [step, body] of [
      ["recovery-wrap", { recoveryWrappedMk: btoa("w".repeat(48)), recoveryIv: btoa("i".repeat(12)) }],
      ["zero-knowledge", { enable: true }],
    ] as const
  ) {
    const answer = await world.auth(`/api/v1/me/encryption-vault/${step}`, {
      method: "POST",
      headers: { ...bearer(world.own), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  world.clock.now += 60_000;

  const line = await world.anna.open("/activity");
  assert.match(line.html, /Not certain who: it calls itself “Claude”/);
  assert.match(line.html, /while you alone hold your key/);
  assert.doesNotMatch(line.html, /Holidays|Shopping/);
  const call = await world.anna.open(linkOf(line, "Changed a note"));
  assert.match(call.html, /locked: your Mana app opens it/);
  const shown = await world.anna.submit(call, UNDO, { do: "calls" });
  assert.match(shown.html, /What would be put back: 1 thing/);
  world.clock.now += 1000;
  assert.match((await world.anna.submit(shown, APPLY)).html, /1 thing is as it was before/);
  assert.deepEqual(await storedTitles(world, id), [made, changed, made], "the ciphertext is copied as it is");
});

const Note = z.object({ id: z.string(), title: z.string(), content: z.string() });

async function makeNote(world: Apps, title: string): Promise<string> {
  const { note } = await act(world, world.claude, "notes_create", { title, content: `about ${title}` });
  return z.object({ id: z.string() }).parse(note).id;
}

async function titleOf(world: Apps, id: string): Promise<string> {
  const { note } = await act(world, world.claude, "notes_read", { id });
  return Note.parse(note).title;
}

/** Each title of a note as it lies in the log, oldest first. */
async function storedTitles(world: Apps, id: string): Promise<unknown[]> {
  const changes = (await pullAll(world, world.own, NOTES)).filter((change) => change.id === id);
  return changes.map(({ data, fields }) => data?.["title"] ?? fields?.["title"]?.value);
}

/** The address behind the first link with these words. */
function linkOf({ html }: Page, words: string): string {
  const [, address] = new RegExp(`<a href="([^"]*)">${words}</a>`).exec(html) ?? [];
  assert.ok(address, html);
  return address.replaceAll("&amp;", "&");
}

/** The address of the first link behind a heading. */
function hrefAfter({ html }: Page, heading: string): string {
  const [, address] = /<a href="(\/activity\/[^"]*)"/.exec(html.slice(html.indexOf(heading))) ?? [];
  assert.ok(address, html);
  return address.replaceAll("&amp;", "&");
}

/** The id of the first call whose tick is named so. */
function callOf({ html }: Page, deed: string): string {
  const [, id] =
    new RegExp(`name="call" value="([^"]*)" aria-label="[^"]*: ${deed.toLowerCase()}`).exec(html) ?? [];
  assert.ok(id, html);
  return id;
}
