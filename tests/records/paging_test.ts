import assert from "node:assert/strict";
import fc from "fast-check";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { MAX_SORT_CHARS, type SortKey } from "../../lib/records/sort_order.ts";
import { at, createHarness, habits, type Harness, insert, notes, update } from "./_harness.ts";

const BY_ORDER: readonly SortKey<"order" | "createdAt">[] = [
  { field: "order", missing: 0 },
  { field: "createdAt", direction: "descending", missing: "" },
];

/** All pages of habits, with what `between` does after each. */
async function pagesOf(h: Harness, limit: () => number, between: () => void): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page: { readonly rows: readonly { readonly id: string }[]; readonly nextCursor?: string } = await h
      .read().list(habits, { order: BY_ORDER, page: { limit: limit(), cursor } });
    seen.push(...page.rows.map(({ id }) => id));
    assert.ok(seen.length < 1_000, "the pages never end");
    cursor = page.nextCursor;
    between();
  } while (cursor !== undefined);
  return seen;
}

type Step =
  | { readonly do: "insert"; readonly order: number }
  | { readonly do: "rename"; readonly row: number }
  | { readonly do: "delete"; readonly row: number }
  | { readonly do: "move"; readonly row: number; readonly order: number };

const order = fc.integer({ min: -3, max: 3 });
const row = fc.nat({ max: 29 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("insert" as const), order }),
  fc.record({ do: fc.constant("rename" as const), row }),
  fc.record({ do: fc.constant("delete" as const), row }),
  fc.record({ do: fc.constant("move" as const), row, order }),
);

Deno.test("a row that keeps its place is on exactly one page, whatever is written between pages", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ order, second: fc.integer({ min: 0, max: 3 }) }), { minLength: 1, maxLength: 30 }),
      fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
      async (rows, writes, limits) => {
        const h = createHarness();
        const write = (change: Record<string, unknown>) => h.services.write("anna", "habits", [change]);
        rows.forEach(({ order, second }, index) =>
          write(insert("habits", `r${index}`, { title: "t", order, createdAt: at(second) }))
        );
        const whole = (await h.read().list(habits, { order: BY_ORDER })).rows.map(({ id }) => id);
        const moved = new Set<string>();
        const deletedAfter = new Map<string, number>();
        let turn = 0;
        let inserted = 0;
        const pages: string[] = await pagesOf(h, () => limits[turn % limits.length] ?? 1, () => {
          for (const change of writes[turn] ?? []) {
            const id = "row" in change ? `r${change.row}` : `new${inserted++}`;
            const stamp = at(100 + turn);
            if (change.do === "insert") {
              write(insert("habits", id, { title: "n", order: change.order, createdAt: at(2) }));
            } else if (change.do === "rename") write(update("habits", id, stamp, { title: `t${turn}` }));
            else if (change.do === "delete") {
              write({ table: "habits", id, op: "delete", deletedAt: stamp });
              deletedAfter.set(id, turn);
            } else {
              write(update("habits", id, stamp, { order: change.order }));
              moved.add(id);
            }
          }
          turn += 1;
        });
        const kept = whole.filter((id) => !moved.has(id) && !deletedAfter.has(id));
        assert.deepEqual(pages.filter((id) => kept.includes(id)), kept, "once each, in order");
        const unmoved = pages.filter((id) => !moved.has(id));
        assert.equal(new Set(unmoved).size, unmoved.length, "nothing that did not move comes twice");
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("pages of any size put together are the whole listing, also where values are missing or equal", async () => {
  const h = createHarness();
  for (
    const [id, data] of Object.entries({ a: { order: 2 }, b: {}, c: { order: "x" }, d: { order: -1 }, e: {} })
  ) {
    h.services.write("anna", "habits", [insert("habits", id, { title: id, ...data })]);
  }
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    assert.deepEqual(await pagesOf(h, () => limit, () => {}), ["d", "b", "c", "e", "a"], String(limit));
  }
});

Deno.test("texts that agree in all that is sorted by are told apart by their ids", async () => {
  const h = createHarness();
  const same = "x".repeat(MAX_SORT_CHARS);
  for (const [id, color] of [["1", `${same}b`], ["2", `${same}a`], ["3", "\ud83d"], ["4", null]] as const) {
    h.services.write("anna", "notes", [insert("notes", id, { color })]);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page: { readonly rows: readonly { readonly id: string }[]; readonly nextCursor?: string } = await h
      .read().list(notes, {
        order: [{ field: "color", direction: "descending", missing: "" }],
        page: { limit: 1, cursor },
      });
    seen.push(...page.rows.map(({ id }) => id));
    cursor = page.nextCursor;
    assert.ok((cursor ?? "").length < 250);
  } while (cursor !== undefined);
  assert.deepEqual(seen, ["3", "1", "2", "4"]);
});

Deno.test("a page that a match fills goes on behind the last row it gave", async () => {
  const h = createHarness();
  for (let index = 0; index < 90; index++) {
    h.services.write("anna", "habits", [
      insert("habits", `${index}`, { title: `${index % 3}`, order: index }),
    ]);
  }
  const match = ({ title }: { readonly title?: string }) => title === "1";
  const first = await h.read().list(habits, { order: BY_ORDER, match, page: { limit: 29 } });
  assert.deepEqual([first.rows.length, first.rows.at(-1)?.id, first.hasMore], [29, "85", true]);
  const second = await h.read().list(habits, { order: BY_ORDER, match, page: { cursor: first.nextCursor } });
  assert.deepEqual([second.rows.map(({ id }) => id), second.hasMore, second.nextCursor], [
    ["88"],
    false,
    undefined,
  ]);
});

Deno.test("a page opens no more than its rows, wherever it begins", async () => {
  const h = createHarness();
  for (let index = 0; index < 40; index++) {
    await h.write().insert(notes, { title: `${index}`, color: `${index % 7}` });
  }
  let opened = 0;
  const cipher = createCipher();
  const counted = createHarness({
    cipher: { ...cipher, open: (key, text) => (opened += 1, cipher.open(key, text)) },
  });
  counted.services.rows.push(...h.services.rows);
  let cursor: string | undefined;
  let pages = 0;
  do {
    opened = 0;
    const page: { readonly rows: readonly unknown[]; readonly nextCursor?: string } = await counted.read()
      .list(notes, {
        where: ({ color }) => color !== "3",
        order: [{ field: "color", missing: "" }],
        page: { limit: 5, cursor },
      });
    assert.equal(opened, 2 * page.rows.length);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== undefined);
  assert.equal(pages, 7);
});
