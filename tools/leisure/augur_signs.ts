// The signs of augur: their table, and what a text filter looks into.
import { choices, defineAppTable } from "../../lib/tool/authoring.ts";

/** Omens, fortunes and hunches. */
export const signs = defineAppTable("augur/augurEntries", {
  record: "sign",
  fields: [
    "kind",
    "source",
    "sourceCategory",
    "claim",
    "vibe",
    "feltMeaning",
    "expectedOutcome",
    "expectedBy",
    "probability",
    "outcome",
    "outcomeNote",
    "resolvedAt",
    "encounteredAt",
    "tags",
    "isArchived",
  ],
});

/** Inputs of several tools. */
export const Kind = choices("augur/augurEntries", "kind");
export const SourceCategory = choices("augur/augurEntries", "sourceCategory");
export const Vibe = choices("augur/augurEntries", "vibe");

/** What a text filter looks into. */
export function textsOf(sign: Partial<Record<(typeof SEARCHED)[number], unknown>>): readonly unknown[] {
  return SEARCHED.map((name) => sign[name]);
}

const SEARCHED = ["source", "claim", "feltMeaning", "expectedOutcome", "outcomeNote", "tags"] as const;
