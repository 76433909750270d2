// The gateway's own records over the embedded backend: what is kept, what is seen by another gateway, and what nobody can plant.
import assert from "node:assert/strict";
import { LOG_ANCHOR_MS, PULL_OVERLAP_MS } from "../../lib/kit/limits.ts";
import { sealText } from "../../lib/own_records/envelope.ts";
import { makeTeam } from "../_support/team.ts";
import { bearer } from "../_support/test_backend.ts";
import { refusalOf } from "../records/_harness.ts";
import { createGateways, signal, textsOf } from "./_gateways.ts";

const table = "approvals";
const at = Date.parse("2026-05-01T12:00:00.000Z");
const stamp = "2026-05-01T12:00:00.000Z";

Deno.test("what one gateway stores another lists, after a restart too, with ids, times and stamps as given", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const [one, other] = [gateways.gateway(), gateways.gateway()];
  assert.deepEqual(await other.list(anna.caller, table, signal), []);
  await one.write(
    anna.caller,
    { table, id: "a", isNew: true, at, fields: { ask: "May I?", no: "" } },
    signal,
  );
  await other.write(
    anna.caller,
    { table, id: "a", isNew: false, at: at + 5, fields: { yes: "ja ✓" } },
    signal,
  );
  const expected = [{
    id: "a",
    createdAt: at,
    fields: new Map([
      ["ask", { text: "May I?", stamp }],
      ["no", { text: "", stamp }],
      ["yes", { text: "ja ✓", stamp: "2026-05-01T12:00:00.005Z" }],
    ]),
  }];
  assert.deepEqual(await one.list(anna.caller, table, signal), expected);
  assert.deepEqual(await other.list(anna.caller, table, signal), expected);
  assert.deepEqual(await gateways.gateway().list(anna.caller, table, signal), expected);
  assert.deepEqual(gateways.counted, []);
});

Deno.test("the service is never shown a text, and every row lies under the sentinel of its author", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  await own.write(anna.caller, { table, id: "a", isNew: true, at, fields: { ask: "secret words" } }, signal);
  await own.write(anna.caller, { table, id: "a", isNew: false, at, fields: { yes: "secret words" } }, signal);
  const pulled = await gateways.services.sync(
    `/sync/mcp/pull?collection=${table}&since=1970-01-01T00:00:00Z`,
    {
      headers: bearer(anna),
    },
  );
  const text = await pulled.text();
  assert.doesNotMatch(text, /secret|words/);
  const { serverChanges } = JSON.parse(text);
  assert.equal(serverChanges.length, 2);
  for (const change of serverChanges) {
    assert.equal(change.spaceId, `_personal:${anna.id}`);
    assert.deepEqual(change.actor, {
      kind: "system",
      principalId: "system:mana-mcp",
      displayName: "mana-mcp",
    });
    assert.equal(change.origin, "system");
  }
});

Deno.test("the same write and the same removal again are harmless; of two writes the later stamp wins", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const [one, other] = [gateways.gateway(), gateways.gateway()];
  const row = { table, id: "a", isNew: true, at, fields: { ask: "first" } } as const;
  await one.write(anna.caller, row, signal);
  await other.write(anna.caller, { ...row, isNew: false, at: at + 2, fields: { no: "later" } }, signal);
  await one.write(anna.caller, { ...row, isNew: false, at: at + 1, fields: { no: "earlier" } }, signal);
  await other.write(anna.caller, row, signal);
  assert.deepEqual(textsOf(await one.list(anna.caller, table, signal)), { a: { ask: "first", no: "later" } });
  for (const own of [one, other, one]) await own.remove(anna.caller, { table, id: "a", at: at + 3 }, signal);
  for (const own of [one, other, gateways.gateway()]) {
    assert.deepEqual(await own.list(anna.caller, table, signal), []);
  }
});

Deno.test("a removed record stays removed, whatever arrives late, and takes no memory for its texts", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  const row = { table, id: "a", isNew: true, at, fields: { ask: "x".repeat(100_000) } } as const;
  await own.write(anna.caller, row, signal);
  await own.list(anna.caller, table, signal);
  assert.ok(own.bytes() > 100_000);
  await own.remove(anna.caller, { table, id: "a", at: at + 1 }, signal);
  await own.list(anna.caller, table, signal);
  assert.ok(own.bytes() < 10_000, String(own.bytes()));
  await own.write(anna.caller, { ...row, at: at + 9 }, signal);
  await own.write(anna.caller, { ...row, at: at + 10, isNew: false }, signal);
  assert.deepEqual(await own.list(anna.caller, table, signal), []);
  assert.deepEqual(await gateways.gateway().list(anna.caller, table, signal), []);
});

Deno.test("a write whose answer is lost says that it is unknown; the same write again completes it", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  const row = { table, id: "a", isNew: true, at, fields: { ask: "once" } } as const;
  gateways.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.includes("/sync/")) return undefined;
    await (await gateways.services.sync("/sync/mcp", request)).body?.cancel();
    throw new TypeError("connection lost");
  };
  assert.deepEqual(await refusalOf(own.write(anna.caller, row, signal)), {
    reason: "write-unknown",
    record: "record of the gateway",
    ids: ["a"],
  });
  gateways.intercept = () => undefined;
  await own.write(anna.caller, row, signal);
  assert.deepEqual(textsOf(await own.list(anna.caller, table, signal)), { a: { ask: "once" } });
});

