import { z } from "zod";
import type { Person, Place } from "./people.ts";
import type { LogRow } from "./sequential_fold.ts";
import type { SoakTable } from "./tables.ts";

/** The name that a client gave itself: the gateway says beside it that it had the person's own token. */
const ClientName = z.string().transform((name) => /^own token \((.*)\)$/.exec(name)?.[1] ?? name);
const Row = z.looseObject({
  eventId: z.string(),
  id: z.string(),
  op: z.enum(["insert", "update", "delete"]),
  spaceId: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  fields: z.record(z.string(), z.object({ value: z.unknown(), at: z.string() })).optional(),
  deletedAt: z.string().optional(),
  actor: z.looseObject({
    displayName: ClientName.optional(),
    rationale: z.string().optional(),
    principalId: z.string().optional(),
    iterationId: z.string().optional(),
  }).optional(),
});
const Page = z.object({
  serverChanges: z.array(Row),
  syncedUntil: z.string(),
  hasMore: z.boolean().optional(),
});

/** Reads a page of a pull. Throws ZodError for anything else. */
export function parsePullPortion(json: unknown): z.infer<typeof Page> {
  return Page.parse(json);
}

/** Everything of a table that `person` can see, oldest first, from the service itself: no proxy, no cache, no cursor kept. */
export async function readTrueLog(syncUrl: string, person: Person, table: SoakTable): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  for (let since = "1970-01-01T00:00:00.000Z";;) {
    const query = new URLSearchParams({ collection: table.name, since });
    const response = await fetch(`${syncUrl}/sync/${table.app}/pull?${query}`, {
      headers: { authorization: `Bearer ${person.token()}`, "x-client-id": "soak-checker" },
    });
    if (!response.ok) throw new Error(`Cannot read the log of ${table.name}: ${response.status}`);
    const page = parsePullPortion(await response.json());
    rows.push(...page.serverChanges);
    if (!page.hasMore) return rows;
    since = page.syncedUntil;
  }
}

/** Whether a row belongs to a place as `person` sees it: the personal one has three names (sync contract section 6). */
export function isOf(row: LogRow, person: Person, place: Place): boolean {
  if (place.kind === "shared") return row.spaceId === place.id;
  return row.spaceId === undefined || row.spaceId === place.id || row.spaceId === `_personal:${person.id}`;
}
