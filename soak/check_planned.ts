import type { History, PlannedCall } from "./history.ts";
import { openValue } from "./open_value.ts";
import type { Person } from "./people.ts";
import { type FoldedField, foldSequentially, type LogRow } from "./sequential_fold.ts";
import { EVENTS, HABIT_LOGS, type SoakTable, TIME_BLOCKS } from "./tables.ts";
import { isOf } from "./true_log.ts";
import type { Verdicts } from "./verdicts.ts";

const WHOLE = "a row and its time block are there together, each once, or neither is";

/** The logs of one person. */
type Logs = readonly {
  readonly person: Person;
  readonly table: SoakTable;
  readonly rows: readonly LogRow[];
}[];

/**
 * Holds the calls of planners against the log. A call that was answered wrote its row and the time block, each once, however often
 * it was repeated. A call of which nobody knows has left a block without its row at most, since the block goes first.
 */
export async function checkPlanned(
  { planned }: Pick<History, "planned">,
  logs: Logs,
  verdicts: Verdicts,
): Promise<void> {
  for (const client of new Set(planned.map((call) => call.client))) {
    const calls = planned.filter((call) => call.client === client);
    for (const [owners, creation] of [[HABIT_LOGS, "habits.log"], [EVENTS, "calendar.create"]] as const) {
      const ofModule = calls.filter(({ tool }) => tool.split(".")[0] === owners.app);
      const [first] = ofModule;
      if (first === undefined) continue;
      const { person, place } = first;
      const rowsOf = (table: SoakTable) =>
        logs.filter((log) => log.person === person && log.table === table)
          .flatMap(({ rows }) => rows).filter((row) => isOf(row, person, place));
      const written = await readWritten(rowsOf(owners), rowsOf(TIME_BLOCKS), owners, creation, first);
      judgeCreations(ofModule.filter(({ tool }) => tool === creation), written, verdicts);
      await judgeEnds(ofModule, creation, written, owners, verdicts);
    }
  }
}

/** What one client wrote of one module. */
interface Written {
  readonly client: string;
  /** The ids of owners that were ever inserted, by their text. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** The ids of blocks that were ever inserted, by the id of their owner. */
  readonly blocks: ReadonlyMap<string, readonly string[]>;
  readonly liveOwners: ReadonlyMap<string, ReadonlyMap<string, FoldedField>>;
  readonly liveBlocks: ReadonlyMap<string, ReadonlyMap<string, FoldedField>>;
}

async function readWritten(
  owners: readonly LogRow[],
  blocks: readonly LogRow[],
  table: SoakTable,
  creation: PlannedCall["tool"],
  { client, person }: PlannedCall,
): Promise<Written> {
  const isOwn = ({ op, actor }: LogRow) =>
    op === "insert" && actor?.displayName === client && actor.rationale === creation;
  const ofText = new Map<string, Set<string>>();
  for (const { id, data } of owners.filter(isOwn)) {
    const text = await openValue(person.key, data?.[table.text]);
    add(ofText, text.ok ? String(text.value) : "", id);
  }
  const ofOwner = new Map<string, Set<string>>();
  for (const { id, data } of blocks.filter(isOwn)) add(ofOwner, String(data?.sourceId), id);
  return {
    client,
    owners: listed(ofText),
    blocks: listed(ofOwner),
    liveOwners: foldSequentially(owners),
    liveBlocks: foldSequentially(blocks),
  };
}

/** Each new record once, with one block, where its call was answered; nothing of what was refused or never asked for. */
function judgeCreations(
  creations: readonly PlannedCall[],
  { client, owners, blocks }: Written,
  verdicts: Verdicts,
): void {
  const asked = new Set(creations.map(({ text }) => text));
  for (const { tool, text, id, outcome, repeats } of creations) {
    const ids = owners.get(text) ?? [];
    const isWhole = ids.every((owner) => blocks.get(owner)?.length === 1);
    const isRight = outcome === "acknowledged"
      ? ids.length === 1 && ids[0] === id
      : ids.length <= (outcome === "unknown" ? 1 : 0);
    verdicts.judge(
      WHOLE,
      isRight && isWhole,
      () =>
        `${client} ${tool} ${id}, ${outcome} after ${repeats} repeats: ${ids.length} rows with ` +
        `${ids.map((owner) => blocks.get(owner)?.length ?? 0).join(" and ") || "no"} blocks`,
    );
  }
  const known = new Set([...owners.values()].flat());
  for (const [text, ids] of owners) {
    if (!asked.has(text)) verdicts.fail(WHOLE, `${client} never asked for ${ids.join(", ")}`);
  }
  const orphans = [...blocks].filter(([owner]) => !known.has(owner));
  const unknown = creations.filter(({ outcome }) => outcome === "unknown").length;
  verdicts.judge(
    WHOLE,
    orphans.length <= unknown && orphans.every(([, ids]) => ids.length === 1),
    () => `${client}: ${orphans.length} blocks without their row, ${unknown} calls that may have left one`,
  );
}

/** What became of each record by the last calls on it. */
async function judgeEnds(
  calls: readonly PlannedCall[],
  creation: PlannedCall["tool"],
  { client, blocks, liveOwners, liveBlocks }: Written,
  table: SoakTable,
  verdicts: Verdicts,
): Promise<void> {
  for (const { id, text, outcome, person } of calls.filter(({ tool }) => tool === creation)) {
    if (outcome !== "acknowledged" || id === null) continue;
    const later = calls.filter((call) => call.id === id && call.tool !== creation);
    const owner = liveOwners.get(id);
    const [blockId = ""] = blocks.get(id) ?? [];
    const block = liveBlocks.get(blockId);
    const deletion = later.findLast(({ tool, outcome }) =>
      tool !== "calendar.update" && outcome !== "refused"
    );
    if (deletion !== undefined) {
      const isGone = owner === undefined && block === undefined;
      // Of a deletion that nobody knows the end of, the block may be gone and the row not: the row goes last.
      const isRight = isGone || (deletion.outcome === "unknown" && owner !== undefined);
      verdicts.judge(
        WHOLE,
        isRight,
        () => `${client} ${id} after ${deletion.tool}, ${deletion.outcome}: a part is left`,
      );
      continue;
    }
    const isJoined = owner?.get("timeBlockId")?.value === blockId && block?.get("sourceId")?.value === id;
    verdicts.judge(
      WHOLE,
      isJoined,
      () => `${client} ${id}: the row or its block is not there, or points elsewhere`,
    );
    if (table !== EVENTS || owner === undefined || block === undefined) continue;
    const texts = possibleTexts(text, later);
    const shown = await Promise.all(
      [owner, block].map((row) => openValue(person.key, row.get("title")?.value)),
    );
    verdicts.judge(
      WHOLE,
      shown.every((title) => title.ok && texts.has(String(title.value))),
      () => `${client} ${id}: the row or its block has another title than it was given last`,
    );
  }
}

/** What a record may be called: by the last answered call, and by those after it of which nobody knows. */
function possibleTexts(first: string, later: readonly PlannedCall[]): ReadonlySet<string> {
  let texts = new Set([first]);
  for (const { outcome, text } of later) {
    if (outcome === "acknowledged") texts = new Set([text]);
    else if (outcome === "unknown") texts.add(text);
  }
  return texts;
}

function add(map: Map<string, Set<string>>, key: string, id: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(id));
}

function listed(map: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, readonly string[]> {
  return new Map([...map].map(([key, ids]) => [key, [...ids]]));
}
