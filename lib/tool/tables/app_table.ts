// The tables of the Mana apps, as tools/tables.json knows them: names, types, words, sealed fields, defaults. A tool names a table
// and the fields it works with, and repeats none of that. The types of the data are keys (`{ "string": {} }`), since the compiler
// keeps the keys of a JSON file and widens its values.

import { z } from "zod";
import TABLES from "../../../tools/tables.json" with { type: "json" };
import { defineTable, type NewRecords, RESERVED, type Table } from "../../records/define_table.ts";
import { type Field, type FieldFlags, readSchema, wordsOf, writeSchema } from "./field_schemas.ts";
import type { ReadType, WordsOf } from "./type_text.ts";

/**
 * A table of the Mana apps with the fields that a tool works with, in the order in which records show them. A new record also
 * gets the constant defaults of the other fields, as from the web app. Throws TypeError for a field that the table does not have.
 */
export function defineAppTable<
  N extends AppTableName,
  const F extends FieldName<N>,
  const A extends { readonly [K in F]?: z.ZodType } = Record<never, never>,
  const P extends boolean = false,
>(
  name: N,
  { record, fields, as, isPart }: AppTableDefinition<F, A, P>,
): Table<ShapeOf<N, F, A>, SealedOf<N, F>> & { readonly isPart: P } {
  const { app, table, facts } = factsOf(name);
  const known = new Map(facts.fields.map((field) => [field.name, field]));
  const own: Readonly<Record<string, z.ZodType | undefined>> = { ...as };
  const shape: object = Object.fromEntries(fields.map((field) => {
    const fact = known.get(field);
    if (fact === undefined) throw new TypeError(`Cannot define table ${name}: it has no field ${field}`);
    return [field, own[field] ?? readSchema(fact)] as const;
  }));
  if (!isShapeOf<N, F, A>(fields, shape)) throw new TypeError(`Cannot define table ${name}`);
  const isSealed = (field: string): field is SealedOf<N, F> => known.get(field)?.flags.sealed === true;
  return defineTable({
    app,
    name: table,
    record,
    row: z.object(shape),
    encrypted: fields.filter(isSealed),
    newRecords: newRecordsOf(name, facts, fields),
    plainTextsOccur: facts.plainTextsOccur,
    ...(isPart === undefined ? {} : { isPart }),
  });
}

/** The words that a field takes, for the input of a tool: `choices("todo/tasks", "priority")`. Throws TypeError where it has none. */
export function choices<N extends AppTableName, F extends FieldName<N>>(
  name: N,
  field: F,
): z.ZodEnum<{ [W in WordsOf<TypeTextOf<N, F>>]: W }> {
  const fact = factsOf(name).facts.fields.find((one) => one.name === field);
  const words: readonly string[] = fact === undefined ? [] : wordsOf(fact);
  if (!areWordsOf<N, F>(words)) {
    throw new TypeError(`Cannot offer choices of ${name}: ${field} takes any value`);
  }
  return z.enum(words);
}

/** What a tool file says of a table. */
export interface AppTableDefinition<F extends string, A, P extends boolean = false> {
  /** What one record is called in messages, e.g. `task`. */
  readonly record: string;
  /** The fields that tools read and write. What nobody asks for stays where it is. */
  readonly fields: readonly F[];
  /** Schemas for reading in place of the table's own: for the members of an object, or for an older form. */
  readonly as?: A;
  /** Whether the records are parts of others and go with them, so that a writing tool may remove them. By default they are not. */
  readonly isPart?: P;
}

/** The names of all tables, as `app/table`. */
export type AppTableName = {
  [A in keyof Data]: `${A}/${keyof Data[A]["tables"] & string}`;
}[keyof Data];

/** The names of a table's own fields. */
export type FieldName<N extends AppTableName> = keyof FieldsOf<N> & string;

type Data = typeof TABLES;

type FieldsOf<N extends AppTableName> = N extends `${infer A extends keyof Data}/${infer T}`
  ? T extends keyof Data[A]["tables"] ? Data[A]["tables"][T] extends { fields: infer F } ? F : never
  : never
  : never;

type TypeTextOf<N extends AppTableName, K extends FieldName<N>> = keyof FieldsOf<N>[K] & string;
type FlagsOf<N extends AppTableName, K extends FieldName<N>> = FieldsOf<N>[K][keyof FieldsOf<N>[K]];

type ShapeOf<N extends AppTableName, F extends FieldName<N>, A> = {
  readonly [K in F]: K extends keyof A ? A[K] extends z.ZodType ? A[K] : ReadSchema<N, K> : ReadSchema<N, K>;
};

