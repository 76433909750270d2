/** What a call is told to have been handed, by the way in which its tool reads. */
import assert from "node:assert/strict";
import { CallAccount } from "../../lib/disclosure/call_account.ts";
import { createHarness, habits, type Harness, notes, personal } from "../records/_harness.ts";
import { write } from "../records/_sealed_notes.ts";

const ALL = ["title", "content", "color", "isPinned", "tags"];

function reading(h: Harness) {
  const space = personal("anna", "org-anna");
  const account = new CallAccount(space);
  return {
    account,
    records: h.read({ space, disclosure: account }),
    writing: h.write({ space, disclosure: account }),
  };
}

async function withNotes(): Promise<Harness> {
  const h = createHarness();
  await write(h, "1", "milk", "buy it");
  await write(h, "2", "bread", "bake it");
  return h;
}

const handed = (account: CallAccount, output: unknown = null) =>
  account.content(output).read.map(({ fields, ids }) => [fields, ids.toSorted()]);

Deno.test("a listing hands out its rows with the fields that are shown", async () => {
  const h = await withNotes();
  const { account, records } = reading(h);
  await records.list(notes, { show: ["title"], page: { limit: 1 } });
  await records.list(notes, { match: ({ title }) => title === "milk" });
  const { read, looked } = account.content(null);
  assert.deepEqual(read.map(({ fields, ids }) => [fields, ids.length]), [[["title"], 1], [ALL, 1]]);
  assert.deepEqual(
    new Set(read.map(({ collection, space }) => `${collection} ${space}`)),
    new Set(["notes/notes org-anna"]),
  );
  assert.deepEqual(looked, [{ collection: "notes/notes", count: 1 }], "the one that did not match");
});

Deno.test("a search hands out its hits, with the body of which it shows a part, and has looked at all", async () => {
  const h = await withNotes();
  const { account, records } = reading(h);
  await records.search(notes, { query: "bake", heading: "title", body: "content" });
  assert.deepEqual(handed(account), [[ALL, ["2"]]]);
  assert.deepEqual(account.content(null).looked, [{ collection: "notes/notes", count: 2 }]);
});

Deno.test("get, a portion and the record of a change are handed out", async () => {
  const h = await withNotes();
  for (
    const use of [
      ({ records }: ReturnType<typeof reading>) => records.get(notes, "1"),
      ({ records }: ReturnType<typeof reading>) => records.getPortion(notes, "1", "content", 2),
      ({ writing }: ReturnType<typeof reading>) => writing.get(notes, "1"),
      ({ writing }: ReturnType<typeof reading>) => writing.update(notes, "1", () => ({ color: "#000000" })),
    ]
  ) {
    const kit = reading(h);
    await use(kit);
    const [[fields = [], ids] = []] = handed(kit.account);
    assert.deepEqual(ids, ["1"]);
    assert.deepEqual(fields, ALL);
  }
});

Deno.test("of a scan the rows that the result names were handed out, the others looked at", async () => {
  const h = await withNotes();
  const { account, records } = reading(h);
  await records.scan(notes, {}, () => {});
  assert.deepEqual(handed(account, { best: { id: "2", title: "bread" }, other: [{ id: "9" }] }), [[
    ["title"],
    ["2"],
  ]]);
  assert.deepEqual(account.content(null).looked, [{ collection: "notes/notes", count: 2 }]);
});

Deno.test("what is only counted or looked through, and a table with nothing sealed, is not told", async () => {
  const h = await withNotes();
  const account = new CallAccount(personal("anna", "org-anna"));
  let asked = 0;
  const records = h.store.open({
    ...h.scope("read"),
    get disclosure() {
      asked += 1;
      return account;
    },
  });
  await records.count(notes);
  await records.lookThrough(notes, () => {});
  await records.list(habits);
  await records.scan(habits, {}, () => {});
  assert.equal(asked, 0);
  assert.deepEqual(account.content(null), { read: [], looked: [] });
});
