import { z } from "zod";
import type { Answer } from "./answer.ts";
import { isFor } from "./history.ts";
import type { Place } from "./people.ts";
import type { SoakClient } from "./soak_client.ts";
import type { SoakTable } from "./tables.ts";
import type { Verdicts } from "./verdicts.ts";

/** A record as a tool shows it. */
export type ShownRow = z.infer<typeof ShownRow>;

const ShownRow = z.looseObject({
  id: z.string(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
  unreadable: z.array(z.string()).optional(),
  clipped: z.array(z.string()).optional(),
});
const Rows = z.array(ShownRow);

/** A whole listing, or the answer that ended it. */
export type Listing =
  | {
    readonly kind: "rows";
    readonly rows: readonly ShownRow[];
    readonly isComplete: boolean;
    readonly pages: number;
  }
  | Exclude<Answer, { readonly kind: "ok" }>;

/** Pages of one listing; more would mean that the cursor goes in circles. */
const MAX_PAGES = 200;

/**
 * Lists everything of a table, page by page where the tool has cursors, and judges what any listing can be judged by:
 * every text belongs to the place that was asked for, and no page has a row twice.
 */
export async function listAll(
  client: SoakClient,
  place: Place,
  table: SoakTable,
  verdicts: Verdicts,
  space: string | null = place.id,
): Promise<Listing> {
  const { listing } = table;
  if (listing === null) throw new TypeError(`No tool lists ${table.name}`);
  const rows: ShownRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const args = { ...listing.args, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await client.call(listing.tool, args, { space });
    if (answer.kind !== "ok") return answer;
    const parsed = Rows.safeParse(answer.output[listing.member]);
    if (!parsed.success) return { kind: "broken", reason: `${listing.tool} lists no rows` };
    // Between two pages of a busy table a row may move; within one it cannot be twice.
    judgeRows(parsed.data, client, place, table, verdicts);
    rows.push(...parsed.data);
    const { hasMore, nextCursor } = answer.output;
    if (typeof nextCursor === "string") {
      cursor = nextCursor;
      continue;
    }
    return { kind: "rows", rows, isComplete: hasMore !== true, pages: page + 1 };
  }
  return { kind: "broken", reason: `${listing.tool} never ends` };
}

function judgeRows(
  rows: readonly ShownRow[],
  client: SoakClient,
  place: Place,
  table: SoakTable,
  verdicts: Verdicts,
): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const { id, unreadable, [table.text]: text } = row;
    const isOwn = typeof text === "string" ? isFor(text, place) : unreadable?.includes(table.text) === true;
    verdicts.judge(
      "no listing shows a row of another person or space",
      isOwn,
      () =>
        `${client.name} in ${place.label}: ${table.name} ${id} begins with ${
          JSON.stringify(String(text).slice(0, 6))
        }`,
    );
    verdicts.judge(
      "no listing shows a row twice",
      !seen.has(id),
      () => `${client.name} in ${place.label}: ${table.name} ${id}`,
    );
    seen.add(id);
  }
}
