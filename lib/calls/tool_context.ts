// The context that a tool is given: records, spaces, days, and nothing by which it could reach a key, a token or another
// person (SECURITY.md).
import type { AskPerson } from "../approvals/ask_person.ts";
import type { MayTell } from "../disclosure/kept_texts.ts";
import type { Caller } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { SpaceEntry } from "../spaces/choose_space.ts";
import type { RecordsByAccess } from "../records/records.ts";
import { calendarOf } from "../tool/time/calendar.ts";
import type { SeriesMonths } from "../tool/time/series_months.ts";
import { type Access, isInScope, scopeFor, type Scopes } from "../people/scopes.ts";
import { Refused } from "../kit/errors.ts";
import type { ToolContext } from "../tool/define_tool.ts";
import type { AppUndos } from "../tool/general/undo_tools.ts";

/** What the contexts of one call share. */
export interface ContextBase {
  /** Null when none could be chosen. */
  readonly space: ActiveSpace | null;
  readonly spaces: readonly SpaceEntry[];
  /** When the call began, milliseconds since the epoch. */
  readonly at: number;
  /** Null where the client named none. */
  readonly timeZone: string | null;
  /** What is expanded of series, for everybody. */
  readonly series: SeriesMonths;
  readonly signal: () => AbortSignal;
  readonly scopes: Scopes;
  readonly caller: Caller;
  readonly approvals: AskPerson;
  /** Counts what the call tells of a question's texts. */
  readonly mayTell: () => MayTell;
  readonly undos: () => AppUndos;
}

/**
 * What a tool of this access gets. Each part is made when the tool first takes it: most tools use two or three, and a
 * calendar day costs more than the rest together.
 */
export function toolContext<A extends Access>(
  base: ContextBase,
  open: () => RecordsByAccess[A],
): ToolContext<A> {
  return new CallContext(base, open);
}

/** A class with everything private, since one is made per call: a tool can reach what the getters give and no more. */
class CallContext<A extends Access> implements ToolContext<A> {
  readonly #base: ContextBase;
  readonly #open: () => RecordsByAccess[A];
  #records: RecordsByAccess[A] | undefined;

  constructor(base: ContextBase, open: () => RecordsByAccess[A]) {
    this.#base = base;
    this.#open = open;
    Object.freeze(this);
  }

  static {
    // All contexts share these two: a tool that changed them would change what the next call gets.
    Object.freeze(this.prototype);
    Object.freeze(this);
  }

  get records(): RecordsByAccess[A] {
    return this.#records ??= this.#open();
  }

  get space(): ToolContext<A>["space"] {
    const { space } = this.#base;
    return space === null ? null : Object.freeze({ id: space.id, kind: space.kind });
  }

  get spaces(): ToolContext<A>["spaces"] {
    return this.#base.spaces;
  }

  get now(): string {
    return new Date(this.#base.at).toISOString();
  }

  get today(): string {
    return this.calendar().today;
  }

  get timeZone(): string {
    return this.calendar().timeZone;
  }

  get calendar(): ToolContext<A>["calendar"] {
    const { at, series, timeZone: known } = this.#base;
    return (timeZone) => calendarOf(timeZone ?? known, at, series);
  }

  get signal(): AbortSignal {
    return this.#base.signal();
  }

  get approvals(): ToolContext<A>["approvals"] {
    const { approvals, caller, mayTell, signal } = this.#base;
    return Object.freeze({
      get: Object.freeze((id: string) => approvals.get(caller, id, mayTell(), signal())),
    });
  }

  get undos(): ToolContext<A>["undos"] {
    return this.#base.undos();
  }

  get allows(): ToolContext<A>["allows"] {
    const { scopes } = this.#base;
    return (module, access) => isInScope(scopes, { module, access });
  }

  get demand(): ToolContext<A>["demand"] {
    const { scopes } = this.#base;
    return (module, access) => {
      if (isInScope(scopes, { module, access })) return;
      const advice = `it also needs ${scopeFor({ module, access })}; connect again and allow it.`;
      throw new Refused({ reason: "policy-denied", rule: "scope-missing", advice });
    };
  }
}
