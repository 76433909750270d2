/** What the verifier says of ledgers that no adversary touched: what is clean, what a crash leaves, what an older key leaves; and of pins. */
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { hashRow } from "../../lib/ledger/ledger_row.ts";
import { exportText, parseExport } from "../../scripts/ledger/export_file.ts";
import { checkPins, isPinOf, parsePins, pinText } from "../../scripts/ledger/pin_file.ts";
import { reportLines } from "../../scripts/ledger/report.ts";
import { exitCodeOf, verifyLedger } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";
import { cutFrom, rowsOf, withBody } from "./_adversary.ts";
import {
  copyOf,
  createOwner,
  HonestGateway,
  type Logs,
  pulled,
  rowChange,
  signedChange,
  sourceOf,
  verifyLogs,
} from "./_logs.ts";

const anna = await createOwner("anna");
const NOON = Date.parse("2026-03-01T12:00:00.000Z");
const [A, B, C] = ["aa".repeat(16), "bb".repeat(16), "cc".repeat(16)] as const;
const call = (number: number) => number.toString(16).padStart(32, "0");
const CLEAN =
  "Clean: every row stands where it was written, and the data agree. What a gateway left out, no ledger shows.";

const NOTES = [{ app: "notes", name: "notes" }];

type Head = readonly [seq: number, hash: string];

/** Two gateways in turns, both ended: A writes two calls, B names A, A names B. */
async function twoGateways(): Promise<Logs> {
  const logs: Logs = { ledger: [], data: new Map() };
  const [a, b] = [new HonestGateway(anna, logs, A), new HonestGateway(anna, logs, B)];
  const heads = new Map<string, Head>();
  a.call(call(1), NOON, true);
  heads.set(A, await a.flush(NOON + 250, heads));
  b.call(call(2), NOON + 1_000, false);
  heads.set(B, await b.flush(NOON + 1_250, heads));
  a.call(call(3), NOON + 2_000, true);
  heads.set(A, await a.flush(NOON + 2_250, heads));
  heads.set(B, await b.flush(NOON + 3_000, heads, { isEnd: true }));
  heads.set(A, await a.flush(NOON + 3_100, heads, { isEnd: true }));
  return logs;
}

Deno.test("verify: a ledger whose chains were ended, and whose data agree, is clean", async () => {
  const { code, all } = await verifyLogs(await twoGateways(), anna);
  assert.equal(all, `Ledger: 2 chains, 5 rows, 3 calls; held against 2 changes in the data.\n${CLEAN}`);
  assert.equal(code, 0);
});

Deno.test("verify: a row that arrived twice, with the same bytes, is no finding", async () => {
  const logs = await twoGateways();
  const [first, second] = logs.ledger;
  assert.ok(first && second);
  logs.ledger.push({ ...first, eventId: "again" }, { ...second, eventId: "again" });
  assert.equal((await verifyLogs(logs, anna)).code, 0);
});

Deno.test("verify: a chain without an end is an open end, and a change made then may have lost its entry", async () => {
  const logs: Logs = { ledger: [], data: new Map() };
  const a = new HonestGateway(anna, logs, A);
  a.call(call(1), NOON, true);
  await a.flush(NOON + 250, new Map());
  a.call(call(2), NOON + 600_000, true);
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines.toSorted()], [
    2,
    [
      `incomplete: 2026-03-01T12:10:00.000Z: A call changed data and is not in the ledger, as after a crash. notes.create, 1 change, call ${
        call(2)
      }.`,
      `incomplete: 2026-03-01T12:00:00.250Z, chain ${A}, row 0: Open end: the gateway still runs or was killed, or the end was cut off. Nobody can tell which.`,
    ].toSorted(),
  ]);
});

Deno.test("verify: an open end explains what is lost within a day, not what is removed in all the time after it", async () => {
  const hour = 60 * 60_000;
  const logs: Logs = { ledger: [], data: new Map() };
  const a = new HonestGateway(anna, logs, A);
  a.call(call(1), NOON, true);
  await a.flush(NOON, new Map());
  for (const hours of [2, 12, 24]) a.call(call(hours), NOON + hours * hour, true);
  assert.deepEqual((await verifyLogs(logs, anna)).kinds, [
    "entry-lost",
    "entry-lost",
    "entry-lost",
    "open-end",
  ]);
  // Of a gateway whose rows are all gone.
  const removed = new HonestGateway(anna, logs, B);
  for (const hours of [30, 40]) removed.call(call(hours), NOON + hours * hour, true);
  const { code, kinds } = await verifyLogs(logs, anna);
  assert.deepEqual(kinds.filter((kind) => kind === "entry-missing"), ["entry-missing", "entry-missing"]);
  assert.equal(code, 1);
});

