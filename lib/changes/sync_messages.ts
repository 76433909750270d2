import { z } from "zod";
import { type Hide, hide, type Secret } from "../kit/secret.ts";
import { type Change, createShare, isMembers, parseChange } from "./change.ts";
import { parseInstant } from "./instant.ts";

export type { Change } from "./change.ts";

/** One page of a pull. */
export interface PullPortion {
  readonly changes: readonly Change[];
  /** How many entries were no change that can be used and left out, one by one (sync contract section 7). */
  readonly malformed: number;
  /** Comparable instant (instant.ts). */
  readonly syncedUntil: string;
  readonly hasMore: boolean;
}

/** A value with its stamp under both names: HEAD reads `at`, the seed `updatedAt` (sync contract section 0). */
export interface PushField {
  readonly value: unknown;
  readonly at: string;
  readonly updatedAt: string;
}

/** Who changed something, shown in the app's history (sync contract section 9). */
export interface PushActor {
  readonly kind: "ai";
  readonly principalId: string;
  readonly displayName: string;
  readonly rationale: string;
}

/** One change on its way to the service. */
export interface PushChange {
  readonly table: string;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  readonly spaceId?: string;
  readonly actor: PushActor;
  readonly origin: "agent";
  readonly data?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, PushField>>;
  readonly deletedAt?: string;
}

/** Body of a push (sync contract section 2). */
export interface PushRequest {
  readonly clientId: string;
  readonly since: string;
  readonly schemaVersion: 1;
  readonly changes: readonly PushChange[];
}

/** A pull's answer, or null when it is not one. Entries of another table than the asked one count as malformed. */
export function parsePullPortion(json: unknown, table: string): PullPortion | null {
  const page = parsePage(json);
  const syncedUntil = page === null ? null : parseInstant(page.syncedUntil);
  if (page === null || syncedUntil === null) return null;
  const changes: Change[] = [];
  const share = createShare();
  for (const entry of page.entries) {
    const change = parseChange(entry, table, share);
    if (change !== null) changes.push(change);
  }
  return { changes, malformed: page.entries.length - changes.length, syncedUntil, hasMore: page.hasMore };
}

/** Whether `json` is the answer to a push that was stored: anything else leaves open what became of it. */
export function isPushAnswer(json: unknown): boolean {
  return parsePage(json) !== null;
}

/** What both answers have in common (sync contract sections 2 and 3), or null when it is neither. */
function parsePage(json: unknown) {
  if (!isMembers(json)) return null;
  const { serverChanges, syncedUntil, hasMore = null } = json;
  // The service leaves empty lists out of nothing, but a nil list of its language would be null.
  const entries: readonly unknown[] | null = serverChanges === null
    ? []
    : Array.isArray(serverChanges)
    ? serverChanges
    : null;
  if (entries === null || typeof syncedUntil !== "string") return null;
  if (hasMore !== null && typeof hasMore !== "boolean") return null;
  return { entries, syncedUntil, hasMore: hasMore ?? false };
}

/** The vault's answer to a request for the key (auth-vault contract section 5). */
export type VaultKeyAnswer =
  | { readonly kind: "key"; readonly masterKey: Secret<string> }
  | { readonly kind: "zero-knowledge" }
  | { readonly kind: "invalid" };

const RawKey = z.object({
  requiresRecoveryCode: z.unknown().optional(),
  masterKey: z.unknown().optional(),
  formatVersion: z.unknown().optional(),
});

/** Reads the vault's answer; whether `masterKey` is a key is for the importer to say. */
export function parseVaultKeyAnswer(json: unknown, hidden: Hide = hide): VaultKeyAnswer {
  const raw = RawKey.safeParse(json);
  if (!raw.success) return { kind: "invalid" };
  const { requiresRecoveryCode, masterKey, formatVersion } = raw.data;
  // The vault has no `zeroKnowledge` member: these two are how it shows.
  if (requiresRecoveryCode === true || masterKey === undefined || masterKey === null) {
    return { kind: "zero-knowledge" };
  }
  if (typeof masterKey !== "string" || formatVersion !== 1) return { kind: "invalid" };
  return { kind: "key", masterKey: hidden(masterKey) };
}

const VaultStatus = z.object({ vaultExists: z.boolean(), zeroKnowledge: z.boolean() });

/** What the vault says of itself without giving the key: whether a server may have one. Null when it is no such answer. */
export function parseVaultStatus(json: unknown): "open" | "zero-knowledge" | "none" | null {
  const raw = VaultStatus.safeParse(json);
  if (!raw.success) return null;
  if (!raw.data.vaultExists) return "none";
  return raw.data.zeroKnowledge ? "zero-knowledge" : "open";
}
