/** What a call is told to have been handed, by the way in which its tool reads. */
import assert from "node:assert/strict";
import { CallAccount, type CallContent } from "../../lib/disclosure/call_account.ts";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { createHarness, habits, type Harness, notes, personal } from "../records/_harness.ts";
import { write } from "../records/_sealed_notes.ts";

const ALL = ["title", "content", "color", "isPinned", "tags"];

function accountIn(space: ActiveSpace): CallAccount {
  return new CallAccount({
    space,
    budget: null,
    load: null,
    taint: null,
    tellTaint: null,
    now: () => 0,
    ownPseudonym: () => Promise.resolve(null),
    appsPage: () => Promise.resolve(null),
  });
}

function reading(h: Harness) {
  const space = personal("anna", "org-anna");
  const account = accountIn(space);
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

const handed = ({ read }: CallContent) => read.map(({ fields, ids }) => [fields, ids.toSorted()]);

Deno.test("a listing hands out its rows with the fields that are shown", async () => {
  const h = await withNotes();
  const { account, records } = reading(h);
  await records.list(notes, { show: ["title"], page: { limit: 1 } });
  await records.list(notes, { match: ({ title }) => title === "milk" });
  const { read, looked } = await account.end(null, true);
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
  const content = await account.end(null, true);
  assert.deepEqual(handed(content), [[ALL, ["2"]]]);
  assert.deepEqual(content.looked, [{ collection: "notes/notes", count: 2 }]);
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
    const [[fields = [], ids] = []] = handed(await kit.account.end(null, true));
    assert.deepEqual(ids, ["1"]);
    assert.deepEqual(fields, ALL);
  }
});

Deno.test("of a scan the rows that the result names were handed out, the others looked at", async () => {
  const h = await withNotes();
  const { account, records } = reading(h);
  await records.scan(notes, {}, () => {});
  const content = await account.end({ best: { id: "2", title: "bread" }, other: [{ id: "9" }] }, true);
  assert.deepEqual(handed(content), [[["title"], ["2"]]]);
  assert.deepEqual(content.looked, [{ collection: "notes/notes", count: 2 }]);
});

Deno.test("what is only counted or looked through, and a table with nothing sealed, is not told", async () => {
  const h = await withNotes();
  const account = accountIn(personal("anna", "org-anna"));
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
  assert.deepEqual(await account.end(null, true), { read: [], looked: [], isNews: false });
});
