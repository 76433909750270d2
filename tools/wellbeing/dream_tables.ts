// The tables of dreams, and what else must follow a dream: how often each symbol is used, and the block of the night in the
// calendar (contract: modules, dreams).
import {
  addDays,
  defineAppTable,
  isDay,
  type ReadRecords,
  refuseInput,
  type RowsTogether,
} from "../../lib/tool/authoring.ts";
import { isClockTime } from "./clock_time.ts";

/** Dreams. */
export const dreams = defineAppTable("dreams/dreams", {
  record: "dream",
  fields: [
    "title",
    "content",
    "dreamDate",
    "mood",
    "clarity",
    "isLucid",
    "isRecurring",
    "sleepQuality",
    "bedtime",
    "wakeTime",
    "location",
    "people",
    "emotions",
    "symbols",
    "interpretation",
    "aiInterpretation",
    "isPinned",
    "isArchived",
    "timeBlockId",
  ],
});

/** Each symbol with the number of dreams that name it. */
export const dreamSymbols = defineAppTable("dreams/dreamSymbols", {
  record: "dream symbol",
  fields: ["name", "count"],
});

/** Plans the new counts of symbols that a dream names now and did not name before, or the other way round. */
export async function countSymbols(
  records: Pick<ReadRecords, "count">,
  rows: RowsTogether,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): Promise<void> {
  const added = new Set(after.filter((name) => !before.includes(name)));
  const removed = new Set(before.filter((name) => !after.includes(name)));
  if (added.size === 0 && removed.size === 0) return;
  const ids = new Map<string, string>();
  // Counting opens nothing, and meets each symbol.
  await records.count(dreamSymbols, ({ id, name = "" }) => {
    if (!ids.has(name)) ids.set(name, id);
    return true;
  });
  for (const name of added) {
    const id = ids.get(name);
    if (id === undefined) await rows.insert(dreamSymbols, { name, count: 1 });
    else await rows.update(dreamSymbols, id, ({ count = 0 }) => ({ count: count + 1 }));
  }
  for (const name of removed) {
    const id = ids.get(name);
    if (id === undefined) continue;
    await rows.update(dreamSymbols, id, ({ count = 0 }) => ({ count: Math.max(0, count - 1) }));
  }
}

/** What the block of a night is made of. */
export interface DreamNight {
  readonly title?: string | null | undefined;
  readonly dreamDate?: string | undefined;
  readonly bedtime?: string | null | undefined;
  readonly wakeTime?: string | null | undefined;
}

/**
 * The times and the title of the block of a night; null where not both times are known, or another writer made
 * them in another form. The web app ends local times with `Z` here,
 * and all readers take them so. A bedtime from noon on belongs to the day before. Throws Refused `input-invalid` for a night that
 * ends before it begins.
 */
export function blockOfNight(
  { title, dreamDate = "", bedtime = "", wakeTime = "" }: DreamNight,
): BlockOfNight | null {
  if (!isDay(dreamDate) || !isClockTime(bedtime) || !isClockTime(wakeTime)) return null;
  const evening = bedtime >= "12:00" ? addDays(dreamDate, -1) : dreamDate;
  const startDate = `${evening}T${bedtime}:00.000Z`;
  const endDate = `${dreamDate}T${wakeTime}:00.000Z`;
  if (endDate <= startDate) refuseInput("wakeTime: it is not after `bedtime`");
  return { title: titleOfNight(title), startDate, endDate };
}

/** What the calendar calls a night. */
export function titleOfNight(title: string | null | undefined): string {
  return title || "Schlaf";
}

/** What of a block follows a dream. */
export interface BlockOfNight {
  readonly title: string;
  readonly startDate: string;
  readonly endDate: string;
}
