// What records are opened for: one caller, one space, one tool, one call.
import type { Caller } from "../people/principal.ts";
import type { ActiveSpace } from "./active_space.ts";
import type { CallDisclosure } from "./call_disclosure.ts";
import type { Refusal } from "../kit/errors.ts";
import type { SettlingSpace } from "./settling_spaces.ts";

/** One call: who, where, what for. */
export interface CallScope {
  readonly caller: Caller;
  /** After membership was checked: the sync service does not check it (sync contract section 6). */
  readonly space: ActiveSpace;
  readonly actor: CallActor;
  /** The parsed arguments: a call with the same ones completes a write that this call left unfinished. */
  readonly input?: unknown;
  readonly membershipVersion: string;
  /** Ends with the call. Made when it is first read, which a call that waits for no service never does. */
  readonly signal: AbortSignal;
  /** Reads pull, whatever was pulled just now (`X-Mana-Fresh: strict`). */
  readonly isStrict?: boolean;
  /** From when on the sync service shows everything of the space; null or absent where nothing can be held back. */
  readonly settling?: SettlingSpace | null;
  /** Reads pull the whole log until the space has settled (`X-Mana-Fresh: strict`). */
  readonly isWhole?: boolean;
  /** Why `insert` refuses; null or absent where records may be created. */
  readonly noCreation?: Refusal | null;
  /** Told of the records that are opened; made when it is first read. Null or absent where nobody keeps account. */
  readonly disclosure?: CallDisclosure | null;
  /** Told how many of the records handed out so far were written by others than the caller; never who. */
  readonly onWrittenByOthers?: (count: number) => void;
  /** Told that a table was read of which the document of the app's grant shows only some records, whether or not there are others. */
  readonly onPartShown?: () => void;
}

/** Whose call it is: what the history of a record says of its changes. */
export interface CallActor {
  /** Canonical name of the tool. */
  readonly tool: string;
  readonly clientName: string;
  /** 32 hex digits; empty for a call that only reads. */
  readonly callId: string;
  /** An app's call, or a call of the person's own token, by default. `undo`: an undo that an app asked for; `person`: that the person made. */
  readonly by?: "app" | "undo" | "person";
  /** The app had been handed texts of others in the half hour before: its changes say so. Absent otherwise. */
  readonly isRelaying?: boolean;
  /** The plan of an undo; absent otherwise. */
  readonly rationale?: string;
  /**
   * The `appKey` of the app whose call it is, "" for the person's own token: where the call is made later, with the person's token.
   * Absent where the token in hand is the app's.
   */
  readonly appKey?: string;
}