Deno.test("a co-member can plant nothing: neither under the person's sentinel nor in the space they share", async () => {
  await using gateways = await createGateways();
  const [anna, ben] = [await gateways.person("anna"), await gateways.person("ben")];
  const team = await makeTeam(gateways.services, anna, ben);
  const sealed = await sealText(
    await gateways.masterKey(ben),
    { subject: anna.id, table, recordId: "planted", field: "yes" },
    "yes",
  );
  const sentinel = `_personal:${anna.id}`;
  for (
    const [spaceId, inData] of [[sentinel, sentinel], [team, sentinel], [team, team], [undefined, sentinel]]
  ) {
    const data = { id: "planted", spaceId: inData, authorId: anna.id, createdAt: stamp, yes: sealed };
    await gateways.push(ben, { table, id: "planted", op: "insert", spaceId, data });
    await gateways.push(ben, { table, id: "a", op: "delete", spaceId, deletedAt: stamp });
    await gateways.push(ben, { table, id: "a", op: "delete", spaceId });
  }
  const own = gateways.gateway();
  await own.write(anna.caller, { table, id: "a", isNew: true, at, fields: { ask: "real" } }, signal);
  assert.deepEqual(textsOf(await own.list(anna.caller, table, signal)), { a: { ask: "real" } });
  // Only the rows under the shared space were handed to her at all.
  assert.deepEqual(gateways.counted, ["foreign mcp/approvals 6"]);
});

Deno.test("rows of the person's own under another space than the sentinel do not count either", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const key = await gateways.masterKey(anna);
  const place = { subject: anna.id, table, recordId: "b", field: "yes" };
  const data = { id: "b", createdAt: stamp, yes: await sealText(key, place, "yes") };
  await gateways.push(anna, { table, id: "b", op: "insert", data });
  await gateways.push(anna, { table, id: "b", op: "insert", spaceId: "org-somewhere", data });
  assert.deepEqual(await gateways.gateway().list(anna.caller, table, signal), []);
  assert.deepEqual(gateways.counted, ["foreign mcp/approvals 2"]);
});

Deno.test("a text that was moved, plain text, an app's envelope and other junk are absent and counted; the rest is read", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const key = await gateways.masterKey(anna);
  const spaceId = `_personal:${anna.id}`;
  const place = { subject: anna.id, table, recordId: "a", field: "ask" };
  const sealed = await sealText(key, place, "real");
  const insert = (id: string, data: Record<string, unknown>) =>
    gateways.push(anna, { table, id, op: "insert", spaceId, data: { id, createdAt: stamp, ...data } });
  await insert("a", { ask: sealed, yes: sealed, no: "plain", outcome: "enc:1:oKGio6Slpqeoqaqr.kmoJ" });
  await insert("b", { ask: sealed, number: 7, list: [sealed], nothing: null });
  await insert("c", { ask: sealed, createdAt: "yesterday" });
  await gateways.push(anna, {
    table,
    id: "d",
    op: "update",
    spaceId,
    fields: { ask: { value: sealed, at: stamp, updatedAt: stamp } },
  });
  const own = gateways.gateway();
  assert.deepEqual(textsOf(await own.list(anna.caller, table, signal)), { a: { ask: "real" }, b: {} });
  assert.deepEqual(gateways.counted.toSorted(), [
    "malformed mcp/approvals 1",
    "unreadable mcp/approvals 3",
    "unsealed mcp/approvals 4",
  ]);
});

Deno.test("ten megabytes of records are listed, and then only what is new is pulled", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  const text = "a text of 100 kB ".repeat(6_000);
  for (let index = 0; index < 100; index++) {
    const row = { table, id: `r${index}`, isNew: true, at: at + index, fields: { ask: text } } as const;
    await own.write(anna.caller, row, signal);
  }
  // Past the overlap of two pulls, and before the log is asked again whether it is still the same.
  gateways.services.clock.now += PULL_OVERLAP_MS + 1_000;
  assert.equal((await own.list(anna.caller, table, signal)).length, 100);
  gateways.services.clock.now += LOG_ANCHOR_MS - 1_000;
  let bytes = 0;
  gateways.intercept = async (request) => {
    if (!request.url.includes("/pull")) return undefined;
    const answer = await gateways.services.backend.sync.fetch(request);
    bytes += (await answer.clone().bytes()).byteLength;
    return answer;
  };
  const records = await own.list(anna.caller, table, signal);
  assert.ok(records.every(({ fields }) => fields.get("ask")?.text === text));
  assert.ok(bytes < 1_000_000, String(bytes));
});

Deno.test("a listing never takes the answer of a pull that began before it was asked for", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const [one, other] = [gateways.gateway(), gateways.gateway()];
  await one.list(anna.caller, table, signal);
  const [pulled, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  gateways.intercept = async (request) => {
    if (!request.url.includes("/pull")) return undefined;
    gateways.intercept = () => undefined;
    const answer = await gateways.services.backend.sync.fetch(request);
    pulled.resolve();
    await held.promise;
    return answer;
  };
  const early = one.list(anna.caller, table, signal);
  await pulled.promise;
  await other.write(anna.caller, { table, id: "a", isNew: true, at, fields: { ask: "just now" } }, signal);
  const late = one.list(anna.caller, table, signal);
  held.resolve();
  assert.deepEqual(textsOf(await late), { a: { ask: "just now" } });
  await early;
});
