// The rows of one tick. They are posted after every turn, always the whole list so far: a row's place is its index, so a repeated post
// is harmless, and whoever is killed loses one turn at most.
import type { Violation, Wish } from "../brain/brain.ts";
import type { CallLeg } from "../mana/caller.ts";
import { tellOutcome } from "../mana/outcome_of.ts";
import { ABSENT_ROW, type ActionRow, CHECK_ROW, MAX_ACTIONS, TICK_ROW } from "../personas_api/rows.ts";
import type { Ending } from "./ending.ts";
import type { InputHash } from "./input_hash.ts";

/** Creates the rows of a tick: none yet. */
export function createTickRows({ tickId, hash, post }: TickRowsDeps): TickRows {
  const rows: ActionRow[] = [];
  let posted = 0;
  const add = (row: Omit<ActionRow, "tickId">) => void rows.push({ tickId, ...row });
  const postAll = async () => {
    if (rows.length === posted) return true;
    const count = rows.length;
    const isPosted = await post(rows.slice(0, count));
    if (isPosted) posted = count;
    return isPosted;
  };
  return Object.freeze({
    isFull: () => rows.length >= MAX_ACTIONS - RESERVED,
    async addCall({ tool, args }: Wish, legs: readonly CallLeg[]) {
      const inputHash = await hash(args);
      for (const { outcome, question } of legs) {
        const words = tellOutcome(outcome);
        add({
          toolName: rowName(tool),
          inputHash,
          // A question is what the gateway is meant to answer with, and `asked` says that nothing was done.
          result: outcome.result === "ok" || question !== null ? "ok" : "error",
          ...(words === undefined ? {} : { errorMessage: words }),
          latencyMs: Math.round(outcome.latencyMs),
        });
      }
    },
    addAbsent: (module: string) => add({ toolName: rowName(ABSENT_ROW + module), result: "ok" }),
    addViolation({ check, words }: Violation) {
      if (rows.length < MAX_ACTIONS - 1) {
        add({ toolName: rowName(CHECK_ROW + check), result: "error", errorMessage: words.slice(0, 200) });
      }
    },
    postAll,
    async end(ending: Ending, ms: number) {
      const result = ending === "done" || ending === "turns" ? "ok" : "error";
      add({ toolName: TICK_ROW, result, errorMessage: ending, latencyMs: Math.round(ms) });
      return await postAll();
    },
  });
}

/** The rows of one tick. */
export interface TickRows {
  /** Whether there is no room for another call with its checks. */
  isFull(): boolean;
  /** A row for each request of a call: the gateway counts requests too. */
  addCall(wish: Wish, legs: readonly CallLeg[]): Promise<void>;
  /** A module of the persona's mix that the gateway does not offer. */
  addAbsent(module: string): void;
  addViolation(violation: Violation): void;
  /** Posts what is there; returns whether everything is stored. What is not is posted again next time. */
  postAll(): Promise<boolean>;
  /** The last row, which says how the tick ended, and the last post. */
  end(ending: Ending, ms: number): Promise<boolean>;
}

/** What {@link createTickRows} needs. */
export interface TickRowsDeps {
  readonly tickId: string;
  readonly hash: InputHash;
  /** Posts rows; returns whether they are stored. Never throws. */
  readonly post: (rows: readonly ActionRow[]) => Promise<boolean>;
}

/** Places that are kept for violations and the last row. */
const RESERVED = 60;
/** A persona that errs may call tools by names that no table should have. */
const ROW_NAME = /^[A-Za-z][A-Za-z0-9_.:-]{0,127}$/;

/** A name as rows and metrics have it. */
export function rowName(name: string): string {
  return ROW_NAME.test(name) ? name : "runner.odd-name";
}