Deno.test("verify: a gateway that was killed at its first write, beside another one or alone, left an open end; without its chain the write is a removal", async () => {
  for (const ms of [2_000, 100_000]) {
    const logs = await twoGateways();
    const late = new HonestGateway(anna, logs, C);
    await late.flush(NOON + ms, new Map());
    late.call(call(7), NOON + ms + 10, true);
    const { code, kinds } = await verifyLogs(logs, anna);
    assert.deepEqual([code, kinds], [2, ["entry-lost", "open-end"]]);
    assert.deepEqual((await verifyLogs(cutFrom(logs, C, 0), anna)).kinds, ["entry-missing"]);
  }
});

Deno.test("verify: changes without entries at no open end are broken, and the finding says that the ledger may have been off; --since leaves them out", async () => {
  const logs = await twoGateways();
  const off = new HonestGateway(anna, logs, C);
  off.call(call(7), NOON + 2_500, true);
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines], [1, [
    `broken: 2026-03-01T12:00:02.500Z: A call changed data and is not in the ledger, and no crash explains it: its entry was removed, or the ledger was off then (LEDGER=off) or could not be written. Where that is so, --since leaves that time out. notes.create, 1 change, call ${
      call(7)
    }.`,
  ]]);
  assert.equal((await verifyLogs(logs, anna, { since: NOON + 2_501 })).code, 0);
});

Deno.test("verify: calls that a gateway says it could not note are told, and as many changes before may lack their entry", async () => {
  const logs: Logs = { ledger: [], data: new Map() };
  const [a, b] = [new HonestGateway(anna, logs, A), new HonestGateway(anna, logs, B)];
  a.call(call(1), NOON, true);
  const heads = new Map([[A, await a.flush(NOON + 250, new Map())]]);
  for (const [number, ms] of [[2, 20_000], [3, 40_000]] as const) b.call(call(number), NOON + ms, true);
  // What b noted is lost: only the data are there.
  const c = new HonestGateway(anna, logs, C);
  await c.flush(NOON + 60_000, heads, { gap: 2 });
  await c.flush(NOON + 61_000, heads, { isEnd: true });
  await a.flush(NOON + 62_000, new Map(), { isEnd: true });
  const { code, lines } = await verifyLogs(logs, anna);
  assert.equal(code, 2);
  assert.equal(
    lines[0],
    `incomplete: 2026-03-01T12:01:00.000Z, chain ${C}, row 0: The gateway says that it could not note calls before this row. 2 calls.`,
  );
  b.call(call(4), NOON + 30_000, true);
  assert.equal(
    (await verifyLogs(logs, anna)).code,
    1,
    "three changes, and two calls that could not be noted",
  );
});

Deno.test("verify: a gap explains no more calls than it tells, and none after it", async () => {
  const logs: Logs = { ledger: [], data: new Map() };
  const [a, c] = [new HonestGateway(anna, logs, A), new HonestGateway(anna, logs, C)];
  a.call(call(1), NOON, true);
  await a.flush(NOON + 250, new Map());
  await c.flush(NOON + 60_000, new Map(), { gap: 1, isEnd: true });
  await a.flush(NOON + 62_000, new Map(), { isEnd: true });
  // Of a gateway whose rows are all gone.
  const lost = new HonestGateway(anna, logs, B);
  lost.call(call(4), NOON + 61_500, true);
  assert.deepEqual((await verifyLogs(logs, anna)).kinds, ["entry-missing", "gap"]);
  for (const [number, ms] of [[2, 20_000], [3, 40_000]] as const) lost.call(call(number), NOON + ms, true);
  assert.deepEqual((await verifyLogs(logs, anna)).kinds, [
    "entry-lost",
    "entry-missing",
    "entry-missing",
    "gap",
  ]);
});