/** The type of {@link readSchema}. */
type ReadSchema<N extends AppTableName, K extends FieldName<N>> = FlagsOf<N, K> extends { default: unknown }
  ? z.ZodDefault<ReadValue<N, K>>
  : FlagsOf<N, K> extends { optional: boolean } ? z.ZodOptional<ReadValue<N, K>>
  : TypeTextOf<N, K> extends "boolean" ? z.ZodDefault<ReadValue<N, K>>
  : K extends "order" | "sortOrder" ? z.ZodDefault<ReadValue<N, K>>
  : ReadValue<N, K>;

type ReadValue<N extends AppTableName, K extends FieldName<N>> = z.ZodType<
  | ReadType<TypeTextOf<N, K>>
  | (FlagsOf<N, K> extends { optional: boolean } | { nullable: boolean } ? null : never),
  | ReadType<TypeTextOf<N, K>>
  | (FlagsOf<N, K> extends { optional: boolean } | { nullable: boolean } ? null : never)
>;

type SealedOf<N extends AppTableName, F extends FieldName<N>> = {
  [K in F]: FlagsOf<N, K> extends { sealed: boolean } ? K : never;
}[F];

/** What tools/tables.json says of a table, for code. */
interface TableFacts {
  readonly userLevel: boolean;
  readonly plainTextsOccur: boolean;
  readonly visibility: NewRecords["visibility"];
  readonly fields: readonly Field[];
}

/** The data as the compiler checks them: every table has the same form. */
const APPS: Readonly<
  Record<string, { readonly tables: Readonly<Record<string, TableData | undefined>> } | undefined>
> = TABLES;

interface TableData {
  readonly userLevel?: boolean;
  readonly plainTextsOccur?: boolean;
  readonly visibilityDefault?: string;
  readonly fields: Readonly<Record<string, Readonly<Record<string, FieldFlags | undefined>>>>;
}

function factsOf(name: AppTableName): { app: string; table: string; facts: TableFacts } {
  const [app = "", table = ""] = name.split("/");
  const found = APPS[app]?.tables[table];
  if (found === undefined) throw new TypeError(`Cannot define table ${name}: the Mana apps have none`);
  const { userLevel = false, plainTextsOccur = false, visibilityDefault = "space", fields } = found;
  return {
    app,
    table,
    facts: {
      userLevel,
      plainTextsOccur,
      visibility: visibilityDefault === "space" || visibilityDefault === "private" ? visibilityDefault : null,
      fields: Object.entries(fields).flatMap(([name, types]) =>
        Object.entries(types).map(([type, flags = {}]) => ({ name, type, flags }))
      ),
    },
  };
}

/** New records: the tool's fields first, in its order. The schema is made at the first use, since most tools only read. */
function newRecordsOf(
  name: string,
  { userLevel, visibility, fields }: TableFacts,
  named: readonly string[],
): NewRecords {
  let made: z.ZodObject | null = null;
  const own = (field: string) => fields.find(({ name }) => name === field);
  const first = named.flatMap((field) => own(field) ?? []);
  const others = fields.filter((field) => !named.includes(field.name) && !RESERVED.includes(field.name));
  // A field without a default stays in the schema: a table that names too few fields for a whole record cannot be written.
  const written = [...first, ...others];
  return {
    schema() {
      if (own("createdAt") !== undefined) {
        throw new TypeError(`Cannot write ${name}: its createdAt is no text`);
      }
      if (made !== null) return made;
      const whole = z.strictObject(
        Object.fromEntries(written.map((field) => [field.name, writeSchema(field)])),
      );
      // Such a record belongs to a person and to no space. Its fields can be changed; a new one would land in a space.
      made = userLevel ? whole.refine(() => false, `no new record of ${name}: they are of no space`) : whole;
      return made;
    },
    sealed: fields.filter(({ flags }) => flags.sealed === true).map((field) => field.name),
    // A level that is neither is none: `lasts/lasts` is read as private where a row has none, which is what its module means. The
    // web app's hook stamps `space` there, against that intent (contract: modules, lasts, rule 3), and a gateway only narrows.
    // A table whose own levels are `private` and `guild` knows no `space` (contract: modules section 0).
    visibility: own("visibility") === undefined ? visibility : "private",
  };
}

// Each schema was made from the same line of the data as its type; these two say so to the compiler.
function isShapeOf<N extends AppTableName, F extends FieldName<N>, A>(
  fields: readonly string[],
  shape: object,
): shape is ShapeOf<N, F, A> {
  return fields.every((name) => name in shape);
}

function areWordsOf<N extends AppTableName, F extends FieldName<N>>(
  words: readonly string[],
): words is readonly WordsOf<TypeTextOf<N, F>>[] {
  return words.length > 0;
}
