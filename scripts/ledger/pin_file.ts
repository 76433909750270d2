// The pin file: the newest row of each chain as somebody saw it. What was pinned cannot be cut or changed later without being found. It
// holds no key and no text; whoever can change it can make the next run see less, so it is readable and writable for its owner alone.
import { z } from "zod";
import { CHAIN, HASH } from "../../lib/ledger/ledger_row.ts";
import { type Chain, timeOf } from "./chains.ts";
import type { Finding } from "./finding.ts";

/** Reads the text of a pin file; null for anything else. */
export function parsePins(text: string): Pins | null {
  try {
    return Pins.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether pins are of this ledger. */
export function isPinOf({ person, sync }: Pins, whose: FoundName): boolean {
  return person === whose.person && (whose.sync === null || sync === whose.sync);
}

/** What pins name and is not there any more. */
export function checkPins(
  { heads }: Pick<Pins, "heads">,
  chains: ReadonlyMap<string, Chain>,
): readonly Finding[] {
  return Object.entries(heads).flatMap(([chain, [seq, hash]]): Finding[] => {
    const row = chains.get(chain)?.bySeq.get(seq);
    if (row === undefined) return [{ kind: "pin-missing", chain, seq, at: null }];
    return row.hash === hash ? [] : [{ kind: "pin-differs", chain, seq, at: timeOf(row.createdAt) }];
  });
}

/** The text of the pin file after a run. */
export function pinText(whose: LedgerName, chains: ReadonlyMap<string, Chain>): string {
  const heads: Pins["heads"] = {};
  for (const { id, rows } of chains.values()) {
    const head = rows.at(-1);
    if (head !== undefined) heads[id] = [head.seq, head.hash];
  }
  const { person, sync } = whose;
  const pins: Pins = { v: 1, person, sync, heads };
  return `${JSON.stringify(pins)}\n`;
}

/** Whose ledger it is, and where. */
export interface LedgerName {
  /** `sub` of the person. */
  readonly person: string;
  /** Address of the sync service. */
  readonly sync: string;
}

/** The same out of a file. A download of the person's page does not say from where it is: null. */
export interface FoundName {
  readonly person: string;
  readonly sync: string | null;
}

/** Reads {@link Pins}. */
const Pins = z.strictObject({
  v: z.literal(1),
  person: z.string().min(1),
  sync: z.string().min(1),
  heads: z.record(z.string().regex(CHAIN), z.tuple([z.int().min(0), z.string().regex(HASH)])),
});
/** The newest row of each chain, by number and hash. */
export type Pins = z.infer<typeof Pins>;
