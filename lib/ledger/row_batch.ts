// What goes into the next rows of a person's chain: calls that wait, with what is told beside them. Makes the texts of the bodies;
// the chain seals and sends them (row_chain.ts).
import type { Authorship } from "../authorship/authorship.ts";
import { type Allowed, hashAllowed } from "./allowed.ts";
import type { GrantCount } from "./chain_writer.ts";
import type { ChainHeads } from "./chain_heads.ts";
import { cutBodies, type NotedCall } from "./cut_bodies.ts";
import type { GrantWindow } from "./ledger_body.ts";
import type { RowChain } from "./row_chain.ts";
import type { WaitingCall } from "./waiting_call.ts";

/** Bodies on their way into rows. */
export interface RowBatch {
  readonly calls: readonly WaitingCall[];
  /** The key that seals the rows. */
  readonly key: CryptoKey;
  readonly bodies: readonly string[];
  /** When they were made, milliseconds since 1970: as the bodies say, and outside the seal too. */
  readonly at: number;
  /** How many calls the first row tells as lost. */
  readonly gap: number;
  readonly isEnd: boolean;
  /** To be noted in the chain once all rows are stored. */
  readonly told: readonly string[];
  readonly seen: ReadonlyMap<string, number>;
}

/** What {@link makeBatch} makes rows of. */
export interface BatchParts {
  readonly calls: readonly WaitingCall[];
  readonly key: CryptoKey;
  readonly at: number;
  readonly gap: number;
  readonly isEnd: boolean;
  /** By grant. */
  readonly counts: ReadonlyMap<string, GrantCount>;
}

/** The texts of the next rows. Throws what `Authorship.pseudonymOf` throws. */
export async function makeBatch(
  chain: RowChain,
  heads: ChainHeads,
  pseudonymOf: (appKey: string) => ReturnType<Authorship["pseudonymOf"]>,
  { calls, key, at, gap, isEnd, counts }: BatchParts,
): Promise<RowBatch> {
  const grants = new Map<string, Allowed>();
  const hashes = new Map<string, string>();
  const apps = new Map<string, string>();
  const entries: NotedCall[] = [];
  for (const call of calls) {
    let app = call.appKey === "" ? "" : apps.get(call.appKey);
    if (app === undefined) apps.set(call.appKey, app = await pseudonymOf(call.appKey) ?? "");
    entries.push({
      at: call.at,
      grant: call.client?.grantId ?? "",
      app,
      allowed: allowedOf(call, hashes, grants, chain),
      tool: call.tool,
      call: call.callId,
      args: call.args,
      read: call.read,
      looked: call.looked,
      wrote: call.wrote,
      outcome: call.outcome,
    });
  }
  const seen = new Map<string, readonly [number, string]>();
  for (const [other, { seq, hash }] of heads.all) {
    if (other !== chain.id && (chain.seen.get(other) ?? -1) < seq) seen.set(other, [seq, hash]);
  }
  const bodies = cutBodies({ at, entries, seen, grants, window: windowsOf(counts), gap, isEnd });
  const seqs = new Map([...seen].map(([other, [seq]]) => [other, seq]));
  return { calls, key, bodies, at, gap, isEnd, told: [...grants.keys()], seen: seqs };
}

/** The hash of what the call's grant allowed; notes it in `grants` where the chain has not told it. */
function allowedOf(
  { client, scopes }: WaitingCall,
  hashes: Map<string, string>,
  grants: Map<string, Allowed>,
  chain: RowChain,
): string {
  if (client === null) return "";
  const document = client.recordsDocument ?? null;
  const place = `${client.tokenId} ${document}`;
  const known = hashes.get(place);
  if (known !== undefined) return known;
  const allowed = { scope: [...scopes ?? []].sort().join(" "), document };
  const hash = hashAllowed(allowed);
  hashes.set(place, hash);
  if (!chain.told.has(hash)) grants.set(hash, allowed);
  return hash;
}

function windowsOf(counts: BatchParts["counts"]): Map<string, GrantWindow> {
  const windows = new Map<string, GrantWindow>();
  for (const [grant, { principal, window }] of counts) {
    const counted = window({ principal });
    if (counted !== null) windows.set(grant, counted);
  }
  return windows;
}
