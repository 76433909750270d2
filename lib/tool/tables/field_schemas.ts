// The schemas of a field of tools/tables.json. Reading is lenient: words of other writers are words, and objects are not
// looked into. Writing is exact: only the words and members that the Mana apps store.

import { z } from "zod";
import { parseType, type TypeNode } from "./type_text.ts";

/** What tools/tables.json says of a field beside its type. */
export interface FieldFlags {
  /** May be absent, and is null where it was taken away again. */
  readonly optional?: boolean;
  /** May be null, although the type does not end with null. */
  readonly nullable?: boolean;
  readonly sealed?: boolean;
  /** An unsealed object: the web app sends its changes member by member, as `schedule.days`. */
  readonly plainObject?: boolean;
  /** An unsealed list: the web app sends it with every change of the record. */
  readonly plainArray?: boolean;
  /** The constant that the web app stores in a new record. */
  readonly default?: unknown;
  /** How the web app computes what it stores in a new record. A tool does the same. */
  readonly computed?: string;
}

/** A field of tools/tables.json. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly flags: FieldFlags;
}

/**
 * The schema for reading. A value that is missing takes the field's default; without a default, false for a flag and 0 for a
 * place in an order, as in the Mana apps.
 */
export function readSchema({ name, type, flags }: Field): z.ZodType {
  const node = parseType(type);
  const schema = orNull(node, readType(node), flags);
  if ("default" in flags) return schema.default(flags.default);
  if (flags.optional === true) return schema.optional();
  if (type === "boolean") return schema.default(false);
  return isOrder(name) && type === "number" ? schema.default(0) : schema;
}

/** The schema for a new record. What is neither optional nor has a default has to be given. */
export function writeSchema({ type, flags }: Field): z.ZodType {
  const node = parseType(type);
  const schema = orNull(node, writeType(node), flags);
  if ("default" in flags) return schema.default(flags.default);
  return flags.optional === true ? schema.optional() : schema;
}

/** The words of a field that takes only certain words, or a list of these; none for any other field. */
export function wordsOf({ type }: Pick<Field, "type">): readonly string[] {
  const words = (node: TypeNode): string[] => {
    if (node.kind === "union") return node.members.flatMap(words);
    if (node.kind === "list") return words(node.of);
    return node.kind === "literal" && typeof node.value === "string" ? [node.value] : [];
  };
  return words(parseType(type));
}

/** Whether a field of this name is the place of a record in an order that people make. */
function isOrder(name: string): boolean {
  return name === "order" || name === "sortOrder";
}

/** An optional field that was taken away is stored as null, whatever its type says (contract: modules section 1). */
function orNull(node: TypeNode, schema: z.ZodType, { optional, nullable }: FieldFlags): z.ZodType {
  const takesNull = node.kind === "union" && node.members.some(isNull);
  return !takesNull && (optional === true || nullable === true) ? schema.nullable() : schema;
}

function readType(node: TypeNode): z.ZodType {
  switch (node.kind) {
    case "literal":
      return typeof node.value === "string" ? z.string() : z.number();
    case "name":
      return namedType(node.name);
    case "list":
      return z.array(readType(node.of));
    case "record":
    case "object":
      return z.looseObject({});
    case "union": {
      const [first, ...others] = node.members.filter((member) => !isNull(member));
      // Every member is a word, a number or an object, as the first is: the test of the tables holds them to it.
      const schema = first === undefined ? z.null() : readType(first);
      return others.length + 1 < node.members.length ? schema.nullable() : schema;
    }
  }
}

function writeType(node: TypeNode): z.ZodType {
  switch (node.kind) {
    case "literal":
      return z.literal(node.value);
    case "name":
      return namedType(node.name);
    case "list":
      return z.array(writeType(node.of));
    case "record":
      return z.record(z.string(), writeType(node.of));
    case "object":
      return z.strictObject(Object.fromEntries(
        node.members.map(({ name, optional, of }) =>
          [name, optional ? writeType(of).optional() : writeType(of)] as const
        ),
      ));
    case "union": {
      const words = node.members.flatMap((one) => one.kind === "literal" ? [one.value] : []);
      const others = node.members.filter(({ kind }) => kind !== "literal").map(writeType);
      return z.union(words.length === 0 ? others : [z.literal(words), ...others]);
    }
  }
}

function namedType(name: string): z.ZodType {
  switch (name) {
    case "number":
      return z.number();
    case "boolean":
      return z.boolean();
    case "null":
      return z.null();
    case "unknown":
      return z.unknown();
    case "object":
      return z.looseObject({});
    // `string`, and the lists of words that the contract names without saying them: `CalculatorMode`.
    default:
      return z.string();
  }
}

function isNull(node: TypeNode): boolean {
  return node.kind === "name" && node.name === "null";
}
