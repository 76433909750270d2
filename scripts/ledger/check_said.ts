// Checks what opened rows say: of themselves, and of the rows of other chains. Every row names the newest rows of the other chains, so
// that a chain which is cut contradicts all that were written after it. Pure.
import { type Chain, timeOf } from "./chains.ts";
import type { Finding } from "./finding.ts";
import type { OpenedChain, OpenedRow } from "./open_chains.ts";

/** What does not fit together. `chains` are all chains of the log. */
export function checkSaid(
  opened: readonly OpenedChain[],
  chains: ReadonlyMap<string, Chain>,
): readonly Finding[] {
  return [
    ...opened.flatMap((chain) => checkTimes(chain)),
    ...opened.flatMap((chain) => checkEnd(chain)),
    ...checkHeads(opened, chains),
    ...checkOrder(opened),
  ];
}

/** The times of a chain go forward; gaps are told. */
function checkTimes({ id, open }: OpenedChain): Finding[] {
  const findings: Finding[] = [];
  let latest = -Infinity;
  for (const { seq, said } of open) {
    if (said === null) continue;
    const { at, gap = 0 } = said;
    const place = { chain: id, seq, at };
    if (at < latest) findings.push({ kind: "clock-back", ...place });
    if (gap > 0) findings.push({ kind: "gap", ...place, more: gap === 1 ? "1 call." : `${gap} calls.` });
    latest = Math.max(latest, at);
  }
  return findings;
}

/** A chain that was ended has no more rows; a chain without an end is open. */
function checkEnd({ id, rows, open }: OpenedChain): Finding[] {
  const end = open.find(({ said }) => said?.end === true);
  const last = rows.at(-1);
  if (last === undefined) return [];
  if (end === undefined) {
    // Of a chain of which nothing opens nobody knows whether it was ended: that finding stands already.
    const lastOpen = open.at(-1);
    if (lastOpen === undefined) return [];
    return [{
      kind: "open-end",
      chain: id,
      seq: lastOpen.seq,
      at: lastOpen.said?.at ?? timeOf(lastOpen.createdAt),
    }];
  }
  return rows.filter(({ seq }) => seq > end.seq).map(({ seq, createdAt }) => ({
    kind: "row-after-end",
    chain: id,
    seq,
    at: timeOf(createdAt),
  }));
}

/** Every row that is named stands where it was named. */
function checkHeads(opened: readonly OpenedChain[], chains: ReadonlyMap<string, Chain>): Finding[] {
  // Each named row once, by whoever names it first: a cut chain is named by many rows.
  const found = new Map<string, Finding>();
  for (const { namer, chain, seq, hash } of headsIn(opened)) {
    const more = `Named by row ${namer.seq} of ${namer.chain}.`;
    const at = namer.said?.at ?? null;
    const named = chains.get(chain);
    if (named === undefined) {
      if (!found.has(chain)) found.set(chain, { kind: "chain-missing", chain, seq: null, at, more });
      continue;
    }
    const row = named.bySeq.get(seq);
    const place = `${chain} ${seq}`;
    if (row !== undefined && row.hash !== hash && !found.has(place)) {
      found.set(place, { kind: "head-differs", chain, seq, at, more });
    }
    // A hole in the middle is told as such.
    const last = named.rows.at(-1)?.seq ?? -1;
    if (seq > last && !found.has(chain)) {
      found.set(chain, { kind: "tail-missing", chain, seq: last + 1, at, more });
    }
  }
  return [...found.values()];
}

/** No row names a row that names the first one, or a later one of its chain: of the two, one would be older than itself. */
function checkOrder(opened: readonly OpenedChain[]): Finding[] {
  // By chain: how far each of its rows and those before it had seen each other chain.
  const seenBy = new Map<string, Map<string, Step[]>>();
  for (const { namer, chain, seq } of headsIn(opened)) {
    let others = seenBy.get(namer.chain);
    if (others === undefined) seenBy.set(namer.chain, others = new Map());
    const steps = others.get(chain) ?? [];
    if (seq > (steps.at(-1)?.until ?? -1)) steps.push({ by: namer.seq, until: seq });
    others.set(chain, steps);
  }
  const findings: Finding[] = [];
  for (const { namer, chain, seq } of headsIn(opened)) {
    const until = chain === namer.chain ? seq : seenUntil(seenBy.get(chain)?.get(namer.chain) ?? [], seq);
    if (until < namer.seq) continue;
    findings.push({
      kind: "named-too-early",
      chain: namer.chain,
      seq: namer.seq,
      at: namer.said?.at ?? null,
      more: `It names row ${seq} of ${chain}.`,
    });
  }
  return findings;
}

/** How far a chain had seen another one by one of its rows. */
interface Step {
  readonly by: number;
  readonly until: number;
}

/** How far the other chain was seen by the row of this number and those before it; -1 for not at all. */
function seenUntil(steps: readonly Step[], seq: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.by ?? Infinity) <= seq) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.until ?? -1;
}

interface Head {
  /** The row that names. */
  readonly namer: OpenedRow;
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

function* headsIn(opened: readonly OpenedChain[]): Generator<Head> {
  for (const { open } of opened) {
    for (const namer of open) {
      for (const [chain, [seq, hash]] of Object.entries(namer.said?.seen ?? {})) {
        yield { namer, chain, seq, hash };
      }
    }
  }
}