Deno.test("verify: what a gateway notes while the verifier reads is no finding", async () => {
  const logs = await twoGateways();
  const before = [...logs.ledger];
  const c = new HonestGateway(anna, logs, C);
  c.call(call(9), NOON + 2_500, true);
  await c.flush(NOON + 2_750, new Map(), { isEnd: true });
  const source = sourceOf(logs, anna);
  const looks = [before, logs.ledger];
  const rows = () => Promise.resolve({ changes: looks.shift() ?? [], unusable: 0 });
  const options = { tables: NOTES, since: 0, pins: null };
  const { findings } = await verifyOnline({ ...source, rows }, options);
  assert.deepEqual([findings, looks], [[], []]);
});

Deno.test("verify: a table that cannot be read, and entries that are no changes, are told: no run is clean without them", async () => {
  const logs = await twoGateways();
  const source = sourceOf(logs, anna);
  const options = { tables: NOTES, since: 0, pins: null };
  const read = () =>
    Promise.reject(new Refused({ reason: "upstream-failed", upstream: "sync", fault: "timeout" }));
  const unread = await verifyOnline({ ...source, read }, options);
  assert.deepEqual([exitCodeOf(unread.findings), unread.findings], [2, [
    { kind: "table-unread", chain: null, seq: null, at: null, more: "notes/notes" },
  ]]);
  const odd = await verifyOnline({
    ...source,
    rows: () => Promise.resolve({ changes: logs.ledger, unusable: 2 }),
    read: async (...question) => await source.read(...question) + 1,
  }, options);
  assert.deepEqual(odd.findings.map(({ kind, more }) => [kind, more]), [
    ["unusable", "2 in mcp/ledger."],
    ["unusable", "1 in notes/notes."],
  ]);
});

Deno.test("verify: rows of an older key are intact and unreadable, never broken; so are whole chains", async () => {
  const old = await createOwner("anna", 9);
  const logs: Logs = { ledger: [], data: new Map() };
  const before = new HonestGateway(old, logs, A);
  before.call(call(1), NOON, true);
  await before.flush(NOON + 250, new Map());
  before.call(call(2), NOON + 500, true);
  await before.flush(NOON + 750, new Map(), { isEnd: true });
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines], [2, [
    `incomplete: 2026-03-01T12:00:00.250Z, chain ${A}, row 0: Rows are intact and can no longer be read: they were sealed with an older key, or with none of yours. 2 of 2 rows.`,
  ]]);
  // A row that somebody makes up who has no key is of that kind too, in a chain of its own.
  assert.equal((await verifyLogs(cutFrom(logs, A, 1), anna)).code, 2);
  // The chain goes on with the new key: from its second row on, it opens.
  const [first] = rowsOf(logs, A);
  assert.ok(first);
  const mixed = cutFrom(logs, A, 1);
  const text = `{"at":${NOON},"end":true,"entries":[],"grants":{},"seen":{},"window":{}}`;
  mixed.ledger.push(
    (await rowChange(anna, { chain: A, seq: 1, prev: hashRow(first), text, at: NOON })).change,
  );
  assert.deepEqual((await verifyLogs(mixed, anna)).kinds, ["older-key"]);
});

Deno.test("verify: a change signed with the key before, and noted with the new one, is not called altered where rows of the older key are there", async () => {
  const old = await createOwner("anna", 9);
  const logs = await twoGateways();
  const [change] = logs.data.get("notes/notes") ?? [];
  assert.ok(change);
  const { id, data, spaceId } = change;
  const resigned = signedChange(old, call(1), { id, op: "insert", data: data ?? {}, spaceId });
  logs.data.get("notes/notes")?.splice(0, 1, resigned);
  const alone = await verifyLogs(logs, anna);
  assert.deepEqual([alone.code, alone.kinds], [1, ["change-altered"]]);
  const before = new HonestGateway(old, logs, C);
  await before.flush(NOON - 1_000, new Map(), { isEnd: true });
  const { code, kinds } = await verifyLogs(logs, anna);
  assert.deepEqual([code, kinds], [2, ["change-unproved", "older-key"]]);
});

