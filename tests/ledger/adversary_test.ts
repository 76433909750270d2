/** An adversary with the whole store in hand, and no key: ledgers of two real gateways, and each thing that can be done to them. */
import assert from "node:assert/strict";
import type { Change } from "../../lib/changes/change.ts";
import { hashRow, ledgerRowOf, NO_ROW } from "../../lib/ledger/ledger_row.ts";
import { parsePins, pinText } from "../../scripts/ledger/pin_file.ts";
import { reportLines } from "../../scripts/ledger/report.ts";
import { exitCodeOf } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";
import {
  cutFrom,
  rowChangeOf,
  type RowPlace,
  rowsOf,
  withBody,
  withCopy,
  withData,
  withLedgerChange,
  withMoved,
  without,
  withRow,
  withSpace,
  withSwapped,
  withTime,
} from "./_adversary.ts";
import { copyOf, type Logs, type Owner, pulled, verifyLogs } from "./_logs.ts";
import { logsOf, sourceAt, TABLES } from "./_real.ts";

/**
 * Anna's two gateways, both ended. A: begins its chain, makes a note; later, naming B's row 2: reads, changes the note, ends. B: naming A's row 1:
 * reads, makes a note, changes it, ends.
 */
interface Scene {
  readonly logs: Logs;
  readonly owner: Owner;
  readonly A: string;
  readonly B: string;
  /** The last row of A and of B: their ends. */
  readonly last: { readonly A: number; readonly B: number };
}

