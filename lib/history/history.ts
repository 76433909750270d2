// What apps did with a person's records, call by call: answered from the change logs alone, so that it is right after a restart, on
// every gateway, and for what was written long ago. Nothing that is opened for it is kept. The time line is here, one call unfolded
// in unfold_call.ts.

import type { Authorship } from "../authorship/authorship.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Clock } from "../kit/clock.ts";
import type { Caller } from "../people/principal.ts";
import type { Cipher } from "../sealing/cipher.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { Module } from "../tool/define_module.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { CallGroup, TouchedRow } from "./reading/call_groups.ts";
import { firstPage } from "./first_page.ts";
import { createPortionGate, type PortionGate } from "./reading/portion_gate.ts";
import { modulesOf, readCalls, type Reading } from "./reading/read_calls.ts";
import { readTables } from "./reading/read_tables.ts";
import { titlesOf } from "./record_titles.ts";
import { createRowShower, type RowShower, type RowShowerDeps, type ShownRow } from "./shown_row.ts";
import { createTableNames } from "./table_names.ts";
import { type CallWords, moduleOf, tellCall, type ToldCall } from "./told_call.ts";
import { UNFOLDED_ROWS, unfoldRows } from "./unfold_call.ts";
import type { Window } from "./window.ts";

/** Records of a call on the page. */
const PAGE_ROWS = 10;

/** What apps did. Both throw what `SyncClient.pull`, `Keyring.key` and `Spaces.resolve` throw. */
export interface History {
  /** A page of the calls of a window, newest first. */
  activity(question: ActivityQuestion, caller: Caller, signal: AbortSignal): Promise<ActivityPage>;
  /** One call with what it wrote; null where the window has none of this id. */
  call(question: CallQuestion, caller: Caller, signal: AbortSignal): Promise<UnfoldedCall | null>;
}

/** Whose calls, where and when. */
export interface ActivityQuestion extends Window {
  /** The keys of the apps that the person knows: their calls are told with the key. */
  readonly apps: readonly string[];
  /** The modules that are looked at; null for all. */
  readonly modules: readonly string[] | null;
  /** One app by its key, "" for the person's own token; null for everything. */
  readonly app: string | null;
}

/** A page of the time line. */
export interface ActivityPage {
  readonly calls: readonly ToldCall[];
  /** Whether the window has older calls. */
  readonly hasMore: boolean;
  /** Where the next page ends; null without calls. */
  readonly oldest: string | null;
  /** Modules of which not everything could be read: what they would show is not on the page. */
  readonly missing: readonly string[];
}

/** Which call. */
export interface CallQuestion extends Pick<ActivityQuestion, "apps" | "modules" | "since"> {
  readonly call: string;
}

/** A call with what it wrote. */
export interface UnfoldedCall {
  readonly call: ToldCall;
  readonly rows: readonly ShownRow[];
  readonly rowCount: number;
  readonly missing: readonly string[];
}

/** Keeps nothing between two questions. */
export function createHistory({ modules, registry, ...given }: HistoryDeps): History {
  const names = createTableNames(modules);
  const labels = new Map(modules.map(({ name, label }) => [name, label]));
  const deps: TellingDeps = {
    ...given,
    shower: createRowShower({ ...given, names }),
    gate: createPortionGate(given.clock),
    words: { names, toolOf: registry.getTool, labelOf: (module) => labels.get(module) },
  };
  return Object.freeze({
    activity: (question: ActivityQuestion, caller: Caller, signal: AbortSignal) =>
      tellActivity(deps, question, caller, signal),
    call: (question: CallQuestion, caller: Caller, signal: AbortSignal) =>
      tellOneCall(deps, question, caller, signal),
  });
}

/** Dependencies of {@link createHistory}. */
export interface HistoryDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly changes: Pick<ChangeCache, "read">;
  readonly spaces: Pick<Spaces, "resolve">;
  readonly authorship: Pick<Authorship, "pseudonymOf" | "verifierFor">;
  readonly keyring: RowShowerDeps["keyring"];
  readonly cipher: Cipher;
  readonly modules: readonly Module[];
  readonly registry: Pick<ToolRegistry, "getTool">;
  readonly clock: Pick<Clock, "after">;
}

interface TellingDeps extends Omit<HistoryDeps, "keyring" | "cipher" | "modules" | "registry"> {
  readonly shower: RowShower;
  readonly words: CallWords;
  readonly gate: PortionGate;
}

async function tellActivity(
  deps: TellingDeps,
  question: ActivityQuestion,
  caller: Caller,
  signal: AbortSignal,
): Promise<ActivityPage> {
  const reading = await readCalls(deps, { ...question, call: null, keptRows: PAGE_ROWS }, caller, signal);
  const { groups, hasLeftOut } = reading.reader.groups.newest();
  const { modules } = question;
  const asked = modules === null
    ? groups
    : groups.filter((group) => modules.includes(moduleOf(deps.words, group)));
  const page = firstPage(asked);
  const { told, missing } = await tell(deps, reading, page, caller, signal);
  return {
    calls: told,
    hasMore: hasLeftOut || page.length < asked.length,
    oldest: told.at(-1)?.at ?? null,
    missing: modulesOf(deps, question.modules, [...reading.missing, ...missing]),
  };
}

async function tellOneCall(
  deps: TellingDeps,
  question: CallQuestion,
  caller: Caller,
  signal: AbortSignal,
): Promise<UnfoldedCall | null> {
  const asked = { ...question, app: null, until: Infinity, keptRows: UNFOLDED_ROWS };
  const reading = await readCalls(deps, asked, caller, signal);
  const [group] = reading.reader.groups.newest().groups;
  if (group === undefined) return null;
  const { rows, missing } = await unfoldRows({ ...deps, ...reading, caller, signal }, group);
  const [call] = (await tell(deps, reading, [withFewRows(group)], caller, signal)).told;
  if (call === undefined) return null;
  return {
    call,
    rows,
    rowCount: group.rowCount,
    missing: modulesOf(deps, question.modules, [...reading.missing, ...missing]),
  };
}

/** The call as the time line shows it. */
function withFewRows(group: CallGroup): CallGroup {
  return { ...group, rows: group.rows.slice(0, PAGE_ROWS) };
}

async function tell(
  deps: TellingDeps,
  { reader, titles: notes, spaces, membershipVersion, apps }: Reading,
  groups: readonly CallGroup[],
  caller: Caller,
  signal: AbortSignal,
) {
  const rows = new Map<string, TouchedRow>();
  for (const group of groups) for (const row of group.rows) rows.set(row.record, row);
  const { titles, missing } = await titlesOf({
    ...deps,
    notes,
    spaces,
    reader: { caller, membershipVersion, signal },
    readTables: (tables, readOne) => readTables(deps.clock, tables, signal, readOne),
  }, rows);
  const told = groups.map((group) => {
    const { writer } = group;
    const app = writer.kind === "app" ? apps.get(writer.pseudonym) ?? null : null;
    return tellCall(deps.words, group, { app, spaces, titles, undoneBy: undoOf(reader, group) });
  });
  return { told, missing };
}

function undoOf({ undos }: Reading["reader"], { id, rows }: CallGroup): string | null {
  for (const row of rows) {
    const undo = undos.undoOf(id, row);
    if (undo !== null) return undo;
  }
  return null;
}
