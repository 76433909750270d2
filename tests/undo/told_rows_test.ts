/** What an app is shown of a plan is opened only as far as it may be shown: the rest stays closed. */
import assert from "node:assert/strict";
import { createChangeVerifier } from "../../lib/authorship/change_verifier.ts";
import { createRowShower } from "../../lib/history/shown_row.ts";
import { createTableNames } from "../../lib/history/table_names.ts";
import { createToldSpaces } from "../../lib/history/told_spaces.ts";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { type MayShow, showPlan } from "../../lib/undo/shown_plan.ts";
import { makePlan } from "../../lib/undo/undo_plan.ts";
import { MODULES } from "../../tools/modules.ts";
import { callerFor } from "../_support/request_context.ts";
import { at, insert, personal, update } from "../records/_harness.ts";
import { entry, undone } from "./_undo.ts";

const caller = callerFor("anna", "anna-1");
const space = personal("anna", "org-anna");
const AT = Date.parse(at(100));

Deno.test("of three records an app may be shown one: the texts of the others stay closed, and so do titles of conflicts", async () => {
  const { opened, show } = await threeSpoiltNotes();
  const all = await show();
  assert.equal(all.rows.length, 3);
  assert.deepEqual(opened.splice(0).toSorted(), [
    "old 1",
    "old 2",
    "old 3",
    "spoilt 1",
    "spoilt 2",
    "spoilt 3",
  ]);
  const asked: string[] = [];
  const told = await show((rows) => {
    asked.push(...rows.map(({ stored }) => stored.id));
    assert.deepEqual(opened, [], "nothing is opened before it is asked for");
    return Promise.resolve(1);
  });
  assert.deepEqual([asked, told.rows.map(({ id }) => id), told.rowCount], [["1", "2", "3"], ["1"], 3]);
  assert.deepEqual(opened.splice(0).toSorted(), ["old 1", "spoilt 1"]);
  await show(() => Promise.resolve(0));
  assert.deepEqual(opened, []);
});

/** Three notes that an app has spoilt, and what is opened of them. */
async function threeSpoiltNotes() {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const cipher = createCipher();
  const names = createTableNames(MODULES);
  const records = [];
  for (const id of ["1", "2", "3"]) {
    const title = await cipher.seal(key, `old ${id}`);
    const spoilt = await cipher.seal(key, `spoilt ${id}`);
    const log = [
      entry("phone", insert("t", id, { title, createdAt: at(0) }, "org-anna")),
      entry("app", update("t", id, at(10), { title: spoilt }, "org-anna")),
    ];
    const { undo } = undone(log, ({ by }) => by === "app", space, AT, id);
    assert.ok(undo);
    records.push({ app: "notes", table: "notes", id, undo, chosen: [] });
  }
  const plan = await makePlan({ records, left: 0, unproved: 0 }, "", AT);
  const opened: string[] = [];
  const shower = createRowShower({
    names,
    keyring: { key: () => Promise.resolve(key), renew: () => Promise.resolve(null) },
    cipher: {
      seal: cipher.seal,
      open: async (by: CryptoKey, sealed: string) => {
        const value = await cipher.open(by, sealed);
        if (value.ok) opened.push(String(value.value));
        return value;
      },
    },
  });
  const spaces = createToldSpaces({ source: "none", spaces: [] }, "anna");
  const verifier = createChangeVerifier("anna", null);
  const deps = { shower, names, verifier, spaces, narrowed: null };
  return {
    opened,
    show: (mayShow?: MayShow) => showPlan(deps, plan, caller, new AbortController().signal, mayShow),
  };
}