Deno.test("verify: without a key the chains are checked, and the run says that nothing else was", async () => {
  const logs = await twoGateways();
  const { code, lines } = await verifyLogs(logs, { subject: "anna", keys: null });
  assert.deepEqual([code, lines], [2, [
    "incomplete: No key was at hand: chains were checked, and nothing of what the rows say.",
  ]]);
  assert.equal(
    (await verifyLogs(withBody(logs, { chain: A, seq: 1 }, "mcp:1:x"), { subject: "anna", keys: null })).code,
    2,
  );
  const broken = await verifyLogs(cutFrom(cutFrom(logs, A, 2), B, 0), { subject: "anna", keys: null });
  assert.equal(broken.code, 2, "a cut tail is found by nobody who cannot read what rows name");
});

Deno.test("verify: no row at all is no clean ledger", async () => {
  const { code, lines } = await verifyLogs({ ledger: [], data: new Map() }, anna);
  assert.deepEqual([code, lines], [2, [
    "incomplete: There is no row: the gateway keeps no ledger for you, or all of it was removed.",
  ]]);
});

Deno.test("verify: changes from before the ledger are told and no alarm; --since leaves them out", async () => {
  const logs = await twoGateways();
  const early = new HonestGateway(anna, logs, C);
  early.call(call(70), NOON - 86_400_000, true);
  early.call(call(71), NOON - 1_000, true);
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines], [2, [
    "incomplete: Changes of assistants are older than the ledger and were not compared; --since leaves them out. 2 changes.",
  ]]);
  assert.equal((await verifyLogs(logs, anna, { since: NOON - 500 })).code, 0);
  assert.equal((await verifyLogs(logs, anna, { since: NOON - 2_000 })).code, 2);
});

Deno.test("verify: a write of which nobody knew whether it is stored may be absent; it is told", async () => {
  const logs = await twoGateways();
  const gateway = new HonestGateway(anna, logs, C);
  const change = gateway.call(call(5), NOON + 5_000, true);
  await gateway.flush(NOON + 5_250, new Map(), { isEnd: true, outcome: "unknown" });
  assert.equal((await verifyLogs(logs, anna)).code, 0);
  const notes = logs.data.get("notes/notes") ?? [];
  logs.data.set("notes/notes", notes.filter((one) => one !== change));
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines], [0, [
    "note: Changes of which the gateway did not know whether they were stored: they were not. 1 change.",
  ]]);
});

Deno.test("verify: what people, co-members and unsigned apps write is none of the ledger's business", async () => {
  const logs = await twoGateways();
  const by = (actor: Record<string, unknown> | undefined) =>
    pulled({
      table: "notes",
      id: "n",
      op: "insert",
      data: { id: "n" },
      origin: "user",
      ...(actor ? { actor } : {}),
    });
  const planted = {
    kind: "ai",
    principalId: "mana-mcp:own",
    displayName: "own token (x)",
    rationale: "notes.create",
  };
  logs.data.get("notes/notes")?.push(
    by(undefined),
    by({ kind: "user", principalId: "ben", displayName: "Ben" }),
    by({ ...planted, iterationId: `${call(66)}.${"ab".repeat(16)}` }),
    by({ ...planted, iterationId: call(67) }),
  );
  assert.equal((await verifyLogs(logs, anna)).code, 0);
});

Deno.test("verify: a change that an entry names, without a signature, is not proved", async () => {
  const logs = await twoGateways();
  const notes = logs.data.get("notes/notes") ?? [];
  const [change] = notes;
  assert.ok(change);
  notes[0] = { ...change, actor: { ...change.actor, iterationId: call(1) } };
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines], [2, [
    `incomplete: 2026-03-01T12:00:00.000Z, chain ${A}, row 0: A change that the ledger names is there, and nothing proves that the gateway made it. notes.create, insert in notes/notes, call ${
      call(1)
    }.`,
  ]]);
});

Deno.test("verify: an altered change beside the true one is told: on equal stamps the later arrival wins", async () => {
  const logs = await twoGateways();
  const [change] = logs.data.get("notes/notes") ?? [];
  assert.ok(change);
  const altered = { ...change, eventId: "x", data: { ...change.data, title: "enc:1:altered" } };
  for (const order of [[change, altered], [altered, change]]) {
    const copy = copyOf(logs);
    copy.data.set("notes/notes", [...order, ...(logs.data.get("notes/notes")?.slice(1) ?? [])]);
    const { code, kinds } = await verifyLogs(copy, anna);
    assert.deepEqual([code, kinds], [2, ["change-doubled"]]);
  }
});

