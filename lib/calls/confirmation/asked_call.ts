// One call that has to wait for the person, with all that asking takes.
import type { Tainted } from "../../disclosure/disclosure.ts";
import type { ChangedRow } from "../../changes/push_changes.ts";
import type { ChangeReader } from "../../changes/refresh_state.ts";
import type { KeptTexts, MayTell } from "../../disclosure/kept_texts.ts";
import { Refused } from "../../kit/errors.ts";
import type { Caller } from "../../people/principal.ts";
import type { RecordStore } from "../../records/record_store.ts";
import type { ActiveSpace } from "../../spaces/active_space.ts";
import type { ContextSource, Tool } from "../../tool/define_tool.ts";
import { accountOf, CallContexts, type CallContextsDeps, mayTellIn } from "../contexts_by_access.ts";
import type { Asking, Presented } from "./confirmation.ts";
import { placeWords } from "./place_words.ts";

/** One call that has to wait for the person. */
export interface AskedCall {
  readonly tool: Tool;
  readonly args: unknown;
  readonly caller: Caller;
  readonly clientName: string;
  readonly callId: string;
  /** Whether the app had been handed texts of others. */
  readonly isRelaying: boolean;
  readonly space: ActiveSpace;
  /** The space in words, before the sentence of the tool (place_words.ts). */
  readonly place: string;
  readonly reader: ChangeReader;
  readonly asking: Asking;
  readonly presented: Presented | null;
  /** It is asked for what the app has read, and not for what the tool does. */
  readonly isTainted: Tainted;
  /** What the call was handed so far, with what its tool would answer. */
  kept(output: unknown): readonly KeptTexts[];
  readonly mayTell: MayTell;
  readonly contexts: ContextSource;
  /** Contexts whose writes are noted in `rows` and not sent. */
  collecting(rows: ChangedRow[]): ContextSource;
}

/** The call, with contexts that only collect what it would change. Throws Refused where it has no space. */
export function askedCall(
  call: Pick<AskedCall, "tool" | "args" | "asking" | "presented" | "isTainted">,
  store: Pick<RecordStore, "collecting">,
  given: CallContextsDeps,
): AskedCall {
  const { resolved, caller, deadline, actor: { clientName, callId, isRelaying = false } } = given;
  const { choice, membershipVersion, settling } = resolved;
  if (!choice.ok) throw new Refused(choice.refusal);
  // Now, so that what only looks at the call shares it.
  const account = accountOf(given);
  return {
    ...call,
    caller,
    clientName,
    callId,
    isRelaying,
    space: choice.space,
    place: placeWords(resolved),
    reader: { caller, membershipVersion, settling, signal: deadline.signal() },
    kept: (output) => account.kept(output),
    mayTell: mayTellIn(given),
    contexts: new CallContexts(given),
    collecting: (rows) => new CallContexts({ ...given, store: store.collecting(rows) }),
  };
}
