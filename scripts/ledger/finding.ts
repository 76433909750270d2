// What can be found in a ledger: each kind with its weight and its sentence, written once. No finding holds text of a record.

/** One thing that was found, and where. */
export interface Finding {
  readonly kind: FindingKind;
  /** Null where it is about no single chain. */
  readonly chain: string | null;
  /** Number of the row; null where it is about no single row. */
  readonly seq: number | null;
  /** Milliseconds since 1970; null where nobody can tell. */
  readonly at: number | null;
  /** Words that follow the sentence: a count, another chain, a call. Of ours alone. */
  readonly more?: string;
}

/** What a finding means for the whole. `broken`: no crash explains it. `incomplete`: not checked, or a crash looks the same. */
export type Weight = "broken" | "incomplete" | "note";

/** Names a kind of finding. */
export type FindingKind = keyof typeof FINDINGS;

/** Every kind of finding. */
export const FINDINGS = {
  // What no crash explains.
  "foreign-change": {
    weight: "broken",
    words: "A change in the ledger's table is no row of it: no gateway writes such a change.",
  },
  "row-moved": {
    weight: "broken",
    words: "A row of yours lies in another space, where no gateway writes: it was moved or copied.",
  },
  "two-texts": {
    weight: "broken",
    words: "Two rows have this number and say different things: a row was put in or written over.",
  },
  "row-missing": { weight: "broken", words: "A row is missing, and later rows of its chain are there." },
  "link-broken": {
    weight: "broken",
    words: "The row does not follow the row before it: one of the two was changed or exchanged.",
  },
  "row-altered": {
    weight: "broken",
    words:
      "The row does not open, and an earlier row of its chain does: it was changed, or comes from another place.",
  },
  "time-differs": {
    weight: "broken",
    words: "The row's time outside the seal is not the time inside: it was changed.",
  },
  "row-after-end": { weight: "broken", words: "The chain had ended, and goes on." },
  "chain-missing": { weight: "broken", words: "The whole chain is missing, and a later row names it." },
  "tail-missing": {
    weight: "broken",
    words: "The end of the chain is cut off: a later row of another chain names a row that is not there.",
  },
  "head-differs": {
    weight: "broken",
    words: "Another row stands here than a later row of another chain names.",
  },
  "named-too-early": {
    weight: "broken",
    words: "The row names a row that was written only after it: one of the two was put in later.",
  },
  "pin-missing": { weight: "broken", words: "The pin file names a row that is not there any more." },
  "pin-differs": { weight: "broken", words: "Another row stands here than when the pin file was written." },
  "change-missing": {
    weight: "broken",
    words: "The ledger says that a change was stored, and the change is not in the data any more.",
  },
  "change-altered": {
    weight: "broken",
    words: "The ledger names a change whose signature does not hold: the change was altered.",
  },
  "entry-missing": {
    weight: "broken",
    words:
      "A call changed data and is not in the ledger, and no crash explains it: its entry was removed, or the ledger was off then (LEDGER=off) or could not be written. Where that is so, --since leaves that time out.",
  },
  // What a crash or a new key looks like too.
  "open-end": {
    weight: "incomplete",
    words: "Open end: the gateway still runs or was killed, or the end was cut off. Nobody can tell which.",
  },
  "older-key": {
    weight: "incomplete",
    words:
      "Rows are intact and can no longer be read: they were sealed with an older key, or with none of yours.",
  },
  "no-key": {
    weight: "incomplete",
    words: "No key was at hand: chains were checked, and nothing of what the rows say.",
  },
  "later-version": {
    weight: "incomplete",
    words: "A row says something that this version does not know: use the version of your gateway.",
  },
  "gap": { weight: "incomplete", words: "The gateway says that it could not note calls before this row." },
  "clock-back": {
    weight: "incomplete",
    words: "The row is older than the row before it: the gateway's clock was set back.",
  },
  "log-order": {
    weight: "incomplete",
    words:
      "The sync service lists the row before the row that it follows: its clock was set back, or the rows were moved.",
  },
  "entry-lost": {
    weight: "incomplete",
    words: "A call changed data and is not in the ledger, as after a crash.",
  },
  "change-unproved": {
    weight: "incomplete",
    words: "A change that the ledger names is there, and nothing proves that the gateway made it.",
  },
  "change-doubled": {
    weight: "incomplete",
    words:
      "Beside a change that the ledger names, another one says the same and proves nothing. In a shared space any member can write it.",
  },
  "before-ledger": {
    weight: "incomplete",
    words: "Changes of assistants are older than the ledger and were not compared; --since leaves them out.",
  },
  "table-unread": {
    weight: "incomplete",
    words: "A table could not be read, so its changes were not compared.",
  },
  "unusable": { weight: "incomplete", words: "The sync service gave entries that are no changes." },
  "no-row": {
    weight: "incomplete",
    words: "There is no row: the gateway keeps no ledger for you, or all of it was removed.",
  },
  // What is said and counts for nothing.
  "other-space": {
    weight: "note",
    words: "Rows of the ledger's table lie in another space, where others can write. They count for nothing.",
  },
  "unknown-outcome": {
    weight: "note",
    words: "Changes of which the gateway did not know whether they were stored: they were not.",
  },
} as const satisfies Readonly<Record<string, { readonly weight: Weight; readonly words: string }>>;

/** What a finding means for the whole. */
export function weightOf({ kind }: Pick<Finding, "kind">): Weight {
  return FINDINGS[kind].weight;
}
