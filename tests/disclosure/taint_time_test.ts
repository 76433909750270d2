/** What an app has read counts for half an hour, for its own grant, also where another process knows it. */
import assert from "node:assert/strict";
import { insert, notes, personal, shared } from "../records/_harness.ts";
import { appCaller, createAppCalls, listing } from "./_app_calls.ts";

const APP = { grantId: "g1" };
const MINUTE = 60_000;
const TEAM = shared("team");
const OTHER = shared("other");
const signal = () => new AbortController().signal;

async function withTeam(deps: Parameters<typeof createAppCalls>[1] = {}) {
  const calls = await createAppCalls(2, deps);
  for (const person of ["anna", "ben"]) calls.h.services.memberships.set(person, new Set(["team", "other"]));
  calls.h.services.write("ben", "notes", [
    insert("notes", "b1", { title: "his", spaceId: "team", authorId: "ben" }, "team"),
  ]);
  return {
    ...calls,
    asks: async (app = APP, space = TEAM) => await calls.disclosure.taintOf(appCaller(app), space, signal),
  };
}

Deno.test("each bit lasts half an hour from when such text was handed out last", async () => {
  const { h, read, asks } = await withTeam();
  await read(APP, listing(5), undefined, TEAM);
  assert.deepEqual(await asks(), { asks: false, isRelaying: true });
  h.clock += 20 * MINUTE;
  await read(APP, listing(2));
  assert.deepEqual(await asks(), { asks: true, isRelaying: true });
  assert.deepEqual(
    await asks(APP, personal("anna", "org-anna")),
    { asks: false, isRelaying: true },
    "nobody else reads it there",
  );
  assert.deepEqual(await asks({ grantId: "g2" }), { asks: false, isRelaying: false });
  h.clock += 10 * MINUTE;
  assert.deepEqual(await asks(), { asks: false, isRelaying: false });
  await read(APP, listing(5), undefined, TEAM);
  h.clock += 19 * MINUTE;
  assert.deepEqual(
    await asks(),
    { asks: true, isRelaying: true },
    "the private text was read 29 minutes ago",
  );
  h.clock += MINUTE;
  assert.deepEqual(await asks(), { asks: false, isRelaying: true });
});

Deno.test("text of one shared space is private to another", async () => {
  const { read, asks } = await withTeam();
  await read(APP, listing(5), undefined, TEAM);
  assert.deepEqual(await asks(APP, TEAM), { asks: false, isRelaying: true });
  assert.deepEqual(await asks(APP, OTHER), { asks: true, isRelaying: true });
});

Deno.test("records without text, and what is only counted, set nothing", async () => {
  const { read, asks } = await withTeam();
  await read(APP, (records) => records.list(notes, { show: ["color"] }));
  await read(APP, (records) => records.count(notes), undefined, TEAM);
  assert.deepEqual(await asks(APP, OTHER), { asks: false, isRelaying: false });
});

Deno.test("what another process knows counts here, and goes to others in turn", async () => {
  const until = Date.UTC(2026, 4, 20, 10, 20);
  const window = { hours: [], others: until, private: [["org-anna", until]] } as const;
  const { h, asks, disclosure } = await withTeam({ earlierUse: () => Promise.resolve([window]) });
  assert.equal(disclosure.mayAsk(appCaller(APP).principal), true, "not known yet");
  assert.deepEqual(await asks(), { asks: true, isRelaying: true });
  assert.deepEqual(disclosure.window(appCaller(APP)), window);
  h.clock = until;
  assert.deepEqual(await asks(), { asks: false, isRelaying: false });
  assert.equal(disclosure.mayAsk(appCaller(APP).principal), false);
});
