// Makes the document of a grant (RFC 9396, type `mana_records`) of what the person chose: which records and fields of which tables the
// gateway lets the app have. Made anew at each introspection; the gateway obeys it and knows nothing of modules (lib/grants/).
// Contract: auth-vault section 12.
import { DOCUMENT_BYTES } from "../../kit/limits.ts";
import type { FieldPlace, GrantableModule, GrantableNarrowing } from "./grantable_modules.ts";
import type { Grant } from "./grant.ts";
import type { ModuleChoice } from "./narrowing.ts";
import type { Permission } from "./scopes.ts";

/**
 * The document of a grant; `undefined` where nothing is narrowed, so that the scopes alone rule.
 *
 * - **A table that a narrowed module owns** (those of its collection's app) has a rule: spaces and fields as chosen, the conditions on the
 *   collection and on what else has a day. Parts follow what they belong to by themselves.
 * - **Every other table** is under `*`. A module that is not narrowed sees its own tables as before, and the table of a narrowed module
 *   only as far as that module's choice: what the person closed stays closed, whoever asks.
 * - **Time blocks** are everybody's, and follow the record that they are of. They carry copies of its texts: of them an app reads the
 *   fields that every narrowed module lets through. They may be added with texts, as the owner is, but not changed in them.
 * - **Tags** themselves (their names) are a module of their own; which record has which tag is part of the record.
 * - **Links** tell that a record is there, so those to records of a module with conditions are left out.
 *
 * What cannot be said exactly closes the grant ({@link UNREADABLE}): a choice of a newer version, words that the module list does not
 * have, a document that is too large.
 */
export function recordsDocument(
  modules: readonly GrantableModule[],
  { permissions, narrowing, zoneinfo, expiresAt }: DocumentSource,
): RecordsEntry | undefined {
  if (narrowing === undefined) return undefined;
  if (narrowing === "unreadable") return UNREADABLE;
  const narrowed: Narrowed[] = [];
  for (const module of modules) {
    const choice = narrowing.modules[module.name];
    const accesses = ACCESSES.filter((access) => permissions.includes(`${module.name}:${access}`));
    if (choice === undefined || accesses.length === 0) continue;
    if (!isSaid(module.narrowing, choice)) return UNREADABLE;
    narrowed.push({ name: module.name, by: module.narrowing, choice, accesses });
  }
  if (narrowed.length === 0) return undefined;
  const given = { permissions, modules };
  const entry: RecordsEntry = {
    type: "mana_records",
    v: 1,
    tz: zoneinfo ?? "UTC",
    until: expiresAt === undefined ? null : Math.floor(expiresAt / 1000),
    rules: [
      { collection: "*", access: ACCESSES },
      ...narrowed.flatMap((module) => ownTables(module.by).map((table) => ruleOf(table, module, given))),
      ...timeBlocks(narrowed, given),
      ...links(narrowed),
    ],
  };
  return new TextEncoder().encode(JSON.stringify(entry)).length > DOCUMENT_BYTES ? UNREADABLE : entry;
}

/** {@link recordsDocument} of an installation's modules. */
export type DocumentOf = (grant: DocumentSource) => RecordsEntry | undefined;

/** What a document is made of. */
export type DocumentSource = Pick<Grant, "permissions" | "narrowing" | "zoneinfo" | "expiresAt">;

/** An entry of `authorization_details`. */
export type RecordsEntry = RecordsDocument | typeof UNREADABLE;

/** A version that no gateway knows: the app is shown nothing. */
export const UNREADABLE = { type: "mana_records", v: 0 } as const;

/** A document, in the form that the gateway parses. */
export interface RecordsDocument {
  readonly type: "mana_records";
  readonly v: 1;
  /** The zone in which days are counted back. */
  readonly tz: string;
  /** Seconds since 1970; null: no end. */
  readonly until: number | null;
  readonly rules: readonly RecordsRule[];
}

/** What holds for one table, or for `*`, every table without a rule. */
export interface RecordsRule {
  readonly collection: string;
  readonly access: readonly Access[];
  readonly blind?: true;
  readonly spaces?: readonly string[];
  readonly where?: readonly RecordsCondition[];
  readonly fields?: readonly string[];
}

/** A condition on a plaintext field. */
export type RecordsCondition =
  & FieldPlace
  & (
    | { readonly op: "gte"; readonly value: string }
    | { readonly op: "any" | "none"; readonly value: readonly string[] }
  );

type Access = "read" | "write" | "destructive";
const ACCESSES: readonly Access[] = ["read", "write", "destructive"];

