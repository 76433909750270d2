// Takes back what apps did: makes a plan of the change logs, shows it, and carries it out as soon as the very same plan is asked for.
// Nothing of a plan is stored, so that any node completes what another began, for a person whose key no server has as well.

import type { Authorship } from "../authorship/authorship.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import type { BatchPush } from "../changes/push_changes.ts";
import type { ChangeReader } from "../changes/refresh_state.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Writer } from "../authorship/change_verifier.ts";
import { createRowShower, type RowShower, type RowShowerDeps } from "../history/shown_row.ts";
import { createTableNames, type TableNames } from "../history/table_names.ts";
import { createToldSpaces, type ToldSpaces } from "../history/told_spaces.ts";
import type { ReadTable, RecordGrants } from "../grants/record_grants.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { UNDO_PLAN_MS, UNDO_TABLES_AT_ONCE } from "../kit/limits.ts";
import type { Caller } from "../people/principal.ts";
import type { Cipher } from "../sealing/cipher.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { Module } from "../tool/define_module.ts";
import { actorOfPlan, carryOutPlan, changesOfPlan, rowsOf } from "./carry_out_plan.ts";
import type { UndoQuestion } from "./judge_changes.ts";
import { narrowTouched } from "./narrowed_undo.ts";
import { readTouched, TouchedRecords } from "./read_touched.ts";
import { leftOf, type MayShow, showPlan, type UndoPreview } from "./shown_plan.ts";
import { makePlan, timeOfPlan, type UndoPlan } from "./undo_plan.ts";
import type { UndoSelection, WriterSelection } from "./undo_selection.ts";

/** Undos of people and of apps. Both throw what `SyncClient.pull`, `Keyring.key` and `Spaces.resolve` throw. */
export interface Undos {
  /** What an undo would do now. Throws Refused `input-invalid` where it would be too much for one. */
  preview(request: UndoRequest): Promise<UndoPreview>;
  /**
   * Does what was shown, if it is still the same. Throws Refused `plan-unknown` for a plan that is none or too old, `plan-changed` with
   * the preview as it is now, and what `SyncClient.push` throws where nothing can have been stored.
   */
  apply(request: UndoRequest & { readonly plan: string }, by: UndoneBy): Promise<UndoneUndo>;
  /** The names of all modules. */
  readonly modules: readonly string[];
  /** The tables in which tools of these modules write; of all modules for null. */
  tablesOf(modules: readonly string[] | null): readonly UndoTable[];
  /** How an app is told by its key among the writers of changes. */
  writerOf(caller: Caller, appKey: string, signal: AbortSignal): Promise<WriterSelection["writer"]>;
}

/** A table by its names on the wire. */
export interface UndoTable {
  readonly app: string;
  readonly name: string;
}

/** What is to be undone, and who asks. */
export interface UndoRequest {
  readonly caller: Caller;
  readonly selection: UndoSelection;
  /** The same as text, by which one question is told from another. */
  readonly asked: string;
  /** The tables that are looked at. */
  readonly tables: readonly UndoTable[];
  /** Whether the asker may undo what this writer wrote under this stored space id. */
  readonly allows: (writer: Writer, spaceId: string, spaces: ToldSpaces) => boolean;
  /**
   * Where the asker is an app: the space of its call, with what the space is read, and how much the app may be shown. A document of the
   * app narrows the undo.
   */
  readonly ofApp?: { readonly space: ActiveSpace; readonly reader: ChangeReader; readonly mayShow: MayShow };
  /** The time of the undo, in milliseconds since 1970: of its first preview. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** Who carries an undo out. */
export interface UndoneBy {
  readonly kind: "person" | "undo";
  readonly clientName: string;
  /** Where the changes go, where that is not the sync service. */
  readonly push?: BatchPush;
}

/** What came of an undo. */
export interface UndoneUndo {
  /** `unknown`: some of it may be stored; the same request completes it. */
  readonly status: "done" | "unknown";
  /** What could not be undone; of an unknown undo all of it, as it was shown. */
  readonly preview: UndoPreview;
  /** Records that are as they were. */
  readonly written: number;
}

/** Keeps nothing between two requests. */
export function createUndos({ modules, keyring, cipher, ...given }: UndosDeps): Undos {
  const names = createTableNames(modules);
  const deps: Tools = { ...given, names, shower: createRowShower({ keyring, cipher, names }) };
  return Object.freeze({
    async preview(request: UndoRequest) {
      demandTime(deps, request.at);
      return (await lookAt(deps, request, null)).shown();
    },
    async apply(request: UndoRequest & { readonly plan: string }, by: UndoneBy) {
      const { caller, signal, plan: named } = request;
      if (timeOfPlan(named) !== request.at) throw new Refused({ reason: "plan-unknown" });
      demandTime(deps, request.at);
      const { plan, shown } = await lookAt(deps, request, named);
      if (plan.plan !== named) throw new Refused({ reason: "plan-changed", now: await shown() });
      // Before the first push: what it does has to be told however long the pushes take.
      const preview = await shown();
      const author = { caller, actor: actorOfPlan(plan, by.kind, by.clientName), signal };
      const status = await carryOutPlan(by.push ?? deps.push, changesOfPlan(plan, deps.names), author);
      return status === "done"
        ? { status, preview: leftOf(preview), written: plan.records.length }
        : { status, preview, written: 0 };
    },
    modules: Object.freeze(modules.map(({ name }) => name)),
    tablesOf(chosen: readonly string[] | null) {
      const tables = chosen === null ? names.all : chosen.flatMap((module) => names.writtenBy(module));
      return [...new Map(tables.map((table) => [`${table.app}/${table.name}`, table])).values()];
    },
    async writerOf(caller: Caller, appKey: string, signal: AbortSignal): Promise<WriterSelection["writer"]> {
      if (appKey === "") return { kind: "own" };
      // Nothing is signed for a person whose key no server has: nothing can be proved to be of the app.
      return { kind: "app", pseudonym: await deps.authorship.pseudonymOf(caller, appKey, signal) ?? NOBODY };
    },
  });
}

/** No pseudonym. */
const NOBODY = "";

/** Dependencies of {@link createUndos}. */
export interface UndosDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly spaces: Pick<Spaces, "resolve">;
  readonly authorship: Pick<Authorship, "pseudonymOf" | "verifierFor">;
  /** What the tables are called, and which tools write them. */
  readonly modules: readonly Module[];
  /** By which values are opened that are shown. */
  readonly keyring: RowShowerDeps["keyring"];
  readonly cipher: Cipher;
  readonly push: BatchPush;
  readonly clock: Pick<Clock, "calendar" | "wait">;
  /** What the documents of apps let through, and the tables that decide it. */
  readonly grants: Pick<RecordGrants, "of">;
  readonly changes: Pick<ChangeCache, "read">;
}