Deno.test("verify: a clock that was set back is told, and so is a body of a later version", async () => {
  const logs: Logs = { ledger: [], data: new Map() };
  const a = new HonestGateway(anna, logs, A);
  a.call(call(1), NOON, false);
  await a.flush(NOON + 250, new Map());
  await a.flush(NOON - 60_000, new Map(), { isEnd: true });
  const { code, lines } = await verifyLogs(logs, anna);
  assert.deepEqual([code, lines], [2, [
    `incomplete: 2026-03-01T11:59:00.000Z, chain ${A}, row 1: The row is older than the row before it: the gateway's clock was set back.`,
  ]]);
  const { change } = await rowChange(anna, { chain: B, seq: 0, prev: "0".repeat(64), text: "{}", at: NOON });
  logs.ledger.push(change);
  assert.deepEqual((await verifyLogs(logs, anna)).kinds, ["clock-back", "later-version", "open-end"]);
});

Deno.test("verify: long lists of one kind are cut, and what rows say cannot steer a terminal", async () => {
  const logs: Logs = { ledger: [], data: new Map() };
  for (let number = 0; number < 23; number++) {
    const gateway = new HonestGateway(anna, logs, number.toString(16).padStart(32, "0"));
    gateway.call(call(number), NOON, false);
    await gateway.flush(NOON + number, new Map());
  }
  const { lines } = await verifyLogs(logs, anna);
  assert.equal(lines.length, 21);
  assert.match(lines.at(-1) ?? "", /^incomplete: 3 more like this\. Open end:/);
  const finding = {
    kind: "table-unread",
    chain: null,
    seq: null,
    at: null,
    more: "notes/\u001b[31m\nnotes",
  } as const;
  const [, line = ""] = reportLines({ chains: new Map(), opened: [], rowCount: 0, findings: [finding] }, 0);
  assert.doesNotMatch(line, /\p{Cc}/u);
});

Deno.test("verify: two rows cannot each have been written after the other", async () => {
  const logs: Logs = { ledger: [], data: new Map() };
  const text = (seen: Record<string, Head>, isEnd = false) =>
    JSON.stringify({ at: NOON, entries: [], grants: {}, seen, window: {}, ...(isEnd ? { end: true } : {}) });
  const put = async (chain: string, seq: number, prev: string, said: string) => {
    const { change, hash } = await rowChange(anna, { chain, seq, prev, text: said, at: NOON });
    logs.ledger.push(change);
    return hash;
  };
  const first = await put(A, 0, "0".repeat(64), text({}));
  const named = await put(B, 0, "0".repeat(64), text({ [A]: [1, "ab".repeat(32)] }));
  await put(A, 1, first, text({ [B]: [0, named] }, true));
  await put(B, 1, named, text({}, true));
  const { code, lines } = await verifyLogs(logs, anna);
  const TOO_EARLY = "The row names a row that was written only after it: one of the two was put in later.";
  assert.deepEqual([code, lines], [1, [
    `broken: 2026-03-01T12:00:00.000Z, chain ${A}, row 1: Another row stands here than a later row of another chain names. Named by row 0 of ${B}.`,
    `broken: 2026-03-01T12:00:00.000Z, chain ${A}, row 1: ${TOO_EARLY} It names row 0 of ${B}.`,
    `broken: 2026-03-01T12:00:00.000Z, chain ${B}, row 0: ${TOO_EARLY} It names row 1 of ${A}.`,
  ]]);
});