/** A narrowed module of the grant. */
interface Narrowed {
  readonly name: string;
  readonly by: GrantableNarrowing;
  readonly choice: ModuleChoice;
  readonly accesses: readonly Access[];
}

/** What was allowed, and in which modules. */
interface Given {
  readonly permissions: readonly Permission[];
  readonly modules: readonly GrantableModule[];
}

/** Whether the module list has all that the choice names. */
function isSaid(
  by: GrantableNarrowing | undefined,
  { fields, tags }: ModuleChoice,
): by is GrantableNarrowing {
  return by !== undefined && (tags === undefined || by.tags !== undefined) &&
    (fields === undefined || by.fieldChoices.some(({ name }) => name === fields));
}

function ownTables({ collection, tables }: GrantableNarrowing): string[] {
  return tables.filter((table) => appOf(table) === appOf(collection));
}

function ruleOf(table: string, module: Narrowed, given: Given): RecordsRule {
  const { by, choice, accesses } = module;
  const access = ACCESSES.filter((one) =>
    // Others may write here (a tag on a contact), but nobody reads more than the module itself may.
    accesses.includes(one) || (one !== "read" && isUsedBy(given, table, one))
  );
  const canRead = accesses.includes("read");
  // Who may add and not read adds what it does not see, whether or not that was ticked: the permissions say so.
  const isBlind = access.includes("write") && (choice.blind === true || !canRead);
  const where = conditions(table, by, choice);
  const fields = readableFields(by, choice)?.[table];
  return {
    collection: table,
    access,
    ...(isBlind ? { blind: true } : {}),
    ...(choice.spaces === undefined ? {} : { spaces: choice.spaces }),
    ...(where.length === 0 ? {} : { where }),
    ...(fields === undefined ? {} : { fields }),
  };
}

function conditions(
  table: string,
  by: GrantableNarrowing,
  { since, tags }: ModuleChoice,
): RecordsCondition[] {
  const day = table === by.collection ? by.since ?? CHANGED : fieldOf(by.alsoSince?.[table]);
  const found: RecordsCondition[] = [];
  if (since !== undefined && day !== undefined) {
    found.push({ ...day, op: "gte", value: since.startsWith("P") ? `-${since}` : since });
  }
  if (tags !== undefined && by.tags !== undefined && table === by.collection) {
    const { kind: _, ...place } = by.tags;
    found.push({ ...place, op: "any", value: tags });
  }
  return found;
}

/** What stands in for a day where a record has none. */
const CHANGED: FieldPlace = { field: "updatedAt" };

function fieldOf(field: string | undefined): FieldPlace | undefined {
  return field === undefined ? undefined : { field };
}

function readableFields(
  { fieldChoices }: GrantableNarrowing,
  { fields }: ModuleChoice,
): Readonly<Record<string, readonly string[]>> | undefined {
  return fieldChoices.find(({ name }) => name === fields)?.fields;
}

/** Whether an allowed permission of any module is about this table. */
function isUsedBy({ modules, permissions }: Given, table: string, access: Access): boolean {
  return modules.some(({ name, narrowing }) =>
    narrowing?.tables.includes(table) === true && permissions.includes(`${name}:${access}`)
  );
}

const TIME_BLOCKS = "timeblocks/timeBlocks";

/** The rule of time blocks: what every narrowed module lets through of their fields. None where all fields are. */
function timeBlocks(narrowed: readonly Narrowed[], given: Given): RecordsRule[] {
  const [first, ...others] = narrowed.flatMap(({ by, choice }) => {
    const fields = readableFields(by, choice)?.[TIME_BLOCKS];
    return fields === undefined ? [] : [fields];
  });
  if (first === undefined) return [];
  const fields = first.filter((field) => others.every((other) => other.includes(field)));
  const blind = isUsedBy(given, TIME_BLOCKS, "write") ? { blind: true as const } : {};
  return [{ collection: TIME_BLOCKS, access: ACCESSES, ...blind, fields }];
}

/** The rule of links: none to records of a module that shows only some of its records. */
function links(narrowed: readonly Narrowed[]): RecordsRule[] {
  const apps = narrowed.filter(({ choice: { since, tags, spaces }, accesses }) =>
    since !== undefined || tags !== undefined || spaces !== undefined || !accesses.includes("read")
  ).map(({ by }) => appOf(by.collection));
  if (apps.length === 0) return [];
  const none = (field: string): RecordsCondition => ({ field, op: "none", value: apps });
  return [{ collection: "links/links", access: ACCESSES, where: [none("sourceApp"), none("targetApp")] }];
}

function appOf(table: string): string {
  return table.slice(0, table.indexOf("/"));
}
