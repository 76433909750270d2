// Long texts of own records: stored in pieces, so that no portion of the log grows beyond what an answer may have, and read as one.
import assert from "node:assert/strict";
import { MAX_UPSTREAM_BYTES } from "../../lib/kit/limits.ts";
import { MAX_PIECE_CHARS } from "../../lib/own_records/pieces.ts";
import { bearer } from "../_support/test_backend.ts";
import { createGateways, type Gateways, signal } from "./_gateways.ts";

const table = "approvals";
const at = Date.parse("2026-05-01T12:00:00.000Z");
/** Two code units, three of whose four bytes are not ASCII: a cut may fall into it. */
const LONG = `x${"🐑".repeat(MAX_PIECE_CHARS)}`;

/** The changes of the table as the service gives them out. */
async function storedChanges(gateways: Gateways, person: Parameters<typeof bearer>[0]): Promise<string[]> {
  const pulled = await gateways.services.sync(
    `/sync/mcp/pull?collection=${table}&since=1970-01-01T00:00:00Z`,
    { headers: bearer(person) },
  );
  const { serverChanges } = await pulled.json();
  return serverChanges.map((change: unknown) => JSON.stringify(change));
}

Deno.test("a long text is one text to every gateway, and a thousand neighbours of its changes are less than an answer may have", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const row = { table, id: "a", isNew: true, at, fields: { ask: LONG, no: "short" } } as const;
  await gateways.gateway().write(anna.caller, row, signal);
  await gateways.gateway().write(anna.caller, row, signal);
  const [record] = await gateways.gateway().list(anna.caller, table, signal);
  assert.ok(record?.fields.get("ask")?.text === LONG);
  assert.deepEqual([...record?.fields.keys() ?? []].sort(), ["ask", "no"]);
  assert.deepEqual(gateways.counted, []);
  const changes = await storedChanges(gateways, anna);
  assert.ok(changes.length > 4, String(changes.length));
  const longest = Math.max(...changes.map((change) => new TextEncoder().encode(change).length));
  assert.ok(1_000 * longest < MAX_UPSTREAM_BYTES, `${longest} bytes`);
});

Deno.test("a text with a piece that is missing, or of an earlier text, is absent and counted", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const own = gateways.gateway();
  const write = (id: string) =>
    own.write(anna.caller, { table, id, isNew: true, at, fields: { ask: LONG } }, signal);
  await write("earlier");
  await write("whole");
  const [change = ""] = (await storedChanges(gateways, anna)).filter((text) =>
    text.includes('"earlier"') && text.includes('"ask_2"')
  );
  const { fields } = JSON.parse(change);
  // The second piece of another text, put back by somebody who may write rows: it opens, since its place is the same.
  await own.write(anna.caller, {
    table,
    id: "earlier",
    isNew: false,
    at: at + 5,
    fields: { ask: "b".repeat(3 * MAX_PIECE_CHARS) },
  }, signal);
  await gateways.push(anna, {
    table,
    id: "earlier",
    op: "update",
    spaceId: `_personal:${anna.id}`,
    fields: { ask_2: { value: fields.ask_2.value, at: "2030-01-01T00:00:00.000Z" } },
  });
  const records = await gateways.gateway().list(anna.caller, table, signal);
  const textOf = (id: string) => records.find((record) => record.id === id)?.fields.get("ask")?.text;
  assert.ok(textOf("earlier") === undefined);
  assert.ok(textOf("whole") === LONG);
  assert.deepEqual(gateways.counted, ["unreadable mcp/approvals 1"]);
});

Deno.test("no field may have a piece's name, and no short text may look like one in pieces", async () => {
  await using gateways = await createGateways();
  const anna = await gateways.person("anna");
  const write = (fields: Readonly<Record<string, string>>) =>
    gateways.gateway().write(anna.caller, { table, id: "a", isNew: true, at, fields }, signal);
  await assert.rejects(write({ ask_1: "x" }), TypeError);
  await assert.rejects(write({ ask: `pieces:1:${"a".repeat(43)}` }), TypeError);
  assert.deepEqual(await storedChanges(gateways, anna), []);
});
