import assert from "node:assert/strict";
import type { Change } from "../../lib/changes/change.ts";
import { EPOCH, parseInstant } from "../../lib/changes/instant.ts";
import { readLog } from "../../lib/changes/read_log.ts";
import { at, insert, refusalOf } from "../records/_harness.ts";
import { anna, setUp, signal } from "./_sync_client.ts";

const target = { caller: anna, app: "app", table: "t", signal };

async function all(changes: AsyncIterable<Change>): Promise<Change[]> {
  const read: Change[] = [];
  for await (const change of changes) read.push(change);
  return read;
}

Deno.test("the log is read whole, in order and each change once, also where a page ends among changes of one time", async () => {
  const { services, client } = setUp();
  services.pageSize = 3;
  const ids = Array.from({ length: 20 }, (_, number) => String(number));
  for (const id of ids) {
    // Two and two share a time.
    services.step = Number(id) % 2 === 0 ? 1_000 : 0;
    services.write("anna", "app", [insert("t", id, {})]);
  }
  const read = await all(readLog(client, target, EPOCH));
  assert.deepEqual(read.map(({ id }) => id), ids);
  assert.ok(services.pulls().length > 20 / 3);
});

Deno.test("a log is read from an instant on, and no further than its reader goes", async () => {
  const { services, client } = setUp();
  services.pageSize = 2;
  for (const id of ["1", "2", "3", "4", "5"]) services.write("anna", "app", [insert("t", id, {})]);
  const second = services.rows[1];
  assert.ok(second);
  const since = parseInstant(new Date(second.micros / 1000).toISOString());
  assert.ok(since);
  assert.deepEqual((await all(readLog(client, target, since))).map(({ id }) => id), ["3", "4", "5"]);
  const before = services.pulls().length;
  for await (const { id } of readLog(client, target, EPOCH)) if (id === "2") break;
  assert.equal(services.pulls().length - before, 1);
});

Deno.test("a change says who wrote it and as what; what is no such word is none", async () => {
  const { services, client } = setUp();
  const actor = { kind: "ai", principalId: "p", displayName: "d", rationale: "r" };
  services.write("anna", "app", [
    { ...insert("t", "1", {}), actor, origin: "agent" },
    { ...insert("t", "2", {}), actor: "anna", origin: 5 },
    insert("t", "3", {}),
  ]);
  const read = await all(readLog(client, target, EPOCH));
  assert.deepEqual(read.map(({ actor, origin }) => ({ actor, origin })), [
    { actor, origin: "agent" },
    { actor: null, origin: null },
    { actor: null, origin: null },
  ]);
});

Deno.test("pages that never move on end in a refusal, after what they showed", async () => {
  const { services, client } = setUp();
  const entry = { ...insert("t", "1", {}), eventId: "e" };
  services.intercept = () => Response.json({ serverChanges: [entry], syncedUntil: at(0), hasMore: true });
  const read: string[] = [];
  const refusal = await refusalOf((async () => {
    for await (const { id } of readLog(client, target, EPOCH)) read.push(id);
  })());
  assert.deepEqual(refusal, { reason: "upstream-failed", upstream: "sync", fault: "malformed" });
  assert.deepEqual(read, ["1"]);
});
