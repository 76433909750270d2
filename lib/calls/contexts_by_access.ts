// The contexts of one call, one for each access: what the tool that is called may do with the records of the chosen space.
import type { AskPerson } from "../approvals/ask_person.ts";
import type { CallAccount } from "../disclosure/call_account.ts";
import type { DisclosedCall, Disclosure } from "../disclosure/disclosure.ts";
import type { MayTell } from "../disclosure/kept_texts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Caller } from "../people/principal.ts";
import type { CallActor } from "../spaces/call_scope.ts";
import type { ResolvedSpace } from "../spaces/spaces.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import { type RecordStore, refusingRecords } from "../records/record_store.ts";
import type { RecordsByAccess } from "../records/records.ts";
import type { Access } from "../people/scopes.ts";
import type { ContextSource, ToolContext } from "../tool/define_tool.ts";
import type { SeriesMonths } from "../tool/time/series_months.ts";
import type { AppUndos } from "../tool/general/undo_tools.ts";
import type { Undos } from "../undo/undos.ts";
import { appUndos } from "./app_undos.ts";
import type { Deadline } from "./deadline.ts";
import { type ContextBase, toolContext } from "./tool_context.ts";

/** What {@link CallContexts} are made of. */
export interface CallContextsDeps {
  readonly store: Pick<RecordStore, "open" | "pushBatch">;
  readonly resolved: ResolvedSpace;
  readonly caller: Caller;
  readonly approvals: AskPerson;
  readonly undos: Undos;
  readonly actor: CallActor;
  /** When the call began, milliseconds since the epoch. */
  readonly at: number;
  /** Null where the client named none. */
  readonly timeZone: string | null;
  readonly series: SeriesMonths;
  readonly isStrict: boolean;
  readonly deadline: Deadline;
  /** Why nothing may be created in the space; null where it may. */
  readonly noCreation: Refusal | null;
  readonly disclosure: Disclosure;
  readonly ledger: Pick<Ledger, "hasWritten" | "modeOf" | "note" | "settle">;
  /** As the call has them, for the ledger's mark. */
  readonly args: unknown;
  /** What the call was handed; null as long as it has opened nothing. All contexts of the call share it. */
  account: CallAccount | null;
  /** Whether the ledger knows how the call ended. */
  isOver?: boolean;
}

/** The call's account of what it is handed, begun where there is none. */
export function accountOf(call: CallContextsDeps): CallAccount {
  return call.account ??= call.disclosure.begin(disclosedCall(call));
}

/** The call as its account has it. */
export function disclosedCall(
  { actor, caller, deadline, resolved: { choice } }: CallContextsDeps,
): DisclosedCall {
  const space = choice.ok ? choice.space : NO_SPACE;
  return { caller, space, actor, isRead: actor.callId === "", signal: deadline.signal };
}

/** For a call that needs none: what it tells is of a space that it names itself. */
const NO_SPACE = { id: "" };

/** Whether a call may tell what a question kept. Only a question that kept texts begins an account. */
export function mayTellIn(call: CallContextsDeps): MayTell {
  return async (kept, space) => kept.length === 0 || await accountOf(call).tellKept(kept, space);
}

/** The contexts of one call: what a tool of each access may do in the space that was chosen. A class, since one is made per call. */
export class CallContexts implements ContextSource {
  readonly #deps: CallContextsDeps;
  #writtenByOthers = 0;
  /** Whether a table was read of which the app's grant shows only some records. No getter: that would be one more function of every call. */
  isPartShown = false;

  constructor(deps: CallContextsDeps) {
    this.#deps = deps;
  }

  /** How many of the records handed out so far were written by others than the caller. */
  get writtenByOthers(): number {
    return this.#writtenByOthers;
  }

  /** The context of a tool that reads. */
  read(): ToolContext<"read"> {
    return toolContext(this.#base(), () => this.#open("read", undefined));
  }

  /** The context of a tool that writes. */
  write(input?: unknown): ToolContext<"write"> {
    return toolContext(this.#base(), () => this.#open("write", input));
  }

  /** The context of a tool that deletes. */
  destructive(input?: unknown): ToolContext<"destructive"> {
    return toolContext(this.#base(), () => this.#open("destructive", input));
  }

  #base(): ContextBase {
    const { approvals, at, caller, deadline, resolved: { choice, directory }, series, timeZone } = this.#deps;
    const space = choice.ok ? choice.space : null;
    const { scopes } = caller.principal;
    return {
      space,
      spaces: directory.spaces,
      at,
      timeZone,
      series,
      signal: deadline.signal,
      scopes,
      caller,
      approvals,
      mayTell: () => mayTellIn(this.#deps),
      undos: () => this.#undos(),
    };
  }

  /** Tables without a sealed field keep no account, and may speak with another member's words all the same. */
  #noteOthers(count: number): void {
    if (count > 0 && this.#writtenByOthers === 0) this.#deps.disclosure.readOthers(this.#deps.caller);
    this.#writtenByOthers = count;
  }

  #undos(): AppUndos {
    const call = this.#deps;
    const { actor: { clientName }, at, caller, deadline, resolved, store, undos } = call;
    const { choice, membershipVersion, settling } = resolved;
    if (!choice.ok) throw new Refused(choice.refusal);
    const signal = deadline.signal();
    return appUndos({
      undos,
      caller,
      space: choice.space,
      reader: { caller, membershipVersion, settling, signal, isStrict: true },
      push: store.pushBatch,
      clientName,
      at,
      signal,
      get disclosure() {
        return accountOf(call);
      },
      onWrittenByOthers: (count) => this.#noteOthers(count),
    });
  }

  #open<A extends Access>(access: A, input: unknown): RecordsByAccess[A] {
    const call = this.#deps;
    const { actor, caller, deadline, isStrict, noCreation, resolved, store } = call;
    const { choice, membershipVersion, settling } = resolved;
    if (!choice.ok) return refusingRecords(choice.refusal, access);
    return store.open({
      caller,
      space: choice.space,
      access,
      actor,
      input,
      membershipVersion,
      get signal() {
        return deadline.signal();
      },
      isStrict,
      settling,
      isWhole: isStrict,
      noCreation,
      get disclosure() {
        return accountOf(call);
      },
      onWrittenByOthers: (count) => this.#noteOthers(count),
      onPartShown: () => void (this.isPartShown = true),
    });
  }
}
