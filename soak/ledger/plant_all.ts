import type { Change } from "../../lib/changes/change.ts";
import type { Finding } from "../../scripts/ledger/finding.ts";
import { type Logs, type Owner, verifyLogs } from "../../tests/ledger/_logs.ts";
import { chainsOf, PLANTED } from "../../tests/ledger/_planted.ts";
import type { Random } from "../random.ts";

/** How often each kind of change is tried. */
const TRIES = 6;

/** Done to a change of the data, which the ledger does not always name. */
const OF_DATA: ReadonlySet<string> = new Set(["a change of the data is gone", "another value in the data"]);

/** What was planted. */
export interface PlantedReport {
  /** By what was done: how often, and how often it was found. */
  readonly counts: ReadonlyMap<string, { readonly tried: number; readonly found: number }>;
  /** What was not found. */
  readonly missed: readonly string[];
}

/** Plants each kind of change at places that chance picks, one at a time, and has the verifier look for it. */
export async function plantAll({ logs, owner, unnoted, random }: {
  readonly logs: Logs;
  readonly owner: Owner;
  readonly unnoted: Change;
  readonly random: Random;
}): Promise<PlantedReport> {
  const before = await verifyLogs(logs, owner);
  const counts = new Map<string, { tried: number; found: number }>();
  const missed: string[] = [];
  for (const [name, plant] of Object.entries(PLANTED)) {
    const count = { tried: 0, found: 0 };
    counts.set(name, count);
    for (let number = 0; number < TRIES; number++) {
      const planted = plant({ logs, pick: (most) => random.whole(0, Math.max(0, most - 1)), unnoted });
      if (planted === null) continue;
      const { code, verified } = await verifyLogs(planted.logs, owner);
      // Of a chain that is gone as a whole, and that neither a row nor the data name, nothing is left to see.
      if (planted.isTail && chainsOf(planted.logs).length < chainsOf(logs).length) continue;
      const [was, is] = [placesOf(before.verified.findings), placesOf(verified.findings)];
      // A change of a call that a kill kept out of the ledger, or that may not have been stored: its absence contradicts nothing.
      if (OF_DATA.has(name) && was.difference(is).size > 0) continue;
      if (OF_DATA.has(name) && isOnlyUnknown(is.difference(was))) continue;
      count.tried += 1;
      if (is.difference(was).size > 0 && code !== 0) count.found += 1;
      else missed.push(name);
    }
  }
  return { counts, missed };
}

function placesOf(findings: readonly Finding[]): Set<string> {
  return new Set(findings.map(({ kind, chain, seq, more }) => JSON.stringify([kind, chain, seq, more])));
}

function isOnlyUnknown(places: ReadonlySet<string>): boolean {
  return places.size > 0 && [...places].every((place) => place.startsWith('["unknown-outcome"'));
}