Deno.test("pins: what was seen cannot be cut or changed without being found; a pin of somebody else is none", async () => {
  const logs = await twoGateways();
  const { verified } = await verifyLogs(logs, anna);
  const whose = { person: "anna", sync: "https://sync.test" };
  const pins = parsePins(pinText(whose, verified.chains));
  assert.ok(pins);
  assert.deepEqual(checkPins(pins, verified.chains), []);
  assert.ok(isPinOf(pins, whose));
  assert.ok(!isPinOf(pins, { ...whose, person: "ben" }));
  assert.ok(!isPinOf(pins, { ...whose, sync: "https://other.test" }));
  for (
    const odd of ["", "{}", "[]", '{"v":2}', pinText(whose, verified.chains).replace('"v":1', '"v":1,"x":1')]
  ) {
    assert.equal(parsePins(odd), null, odd);
  }
  // The end of a chain that nobody names: without the pin an open end, with it a removal.
  const cut = cutFrom(logs, A, 2);
  assert.deepEqual((await verifyLogs(cut, anna)).kinds, ["open-end"]);
  const found = await verifyLogs(cut, anna, { pins });
  assert.equal(found.code, 1);
  assert.equal(
    found.lines[0],
    `broken: chain ${A}, row 2: The pin file names a row that is not there any more.`,
  );
  // Somebody goes on with the chain instead.
  const hash = rowsOf(logs, A).find(({ seq }) => seq === 2)?.prev ?? "";
  const text = `{"at":${NOON + 9_000},"end":true,"entries":[],"grants":{},"seen":{},"window":{}}`;
  cut.ledger.push((await rowChange(anna, { chain: A, seq: 2, prev: hash, text, at: NOON + 9_000 })).change);
  assert.equal((await verifyLogs(cut, anna)).code, 0, "who has the key can go on with a chain that was cut");
  assert.deepEqual((await verifyLogs(cut, anna, { pins })).kinds, ["pin-differs"]);
});

Deno.test("export: the file holds the ledger as it is stored, and verifies without a key, as far as chains go", async () => {
  const logs = await twoGateways();
  const whose = { person: "anna", sync: "https://sync.test" };
  const text = exportText(whose, logs.ledger);
  const read = parseExport(text);
  assert.ok(read);
  assert.deepEqual(read.whose, whose);
  const atHand = { subject: "anna", key: null, pins: null };
  const whole = await verifyLedger({ ...atHand, changes: read.changes });
  assert.deepEqual(whole.findings.map(({ kind }) => kind), ["no-key"]);
  // With the key the file says all that the log does.
  const opened = await verifyLedger({ ...atHand, key: anna.keys.rowKey, changes: read.changes });
  assert.equal(exitCodeOf(opened.findings), 0);
  const lines = text.split("\n");
  const holed = parseExport([...lines.slice(0, 3), ...lines.slice(4)].join("\n"));
  assert.ok(holed);
  const { findings } = await verifyLedger({ ...atHand, changes: holed.changes });
  assert.deepEqual(findings.map(({ kind }) => kind), ["row-missing", "no-key"]);
  for (const odd of ["", "{}", text.slice(0, -20), `${text}x`, lines.slice(1).join("\n")]) {
    assert.equal(parseExport(odd), null, odd.slice(0, 80));
  }
});

Deno.test("export: what the person's page gives to download says whose it is, and not from where", async () => {
  const logs = await twoGateways();
  const text = exportText({ person: "anna", sync: "as the gateway reads it" }, logs.ledger);
  const read = parseExport(text);
  assert.ok(read);
  assert.deepEqual(read.whose, { person: "anna", sync: null });
  const { verified } = await verifyLogs(logs, anna);
  const pins = parsePins(pinText({ person: "anna", sync: "https://sync.test" }, verified.chains));
  assert.ok(pins);
  assert.ok(isPinOf(pins, read.whose));
  assert.ok(!isPinOf(pins, { person: "ben", sync: null }));
});

Deno.test("verify: an app's changes of the ledger's table under another space count for nothing, unless they are the person's own rows", async () => {
  const logs = await twoGateways();
  const copy = copyOf(logs);
  const [row] = logs.ledger;
  assert.ok(row);
  const planted = { ...row, spaceId: "org", data: { ...row.data, spaceId: "org", body: "mcp:1:made.up" } };
  copy.ledger.push(planted);
  const { code, lines } = await verifyLogs(copy, anna);
  assert.deepEqual([code, lines], [0, [
    "note: Rows of the ledger's table lie in another space, where others can write. They count for nothing. 1 change.",
  ]]);
  copy.ledger.push({ ...planted, data: { ...planted.data, body: row.data?.body } });
  assert.deepEqual((await verifyLogs(copy, anna)).kinds, ["other-space", "row-moved"]);
});
