import { z } from "zod";
import { listAll, type ShownRow } from "./listing.ts";
import { isSame, openValue } from "./open_value.ts";
import type { Person, Place } from "./people.ts";
import { type FoldedField, foldSequentially, type LogRow } from "./sequential_fold.ts";
import type { SoakClient } from "./soak_client.ts";
import { LISTED_TABLES, NOTES, type SoakTable } from "./tables.ts";
import { isOf } from "./true_log.ts";
import type { Check, Verdicts } from "./verdicts.ts";

/** What {@link checkListings} needs. */
export interface ListingCheckDeps {
  readonly check: Check;
  readonly person: Person;
  /** A client of the person. */
  readonly client: SoakClient;
  readonly logOf: (person: Person, table: SoakTable) => Promise<readonly LogRow[]>;
  readonly verdicts: Verdicts;
}

/** Compares every listing of a person, record by record and field by field, with a fold of the log as it is now. */
export async function checkListings(deps: ListingCheckDeps): Promise<void> {
  const { check, client, person, verdicts } = deps;
  for (const table of LISTED_TABLES) {
    const log = await deps.logOf(person, table);
    for (const place of person.places) {
      const where = `${person.name} in ${place.label}: ${table.name}`;
      const listing = await listAll(client, place, table, verdicts);
      if (listing.kind !== "rows") {
        verdicts.fail(check, `${where} could not be listed: ${listing.kind} (${listing.reason})`);
        continue;
      }
      const expected = visibleRecords(
        foldSequentially(log.filter((row) => isOf(row, person, place))),
        person,
        place,
      );
      const shown = new Map(listing.rows.map((row) => [row.id, row]));
      const twice = listing.rows.length - shown.size;
      verdicts.judge(
        "no listing shows a row twice",
        twice === 0,
        () => `${where}: ${twice} on several pages`,
      );
      for (const [id, fields] of expected) {
        const row = shown.get(id);
        if (row === undefined) {
          if (listing.isComplete) verdicts.fail(check, `${where} ${id} is missing`);
          continue;
        }
        const differing = await differences(
          table,
          person,
          fields,
          await withContent(client, place, table, row),
        );
        verdicts.judge(
          check,
          differing.length === 0,
          () => `${where} ${id} differs: ${differing.join("; ")}`,
        );
      }
      for (const id of shown.keys()) {
        if (!expected.has(id)) verdicts.fail(check, `${where} ${id} should not be there`);
      }
    }
  }
}

/** A row with all its fields: a listing may show a part of a long text only, and another tool the rest. */
async function withContent(
  client: SoakClient,
  place: Place,
  table: SoakTable,
  row: ShownRow,
): Promise<ShownRow> {
  if (table !== NOTES || row.content !== undefined || row.unreadable?.includes("content")) return row;
  const answer = await client.call("notes_read", { id: row.id }, { space: place.id });
  const read = answer.kind === "ok"
    ? z.object({ note: z.looseObject({}) }).safeParse(answer.output)
    : undefined;
  return { ...row, content: read?.data?.note.content };
}

/** Private records of a shared space show to their author only (sync contract section 6). */
function visibleRecords(
  records: ReadonlyMap<string, Map<string, FoldedField>>,
  person: Person,
  place: Place,
): Map<string, Map<string, FoldedField>> {
  return new Map(
    [...records].filter(([, fields]) =>
      place.kind === "personal" || fields.get("visibility")?.value !== "private" ||
      fields.get("authorId")?.value === person.id
    ),
  );
}

async function differences(
  table: SoakTable,
  person: Person,
  fields: ReadonlyMap<string, FoldedField>,
  row: ShownRow,
): Promise<string[]> {
  const differing: string[] = [];
  const stampOf = (name: string) => fields.get(name)?.stamp ?? "none";
  for (const name of table.fields) {
    const stored = fields.get(name)?.value;
    const opened = table.sealed.has(name)
      ? await openValue(person.key, stored)
      : { ok: true as const, value: stored };
    const isUnreadable = row.unreadable?.includes(name) === true;
    if (opened.ok && table.fits?.(name, opened.value) === false) {
      if (!isUnreadable) differing.push(`${name} is shown although its form is another`);
    } else if (!opened.ok) {
      if (!isUnreadable) differing.push(`${name} is readable to somebody without its key`);
    } else if (isUnreadable) {
      differing.push(`${name} (${stampOf(name)}) is unreadable`);
    } else if (row.clipped?.includes(name)) {
      const shown = row[name];
      const isPart = typeof shown === "string" && typeof opened.value === "string" &&
        opened.value.startsWith(shown.slice(0, 100));
      if (!isPart) differing.push(`${name} (${stampOf(name)}) is clipped from another text`);
    } else if (!isSame(opened.value, row[name])) {
      differing.push(`${name} (${stampOf(name)})`);
    }
  }
  if (!isSame(fields.get("createdAt")?.value, row.createdAt)) differing.push("createdAt");
  const newest = [...fields.values()].reduce((latest, { stamp }) => stamp > latest ? stamp : latest, "");
  if (!isSame(newest === "" ? null : newest, row.updatedAt)) {
    differing.push(`updatedAt (${newest} in the log, ${row.updatedAt} shown)`);
  }
  return differing;
}
