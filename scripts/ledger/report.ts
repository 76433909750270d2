// What was found, as lines for a terminal: each finding with its time, its chain and row, and what it means; then the verdict. Holds no
// text of a record. Names of tools and tables come out of rows, so nothing of them may steer the terminal.
import { counted } from "../../lib/kit/counted.ts";
import { oneLine } from "../undo/plan_lines.ts";
import { BROKEN, CLEAN } from "./exit_codes.ts";
import { type Finding, type FindingKind, FINDINGS, type Weight, weightOf } from "./finding.ts";
import { exitCodeOf, type VerifiedLedger } from "./verify_ledger.ts";

/** The lines. `compared` is null where there was no data to compare with. */
export function reportLines(
  { chains, rowCount, opened, findings }: VerifiedLedger,
  compared: number | null,
): readonly string[] {
  const calls = new Set(
    opened.flatMap(({ open }) => open.flatMap(({ said }) => (said?.entries ?? []).map(({ call }) => call))),
  );
  const read = opened.length === 0 ? "" : `, ${counted(calls.size, "call")}`;
  const held = compared === null ? "" : `; held against ${counted(compared, "change")} in the data`;
  return [
    `Ledger: ${counted(chains.size, "chain")}, ${counted(rowCount, "row")}${read}${held}.`,
    ...WEIGHTS.flatMap((weight) =>
      linesOf(weight, findings.filter((finding) => weightOf(finding) === weight))
    ),
    verdictOf(findings),
  ];
}

const WEIGHTS: readonly Weight[] = ["broken", "incomplete", "note"];
/** Findings of one kind that are listed; an old ledger has many open ends. */
const LISTED = 20;
const MAX_MORE_CHARS = 200;

function linesOf(weight: Weight, findings: readonly Finding[]): string[] {
  const byKind = Map.groupBy(findings, ({ kind }) => kind);
  return [...byKind].flatMap(([kind, some]) => {
    const sorted = some.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
    const lines = sorted.slice(0, LISTED).map((finding) => `${weight}: ${lineOf(finding)}`);
    const hidden = sorted.length - lines.length;
    return hidden === 0 ? lines : [...lines, `${weight}: ${hidden} more like this. ${wordsOf(kind)}`];
  });
}

function lineOf({ kind, chain, seq, at, more }: Finding): string {
  const place = [
    ...(at === null ? [] : [new Date(at).toISOString()]),
    ...(chain === null ? [] : [`chain ${chain}`]),
    ...(seq === null ? [] : [`row ${seq}`]),
  ].join(", ");
  const words = `${wordsOf(kind)}${more === undefined ? "" : ` ${oneLine(more, MAX_MORE_CHARS)}`}`;
  return place === "" ? words : `${place}: ${words}`;
}

function wordsOf(kind: FindingKind): string {
  return FINDINGS[kind].words;
}

function verdictOf(findings: readonly Finding[]): string {
  switch (exitCodeOf(findings)) {
    case CLEAN:
      return "Clean: every row stands where it was written, and the data agree. What a gateway left out, no ledger shows.";
    case BROKEN:
      return "Broken: somebody removed or changed something. No crash looks like this: keep an export (--export) and ask your operator.";
    default:
      return "Incomplete: nothing contradicts the ledger, but not everything could be checked.";
  }
}