const scene = await (async (): Promise<Scene> => {
  await using world = await createWorld({ env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  const other: World = Object.assign(Object.create(world), { gateway: world.sdkOnly });
  const made = recordOf(
    await callOk(world, anna, "notes_create", { title: "Trip", content: "To Rome" }),
    "note",
  );
  await callOk(other, anna, "notes_search", {});
  const second = recordOf(
    await callOk(other, anna, "notes_create", { title: "Bread", content: "Rye" }),
    "note",
  );
  await callOk(other, anna, "notes_update", { id: second.id, title: "Milk" });
  // Gateways look every five minutes for what others wrote.
  world.clock.now += 6 * 60_000;
  await callOk(world, anna, "notes_search", {});
  await callOk(world, anna, "notes_update", { id: made.id, title: "Voyage" });
  await world.gateway.stop();
  await world.sdkOnly.stop();
  const verified = await verifyOnline(sourceAt(world, anna), { tables: TABLES, since: 0, pins: null });
  assert.equal(exitCodeOf(verified.findings), 0, reportLines(verified, verified.compared).join("\n"));
  const { logs, owner } = await logsOf(sourceAt(world, anna));
  const [A = "", B = ""] = new Set(logs.ledger.map(({ id }) => id.slice(0, 32)));
  return { logs, owner, A, B, last: { A: rowsOf(logs, A).length - 1, B: rowsOf(logs, B).length - 1 } };
})();
const { A, B, last, logs } = scene;
const a = (seq: number): RowPlace => ({ chain: A, seq });
const b = (seq: number): RowPlace => ({ chain: B, seq });
const bodyOf = (place: RowPlace) => ledgerRowOf(rowChangeOf(logs, place))?.body ?? "";
const noteChange = (find: (change: Change) => boolean): Change => {
  const change = logs.data.get("notes/notes")?.findLast(find);
  assert.ok(change);
  return change;
};

/** What is found, with A and B for the chains. */
async function verdict(changed: Logs): Promise<readonly [code: number, ...lines: string[]]> {
  const { code, lines } = await verifyLogs(changed, scene.owner);
  const plain = lines.map((line) =>
    line.replaceAll(A, "A").replaceAll(B, "B").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z(?:, |: )/g, "")
      .replaceAll(/call [0-9a-f]{32}/g, "call …")
  );
  return [code, ...plain];
}

const HOLE = "A row is missing, and later rows of its chain are there.";
const LINK = "The row does not follow the row before it: one of the two was changed or exchanged.";
const ALTERED =
  "The row does not open, and an earlier row of its chain does: it was changed, or comes from another place.";
const OPEN = "Open end: the gateway still runs or was killed, or the end was cut off. Nobody can tell which.";
const OLD_KEY =
  "Rows are intact and can no longer be read: they were sealed with an older key, or with none of yours.";
const OLDER =
  "Changes of assistants are older than the ledger and were not compared; --since leaves them out. 1 change.";
const TWO = "Two rows have this number and say different things: a row was put in or written over.";

Deno.test("adversary: the ledger of two gateways is clean as it is, and names each other's rows", async () => {
  assert.deepEqual(await verdict(logs), [0]);
  assert.deepEqual(last, { A: 4, B: 3 });
});

Deno.test("adversary, drop: a middle row, the first row, several rows leave a hole", async () => {
  const drop = (...places: RowPlace[]) =>
    verdict(without(logs, (row) => places.some(({ chain, seq }) => row.chain === chain && row.seq === seq)));
  const UNNOTED =
    "A call changed data and is not in the ledger, and no crash explains it: its entry was removed, or the ledger was off then (LEDGER=off) or could not be written. Where that is so, --since leaves that time out.";
  // The change is stamped just before the row that its chain begins with.
  const BEFORE = `incomplete: ${OLDER}`;
  const MADE = `broken: ${UNNOTED} notes.create, 1 change, call ….`;
  assert.deepEqual(await drop(a(1)), [1, `broken: chain A, row 1: ${HOLE}`, BEFORE]);
  assert.deepEqual(await drop(a(2)), [1, `broken: chain A, row 2: ${HOLE}`]);
  assert.deepEqual(await drop(a(1), a(2)), [
    1,
    `broken: chain A, row 1: ${HOLE} 2 rows from here on.`,
    BEFORE,
  ]);
  const first = await drop(a(0));
  assert.deepEqual([first[0], first[1]], [1, `broken: chain A, row 0: ${HOLE}`]);
  // The row has an entry: the change that it told of stands alone now.
  assert.deepEqual(await drop(b(1)), [
    1,
    `broken: chain B, row 1: ${HOLE}`,
    MADE,
  ]);
});

Deno.test("adversary, drop: a whole chain is missed where another chain names it", async () => {
  const found = await verdict(cutFrom(logs, B, 0));
  assert.deepEqual(found.slice(0, 2), [
    1,
    "broken: chain B: The whole chain is missing, and a later row names it. Named by row 2 of A.",
  ]);
});

Deno.test("adversary, cut: behind a row that another chain names, a cut tail is a removal; behind everything that names, an open end", async () => {
  assert.deepEqual((await verdict(cutFrom(logs, B, 2))).slice(0, 2), [
    1,
    "broken: chain B, row 2: The end of the chain is cut off: a later row of another chain names a row that is not there. Named by row 2 of A.",
  ]);
  assert.deepEqual(await verdict(cutFrom(logs, B, 3)), [2, `incomplete: chain B, row 2: ${OPEN}`]);
  assert.deepEqual(await verdict(cutFrom(logs, A, last.A)), [2, `incomplete: chain A, row 3: ${OPEN}`]);
  assert.deepEqual(await verdict(cutFrom(logs, A, 3)), [
    2,
    `incomplete: chain A, row 2: ${OPEN}`,
    "incomplete: A call changed data and is not in the ledger, as after a crash. notes.update, 1 change, call ….",
  ]);
});

Deno.test("adversary, cut: what a pin names is missed, and nothing pins what was never seen", async () => {
  const whose = { person: scene.owner.subject, sync: "https://sync.test" };
  const { verified } = await verifyLogs(cutFrom(logs, A, 3), scene.owner);
  const pins = parsePins(pinText(whose, verified.chains));
  assert.ok(pins);
  assert.equal((await verifyLogs(logs, scene.owner, { pins })).code, 0);
  assert.equal((await verifyLogs(cutFrom(logs, A, 3), scene.owner, { pins })).code, 2);
  const cut = await verifyLogs(cutFrom(logs, A, 2), scene.owner, { pins });
  assert.equal(cut.code, 1);
  assert.equal(
    cut.lines[0],
    `broken: chain ${A}, row 2: The pin file names a row that is not there any more.`,
  );
});

Deno.test("adversary, swap: two rows in each other's number, the bodies of two rows, rows of two chains", async () => {
  const numbers = copyOf(logs);
  const [one, two] = [rowChangeOf(logs, a(1)), rowChangeOf(logs, a(2))];
  numbers.ledger = numbers.ledger.map((change) =>
    change === one
      ? { ...one, id: two.id, data: { ...one.data, id: two.id, seq: 2 } }
      : change === two
      ? { ...two, id: one.id, data: { ...two.data, id: one.id, seq: 1 } }
      : change
  );
  const swapped = await verdict(numbers);
  assert.equal(swapped[0], 1);
  for (const seq of [1, 2]) {
    assert.ok(swapped.includes(`broken: chain A, row ${seq}: ${LINK}`), swapped.join("\n"));
  }
  const bodies = await verdict(
    withRow(withRow(logs, a(1), { body: bodyOf(a(2)) }), a(2), { body: bodyOf(a(1)) }),
  );
  assert.deepEqual(bodies.filter((line) => String(line).includes(ALTERED)), [
    `broken: chain A, row 1: ${ALTERED}`,
    `broken: chain A, row 2: ${ALTERED}`,
  ]);
  const across = await verdict(
    withRow(withRow(logs, a(1), { body: bodyOf(b(1)) }), b(1), { body: bodyOf(a(1)) }),
  );
  assert.ok(across.includes(`broken: chain B, row 1: ${ALTERED}`), across.join("\n"));
});

Deno.test("adversary, duplicate: a row once more with other bytes is told, with the same bytes it is not", async () => {
  assert.deepEqual(await verdict(withCopy(logs, a(1), {})), [0]);
  assert.deepEqual(await verdict(withCopy(logs, a(1), { body: bodyOf(a(2)) })), [
    1,
    `broken: chain A, row 1: ${TWO}`,
  ]);
  assert.deepEqual(await verdict(withCopy(logs, b(0), { prev: "ab".repeat(32) })), [
    1,
    `broken: chain B, row 0: ${TWO}`,
  ]);
});

Deno.test("adversary, reorder: rows that the service lists in another order are told, and are no removal", async () => {
  assert.deepEqual(await verdict(withSwapped(logs, a(0), a(1))), [
    2,
    "incomplete: chain A, row 0: The sync service lists the row before the row that it follows: its clock was set back, or the rows were moved.",
  ]);
  const LISTED =
    "The sync service lists the row before the row that it follows: its clock was set back, or the rows were moved.";
  assert.deepEqual(await verdict(withSwapped(logs, a(3), b(0))), [
    2,
    `incomplete: chain B, row 0: ${LISTED}`,
    `incomplete: chain A, row 2: ${LISTED}`,
  ]);
});

Deno.test("adversary, forge: a row made without the key, in a chain or a chain of its own; one moved from elsewhere", async () => {
  const end = ledgerRowOf(rowChangeOf(logs, a(last.A)));
  assert.ok(end);
  const forge = (place: RowPlace, prev: string, body: string): Logs => {
    const like = rowChangeOf(logs, a(0));
    const id = `${place.chain}-${place.seq.toString(16).padStart(8, "0")}`;
    return withLedgerChange(logs, { ...like, id, data: { ...like.data, ...place, id, prev, body } });
  };
  const AFTER_END = "The chain had ended, and goes on.";
  assert.deepEqual(
    await verdict(
      forge(a(last.A + 1), hashRow(end), "mcp:1:AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ),
    [
      1,
      `broken: chain A, row 5: ${ALTERED}`,
      `broken: chain A, row 5: ${AFTER_END}`,
    ],
  );
  // A chain of its own, of which nothing opens, could be of an older key: nobody without that key can tell.
  const C = "cc".repeat(16);
  assert.deepEqual(
    (await verdict(forge({ chain: C, seq: 0 }, NO_ROW, bodyOf(a(0))))).map((line) =>
      String(line).replaceAll(C, "C")
    ),
    [
      "2",
      `incomplete: chain C, row 0: ${OLD_KEY} 1 of 1 row.`,
    ],
  );
  const moved = await verdict(withMoved(logs, b(1), a(last.A + 1)));
  assert.equal(moved[0], 1);
  assert.ok(moved.includes(`broken: chain A, row 5: ${ALTERED}`), moved.join("\n"));
  assert.ok(moved.includes(`broken: chain B, row 1: ${HOLE}`), moved.join("\n"));
});

Deno.test("adversary, forge: hashes computed anew do not hide a changed body; a changed hash breaks the link", async () => {
  const anew = await verdict(withBody(logs, a(1), bodyOf(b(0))));
  assert.deepEqual(anew.slice(0, 2), [1, `broken: chain A, row 1: ${ALTERED}`]);
  const seen = await verdict(withBody(logs, b(0), bodyOf(a(0))));
  assert.ok(
    seen.includes(
      "broken: chain B, row 2: Another row stands here than a later row of another chain names. Named by row 2 of A.",
    ),
    seen.join("\n"),
  );
  assert.deepEqual(await verdict(withRow(logs, a(2), { prev: "ab".repeat(32) })), [
    1,
    `broken: chain A, row 2: ${LINK}`,
    `broken: chain A, row 3: ${LINK}`,
  ]);
});

Deno.test("adversary: a row that is changed or deleted by a later change, moved into another space, or of another person's", async () => {
  const NO_ROW_CHANGE = "A change in the ledger's table is no row of it: no gateway writes such a change.";
  const { id, spaceId } = rowChangeOf(logs, a(1));
  const fields = { body: { value: bodyOf(a(0)), at: "2027-01-01T00:00:00.000Z" } };
  for (
    const change of [{ op: "delete" }, { op: "delete", deletedAt: "2027-01-01T00:00:00.000Z" }, {
      op: "update",
      fields,
    }]
  ) {
    const planted = pulled({ table: "ledger", id, spaceId, ...change });
    assert.deepEqual(await verdict(withLedgerChange(logs, planted)), [
      1,
      `broken: chain A, row 1: ${NO_ROW_CHANGE}`,
    ]);
  }
  const own = rowChangeOf(logs, a(1));
  const foreign = { ...own, eventId: "x", data: { ...own.data, authorId: "ben" } };
  assert.deepEqual(await verdict(withLedgerChange(logs, foreign)), [
    1,
    `broken: chain A, row 1: ${NO_ROW_CHANGE}`,
  ]);
  const moved = await verdict(withSpace(logs, a(1), "org"));
  assert.deepEqual(moved, [
    1,
    `broken: chain A, row 1: ${HOLE}`,
    "broken: chain A, row 1: A row of yours lies in another space, where no gateway writes: it was moved or copied.",
    `incomplete: ${OLDER}`,
    "note: Rows of the ledger's table lie in another space, where others can write. They count for nothing. 1 change.",
  ]);
});

Deno.test("adversary: a row's time outside the seal that is changed is not the time inside", async () => {
  for (const stamp of ["2020-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z", "soon"]) {
    assert.deepEqual(await verdict(withTime(logs, a(2), stamp)), [
      1,
      "broken: chain A, row 2: The row's time outside the seal is not the time inside: it was changed.",
    ]);
  }
});

Deno.test("adversary, data: a change that the ledger names is gone; an older value stands again; a value or a signature is altered", async () => {
  const newest = noteChange(({ op }) => op === "update");
  const place = "chain A, row 3";
  const MORE = "notes.update, update in notes/notes, call ….";
  assert.deepEqual(await verdict(withData(logs, newest, null)), [
    1,
    `broken: ${place}: The ledger says that a change was stored, and the change is not in the data any more. ${MORE}`,
  ]);
  const older = logs.data.get("notes/notes")?.find(({ op }) => op === "insert");
  assert.ok(older);
  const fields =
    newest.fields?.map((field) => field.name === "title" ? { ...field, value: older.data?.title } : field) ??
      [];
  assert.deepEqual(await verdict(withData(logs, newest, { ...newest, fields })), [
    1,
    `broken: ${place}: The ledger names a change whose signature does not hold: the change was altered. ${MORE}`,
  ]);
  const [call = ""] = String(newest.actor?.iterationId).split(".");
  const unsigned = { ...newest, fields, actor: { ...newest.actor, iterationId: call } };
  assert.deepEqual(await verdict(withData(logs, newest, unsigned)), [
    2,
    `incomplete: ${place}: A change that the ledger names is there, and nothing proves that the gateway made it. ${MORE}`,
  ]);
  // The older change once more puts nothing back: the newer stamp wins wherever it is read.
  const again = copyOf(logs);
  again.data.get("notes/notes")?.push({ ...older, eventId: "again" });
  assert.deepEqual(await verdict(again), [0]);
});
