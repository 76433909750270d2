// Finds the calls of apps in a person's change logs: whose each change is, to which call it belongs, what was undone since. Keeps of
// each change only what a page shows. Whose an unsigned change is nobody can say, so those of others' spaces are left out.

import { APP_PRINCIPAL, claimOf, UNDO_PRINCIPAL } from "../../authorship/claim.ts";
import type { ChangeVerifier, Writer } from "../../authorship/change_verifier.ts";
import type { Change } from "../../changes/change.ts";
import type { LogPortion } from "../../changes/read_log.ts";
import { CallGroups, KEPT_CALLS, recordKey } from "./call_groups.ts";
import { callIdOf } from "../call_id.ts";
import type { TitleNotes } from "./title_notes.ts";
import type { ToldSpaces } from "../told_spaces.ts";
import { UndoWrites } from "./undone.ts";
import { stampOf, type StoredBetween, storedBetween, timeInWindow, type Window } from "../window.ts";

/** What is looked for, and by what it is known. */
export interface CallReaderOptions {
  readonly subject: string;
  readonly window: Window;
  readonly spaces: ToldSpaces;
  readonly verifier: ChangeVerifier;
  /** The principals of the person's own apps; null where no server has a key to know them by. */
  readonly own: ReadonlySet<string> | null;
  /** The only principal that is asked for; null for all. */
  readonly only: string | null;
  /** The only call that is asked for; null for all. */
  readonly call: string | null;
  readonly titles: TitleNotes;
  /** Records of a call that are kept. */
  readonly keptRows: number;
}

/** Reads portions of logs, of any tables in any order. A class, since one is made per request. */
export class CallReader {
  readonly groups: CallGroups;
  readonly undos = new UndoWrites();
  readonly #options: CallReaderOptions;

  constructor(options: CallReaderOptions) {
    this.#options = options;
    this.groups = new CallGroups(options.keptRows);
  }

  /** Takes what a portion of a table's log says of calls. Portions of one table in their order. */
  async read(app: string, table: string, portion: LogPortion): Promise<void> {
    const found = this.#find(app, table, portion.changes, storedBetween(portion));
    const { verifier } = this.#options;
    // Together: each signature is a trip to another thread.
    const writers = await Promise.all(
      newestOf(found, this.groups).map(async (one) =>
        [one, await verifier.writerOf(app, table, one.change)] as const
      ),
    );
    for (const [one, writer] of writers) this.#take(app, table, one, writer);
  }

  /** The changes of a portion that may be of a call that is looked for. */
  #find(app: string, table: string, changes: readonly Change[], stored: StoredBetween): Found[] {
    const { spaces, titles, window } = this.#options;
    const [titleFields = []] = titles.fieldsOf(app, table);
    const found: Found[] = [];
    for (const change of changes) {
      titles.note(app, table, spaces.spaceOf(change.spaceId).id, titleFields, change);
      // Most changes are of devices, which name no actor.
      if (change.actor === null && change.origin !== "agent") continue;
      const claim = claimOf(change);
      if (claim === null) continue;
      const principal = principalOf(change);
      const isUndo = principal === UNDO_PRINCIPAL;
      const at = timeInWindow(change, stored, window);
      // An undo counts whenever it was made, and whoever's changes are asked for: it undid some of theirs.
      if (!isUndo && (at === null || !this.groups.mayKeep(at) || !this.#isAskedFor(principal))) continue;
      found.push({
        change,
        at,
        call: claim.callId ?? `${principal} ${claim.tool}`,
        isKept: isUndo || !this.#isShown(change, principal),
      });
    }
    return found;
  }

  #isAskedFor(principal: string): boolean {
    const { only } = this.#options;
    return only === null || principal === only;
  }

  /** Whether a change is shown although nobody can say whose it is. */
  #isShown(change: Change, principal: string): boolean {
    const { spaces, own, subject } = this.#options;
    if (spaces.spaceOf(change.spaceId).kind === "personal") return true;
    // Says that it is of an app of this person: planted, or altered on its way.
    if (own !== null) return own.has(principal) || change.data?.authorId === subject;
    // Of a person without a key nothing is signed, and no change but an insert says whose it is.
    return !isAppPrincipal(principal) && (change.data === null || change.data.authorId === subject);
  }

  #take(app: string, table: string, { change, at }: Found, writer: Writer): void {
    const { only, own, call } = this.#options;
    if (writer.kind === "person") return;
    const principal = principalOf(change);
    if (writer.kind === "unverified" && (only !== null || !this.#isShown(change, principal))) return;
    const record = this.keyOf(app, table, change);
    const space = this.#options.spaces.spaceOf(change.spaceId);
    const id = callIdOf(writer, at ?? 0, space.id);
    const isUnsignedUndo = own === null && principal === UNDO_PRINCIPAL && space.kind === "personal";
    if (writer.kind === "undo" || isUnsignedUndo) this.undos.note(record, change, id);
    if (at === null || !this.#isAskedFor(principal) || (call !== null && id !== call)) return;
    this.groups.add({ id, writer, app, table, record, at, change });
  }

  /** The call of a change; null for a change of nobody's call. */
  async callOf(app: string, table: string, change: Change): Promise<string | null> {
    if (claimOf(change) === null) return null;
    const writer = await this.#options.verifier.writerOf(app, table, change);
    if (writer.kind === "person") return null;
    return callIdOf(writer, stampOf(change) ?? 0, this.#options.spaces.spaceOf(change.spaceId).id);
  }

  /** The record of a change over all tables and spaces. */
  keyOf(app: string, table: string, { id, spaceId }: Pick<Change, "id" | "spaceId">): string {
    return recordKey(app, table, this.#options.spaces.spaceOf(spaceId).id, id);
  }
}

/** A change that may be of a call that is looked for. */
interface Found {
  readonly change: Change;
  /** Null for an undo outside the window. */
  readonly at: number | null;
  /** Changes with the same text say that they are of the same call. */
  readonly call: string;
  /** Looked at however many newer ones there are: what is no proof is left out, and must push nothing out. */
  readonly isKept: boolean;
}

/** The changes of the newest calls of a portion: no page shows more, and each signature takes its time. */
function newestOf(found: readonly Found[], groups: CallGroups): readonly Found[] {
  if (found.length <= KEPT_CALLS) return found;
  const newest = new Set<string>();
  const sorted = [...found].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  for (const { call, isKept } of sorted) if (!isKept && newest.size < KEPT_CALLS) newest.add(call);
  const kept = found.filter(({ call, isKept }) => isKept || newest.has(call));
  if (kept.length < found.length) groups.leaveOut();
  return kept;
}

function principalOf({ actor }: Change): string {
  return typeof actor?.principalId === "string" ? actor.principalId : "";
}

function isAppPrincipal(principal: string): boolean {
  return principal.startsWith(`${APP_PRINCIPAL}:`);
}
