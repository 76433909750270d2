// Reads the document of a grant: which records an app may see and change of what its scopes allow. The document is closed: anything
// that this file does not know makes the whole grant show nothing. Contract: auth-vault section 12; architecture, "Grants on data".
import { z } from "zod";
import { isTimeZone } from "../kit/is_time_zone.ts";
import { RECORDS_ENTRY_TYPE } from "../people/narrowing_members.ts";
import type { Access } from "../people/scopes.ts";
import { isBound } from "./bound.ts";

/**
 * Reads a document. Null for anything but a document that this gateway understands to its last member: a part that is passed over
 * may be the part that closes.
 *
 * @param text the entry as JSON, as `ConnectedClient.recordsDocument` has it
 * @param columns the tables of the Mana apps
 */
export function parseGrantDocument(text: string, columns: TableColumns): GrantDocument | null {
  const parsed = documentSchema().safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const { rules } = parsed.data;
  const names = new Set(rules.map(({ collection }) => collection));
  // Two rules for one collection: nobody could say which of them the person meant.
  if (names.size !== rules.length) return null;
  return rules.every((rule) => isKnown(rule, columns)) ? parsed.data : null;
}

/** Columns by table (`app/table`), and whether each may be sealed. What every record has (`id`, `createdAt`) is not among them. */
export type TableColumns = ReadonlyMap<string, ReadonlyMap<string, { readonly isSealed: boolean }>>;

/** A document that was understood. */
export interface GrantDocument {
  /** The zone in which relative days are counted. */
  readonly tz: string;
  /** Seconds since 1970 after which nothing is shown; null for no end. */
  readonly until: number | null;
  readonly rules: readonly GrantRule[];
}

/** What a document says of one collection; of every collection without a rule of its own where `collection` is `*`. */
export interface GrantRule {
  /** `app/table` or `*`. */
  readonly collection: string;
  readonly access: readonly Access[];
  /** May add records that it may not see. */
  readonly blind?: boolean | undefined;
  /** Ids of spaces, and `personal` for the person's own one; every space by default. */
  readonly spaces?: readonly string[] | undefined;
  /** All of them have to hold. */
  readonly where?: readonly GrantCondition[] | undefined;
  /** The fields that are shown, besides `id`, `createdAt` and `updatedAt`; every field by default. */
  readonly fields?: readonly string[] | undefined;
}

/** A condition on a field of the record, or on a record that is linked to it. */
export type GrantCondition = GrantTest | GrantLink;

/** A value that conditions compare with. */
export type Scalar = string | number | boolean;

/** A condition on one field in plaintext. */
export type GrantTest = { readonly field: string } & FieldTest;

/** How a value is compared. */
export type FieldTest =
  | { readonly op: "eq"; readonly value: Scalar }
  | { readonly op: "in" | "any" | "none"; readonly value: readonly Scalar[] }
  /** A number, a day, an instant, or days back from today (`-P30D`). */
  | { readonly op: "gte" | "lt"; readonly value: string | number };

/** A condition on linked records: those of `via` whose field `on` is the record's id, or the one whose id is the record's `key`. */
export type GrantLink =
  & { readonly via: string }
  & ({ readonly on: string; readonly key?: never } | { readonly key: string; readonly on?: never })
  & GrantTest;

/** The fields of every record that conditions may name besides those of its table. */
const STAMPS: ReadonlySet<string> = new Set(["createdAt", "updatedAt"]);

const MAX_RULES = 200;
const MAX_CONDITIONS = 20;
const MAX_VALUES = 100;
const MAX_FIELDS = 300;
/** Characters of a name or a value. */
const MAX_CHARS = 300;

/** Made when a document is read: most gateways never meet one, and each document is read once. */
function documentSchema() {
  const name = z.string().min(1).max(MAX_CHARS);
  const scalar = z.union([z.string().max(MAX_CHARS), z.number(), z.boolean()]);
  const bound = z.union([z.string().refine(isBound), z.number()]);
  const tested = <S extends z.ZodRawShape>(link: S) =>
    [
      z.strictObject({ ...link, field: name, op: z.literal("eq"), value: scalar }),
      z.strictObject({
        ...link,
        field: name,
        op: z.enum(["in", "any", "none"]),
        value: z.array(scalar).max(MAX_VALUES),
      }),
      z.strictObject({ ...link, field: name, op: z.enum(["gte", "lt"]), value: bound }),
    ] as const;
  const condition = z.union([
    ...tested({}),
    ...tested({ via: name, on: name }),
    ...tested({ via: name, key: name }),
  ]);
  const rule = z.strictObject({
    collection: name,
    access: z.array(z.enum(["read", "write", "destructive"])).max(3),
    blind: z.boolean().optional(),
    spaces: z.array(name).max(MAX_VALUES).optional(),
    where: z.array(condition).max(MAX_CONDITIONS).optional(),
    fields: z.array(name).max(MAX_FIELDS).optional(),
  });
  return z.strictObject({
    type: z.literal(RECORDS_ENTRY_TYPE),
    v: z.literal(1),
    tz: z.string().max(64).refine(isTimeZone),
    until: z.int().min(0).nullable(),
    rules: z.array(rule).max(MAX_RULES),
  });
}

/** Whether a rule names only what there is. */
function isKnown(
  { collection, access, blind, spaces, where, fields }: GrantRule,
  columns: TableColumns,
): boolean {
  if (blind === true && !access.includes("write")) return false;
  if (collection === "*") return spaces === undefined && where === undefined && fields === undefined;
  const own = columns.get(collection);
  if (own === undefined) return false;
  return (fields ?? []).every((field) => own.has(field) || field === "id" || STAMPS.has(field)) &&
    (where ?? []).every((condition) => isKnownCondition(condition, own, columns));
}

function isKnownCondition(
  condition: GrantCondition,
  own: ReadonlyMap<string, { readonly isSealed: boolean }>,
  columns: TableColumns,
): boolean {
  const isPlain = (table: typeof own, field: string) => table.get(field)?.isSealed === false;
  const isTested = (table: typeof own) => isPlain(table, condition.field) || STAMPS.has(condition.field);
  if (!("via" in condition)) return isTested(own);
  const linked = columns.get(condition.via);
  if (linked === undefined || !isTested(linked)) return false;
  return condition.key === undefined ? isPlain(linked, condition.on) : isPlain(own, condition.key);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
