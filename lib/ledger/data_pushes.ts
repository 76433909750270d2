// What the ledger does around each push of data: before the first one of a person it begins the chain, after each it notes what was
// written. Calls themselves are noted by ledger.ts.
import type { ChangeAuthor, ChangedRow, PushObserver, PushOutcome } from "../changes/push_changes.ts";
import type { Clock } from "../kit/clock.ts";
import type { Caller, Principal } from "../people/principal.ts";
import type { PersonLedger } from "./person_ledger.ts";
import { WaitingCall } from "./waiting_call.ts";

/** Creates what is told of each push. */
export function createDataPushes(deps: DataPushesDeps): PushObserver {
  return Object.freeze({
    before({ caller }: ChangeAuthor) {
      if (deps.isOff(caller.principal)) return undefined;
      const person = deps.personOf(caller);
      const opening = person.openFor(caller);
      if (opening !== undefined) deps.addLive(caller, person);
      return opening;
    },
    after(author: ChangeAuthor, rows: readonly ChangedRow[], outcome: PushOutcome) {
      if (deps.isOff(author.caller.principal)) return;
      const person = deps.personOf(author.caller);
      person.pushed();
      if (outcome === "refused") return;
      deps.onWritten(author.caller);
      noteWrites(deps, person, author, rows, outcome === "stored");
    },
  });
}

/** Dependencies of {@link createDataPushes}. */
export interface DataPushesDeps {
  /** Whether nothing is noted. */
  readonly isOff: (principal: Principal) => boolean;
  readonly personOf: (caller: Caller) => PersonLedger;
  /** Keeps the person's ledger until nothing waits in it. */
  readonly addLive: (caller: Caller, person: PersonLedger) => void;
  /** Told of each caller that has, or may have, changed data. */
  readonly onWritten: (caller: Caller) => void;
  readonly clock: Pick<Clock, "calendar">;
}

function noteWrites(
  { clock, addLive }: DataPushesDeps,
  person: PersonLedger,
  { caller, actor }: ChangeAuthor,
  rows: readonly ChangedRow[],
  isKnown: boolean,
): void {
  const { client, scopes } = caller.principal;
  const known = person.waiting.find(actor.callId);
  const waits = known?.state === "waiting";
  const call = waits ? known : new WaitingCall({
    at: clock.calendar(),
    tool: actor.tool,
    callId: actor.callId,
    client,
    scopes,
    appKey: actor.appKey ?? client?.appKey ?? "",
  });
  person.waiting.addWrites(call, rows, isKnown);
  if (waits) return person.waiting.weigh(call);
  person.keep(caller);
  addLive(caller, person);
  person.add(call);
}
