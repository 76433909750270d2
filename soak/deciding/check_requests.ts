// Holds what people decided about the requests of apps against the log: a yes is carried out once and by the same bytes, however often it
// was pressed and wherever an answer was lost, and nothing is done without a yes.
import type { LogRow } from "../sequential_fold.ts";
import { isSame } from "../open_value.ts";
import type { Verdicts } from "../verdicts.ts";
import type { DecidedRequest } from "./decided_request.ts";

const ONCE =
  "what the person allows an app is done once, however often they press, and nothing without their yes";

/** `rows` are all of the table of the requests that any of the people can read. */
export function checkRequests(
  requests: readonly DecidedRequest[],
  rows: readonly LogRow[],
  verdicts: Verdicts,
): void {
  const deletions = new Map<string, LogRow[]>();
  const known = new Map(rows.map((row) => [row.eventId, row]));
  for (const row of known.values()) {
    if (row.op !== "delete" || row.actor?.rationale !== REQUESTED) continue;
    const key = keyOf(row.actor.displayName ?? "", row.id);
    const found = deletions.get(key);
    if (found === undefined) deletions.set(key, [row]);
    else found.push(row);
  }
  for (const [key, of] of Map.groupBy(requests, ({ app, id }) => keyOf(app, id))) {
    // One record is asked for again where it was not deleted, or came back: each yes is a call of its own.
    const calls = Map.groupBy(deletions.get(key) ?? [], ({ actor }) => callOf(actor?.iterationId ?? ""));
    const done = of.filter(({ outcome }) => outcome === "done").length;
    const open = of.filter(({ outcome }) => outcome === "unknown").length;
    const evidence = () =>
      `${key}: ${calls.size} done in the log; told ${of.map(({ fate, outcome }) => `${fate} ${outcome}`)}`;
    verdicts.judge(ONCE, calls.size >= done && calls.size <= done + open, evidence);
    for (const [call, [first, ...again]] of calls) {
      const isSameBytes = again.every((row) => isSame(contentOf(row), contentOf(first)));
      verdicts.judge(ONCE, isSameBytes, () => `${key} ${call} was stored in two ways`);
    }
  }
  for (const key of deletions.keys()) {
    const isAsked = requests.some(({ app, id }) => keyOf(app, id) === key);
    if (!isAsked) verdicts.fail(ONCE, `${key} was deleted, and nobody was asked`);
  }
}

/** The tool that has to ask. */
export const REQUESTED = "journal.delete";

function keyOf(app: string, id: string): string {
  return `${app} ${id}`;
}

/** The call of a row: what is behind it proves the writer. */
function callOf(iterationId: string): string {
  return iterationId.split(".")[0] ?? "";
}

function contentOf(row: LogRow | undefined): unknown {
  return row === undefined ? null : [row.id, row.op, row.spaceId, row.deletedAt, row.actor];
}
