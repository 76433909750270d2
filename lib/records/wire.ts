import { z } from "zod";
import { type Hide, hide, type Secret } from "../secret.ts";
import { MAX_JSON_DEPTH } from "../limits.ts";
import { isDeeperThan } from "./depth.ts";
import { parseInstant } from "./instant.ts";

/** One change of one record, as far as folding needs it (sync contract section 3). */
export interface Change {
  /** The service's id of this log row; null where it gave none. */
  readonly eventId: string | null;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  /** The stored space id; "" for none. */
  readonly spaceId: string;
  /** Fields of an insert. A map, since names come from outside (`__proto__`). */
  readonly data: ReadonlyMap<string, unknown> | null;
  /** Fields of an update. */
  readonly fields: ReadonlyMap<string, { readonly value: unknown; readonly stamp: string }> | null;
  readonly deletedAt: string | null;
}

/** One page of a pull. */
export interface PullPage {
  readonly changes: readonly Change[];
  /** How many entries were no change at all and left out, one by one (sync contract section 7). */
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

const Members = z.custom<object>((value) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
);
const Text = z.string().nullish().catch(undefined);

const RawField = Members.refine((value) => "value" in value);
const RawChange = z.object({
  eventId: Text,
  table: z.string().min(1),
  id: z.string().min(1),
  op: z.enum(["insert", "update", "delete"]),
  spaceId: Text,
  data: Members.nullish(),
  fields: Members.nullish(),
  deletedAt: Text,
});
const RawPage = z.object({
  // The service leaves empty lists out of nothing, but a nil list of its language would be null.
  serverChanges: z.array(z.unknown()).nullable(),
  syncedUntil: z.string(),
  hasMore: z.boolean().nullish(),
});

/** A pull's answer, or null when it is not one. Entries of another table than the asked one count as malformed. */
export function parsePullPage(json: unknown, table: string): PullPage | null {
  const page = RawPage.safeParse(json);
  if (!page.success) return null;
  const syncedUntil = parseInstant(page.data.syncedUntil);
  if (syncedUntil === null) return null;
  const entries = page.data.serverChanges ?? [];
  const changes: Change[] = [];
  for (const entry of entries) {
    const change = parseChange(entry, table);
    if (change !== null) changes.push(change);
  }
  return {
    changes,
    malformed: entries.length - changes.length,
    syncedUntil,
    hasMore: page.data.hasMore ?? false,
  };
}

/** Whether `json` is the answer to a push that was stored: anything else leaves open what became of it. */
export function isPushAnswer(json: unknown): boolean {
  return RawPage.safeParse(json).success;
}

function parseChange(entry: unknown, table: string): Change | null {
  const parsed = RawChange.safeParse(entry);
  if (!parsed.success || parsed.data.table !== table || isDeeperThan(entry, MAX_JSON_DEPTH)) return null;
  const { eventId, id, op, deletedAt } = parsed.data;
  const data = parsed.data.data ? new Map<string, unknown>(Object.entries(parsed.data.data)) : null;
  let fields: Map<string, { value: unknown; stamp: string }> | null = null;
  if (parsed.data.fields) {
    fields = new Map();
    for (const [name, raw] of Object.entries(parsed.data.fields)) {
      const field = RawField.safeParse(raw);
      if (!field.success) return null;
      const stamp: unknown = Reflect.get(field.data, "at") ?? Reflect.get(field.data, "updatedAt");
      fields.set(name, {
        value: Reflect.get(field.data, "value"),
        stamp: typeof stamp === "string" ? stamp : "",
      });
    }
  }
  const spaceId = firstText(parsed.data.spaceId, data?.get("spaceId"), fields?.get("spaceId")?.value);
  return { eventId: eventId ?? null, id, op, spaceId, data, fields, deletedAt: deletedAt || null };
}

/** The service's order for the space id of a row: change, data, fields, none (sync contract section 2). */
function firstText(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) if (typeof candidate === "string" && candidate !== "") return candidate;
  return "";
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