interface Tools extends Omit<UndosDeps, "modules" | "keyring" | "cipher"> {
  readonly names: TableNames;
  readonly shower: RowShower;
}

/**
 * A time in the future would win over whatever the person writes until then; an old one would lose to what they wrote since, unseen.
 * Throws Refused `plan-unknown`.
 */
function demandTime({ clock }: Pick<UndosDeps, "clock">, at: number): void {
  const age = clock.calendar() - at;
  if (age > UNDO_PLAN_MS || age < -AHEAD_MS) throw new Refused({ reason: "plan-unknown" });
}

/** How far the clock of another node may be ahead. */
const AHEAD_MS = 60_000;

async function lookAt(
  deps: Tools,
  { caller, selection, asked, tables, allows, ofApp, at, signal }: UndoRequest,
  named: string | null,
): Promise<{ readonly plan: UndoPlan; shown(): Promise<UndoPreview> }> {
  const [{ directory }, verifier, own] = await Promise.all([
    deps.spaces.resolve(caller, null),
    deps.authorship.verifierFor(caller, signal),
    deps.authorship.pseudonymOf(caller, "", signal),
  ]);
  const spaces = createToldSpaces(directory, caller.principal.subject);
  const question: UndoQuestion = {
    selection,
    at,
    plan: named,
    verifier,
    hasKey: own !== null,
    spaces,
    allows: (writer, spaceId) => allows(writer, spaceId, spaces),
  };
  const found = new TouchedRecords();
  await eachAtOnce(tables, signal, async ({ app, name: table }, signal) => {
    await readTouched(deps, question, { caller, app, table, signal }, found);
  });
  const grant = ofApp === undefined ? null : deps.grants.of(caller.principal);
  if (grant === null || ofApp === undefined) {
    const plan = await makePlan(found, asked, at);
    return {
      plan,
      shown: () =>
        showPlan({ ...deps, verifier, spaces, narrowed: null }, plan, caller, signal, ofApp?.mayShow),
    };
  }
  const { subject } = caller.principal;
  const narrowed = {
    grant,
    place: { space: ofApp.space, subject },
    read: readOnce(deps.changes, ofApp.reader),
  };
  const records = await narrowTouched(narrowed, found.records, (some) => rowsOf(some, at, deps.names));
  // What is only counted, without a record by which it could be judged, an app with a document is not told.
  const plan = await makePlan({ records, left: 0, unproved: 0 }, `${asked} ${grant.key}`, at);
  const tools = { ...deps, verifier, spaces, narrowed };
  return { plan, shown: () => showPlan(tools, plan, caller, signal, ofApp.mayShow) };
}

/** Reads each table once: all questions of one undo are about the same state. */
function readOnce(changes: UndosDeps["changes"], reader: ChangeReader): ReadTable {
  const tables = new Map<string, ReturnType<ReadTable>>();
  return ({ app, name }) => {
    const key = `${app}/${name}`;
    const known = tables.get(key) ?? changes.read(reader, app, name);
    tables.set(key, known);
    return known;
  };
}

/** Reads several tables at once. A table that cannot be read ends the undo: a plan without it would be another plan. */
async function eachAtOnce<Table>(
  tables: readonly Table[],
  signal: AbortSignal,
  read: (table: Table, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = [...tables];
  const stop = new AbortController();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    try {
      for (let table = left.shift(); table !== undefined; table = left.shift()) {
        await read(table, AbortSignal.any([signal, stop.signal]));
      }
    } catch (error) {
      failures.push(error);
      left.length = 0;
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(UNDO_TABLES_AT_ONCE, left.length) }, work));
  if (failures.length > 0) throw failures[0];
}
