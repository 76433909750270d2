// The modules that apps can be allowed, their groups, and the profiles of tools, from sign_in/modules.json: the backend knows nothing
// of the gateway, so a task writes the file from tools/, and a test holds them equal.
import { z } from "zod";
import list from "../../modules.json" with { type: "json" };

const ACCESSES = ["read", "write", "destructive"] as const;

/** A group of modules in sign_in/modules.json. */
const GrantableGroup = z.strictObject({
  /** The heading under which pages show its modules. */
  name: z.string().min(1),
  /** What is in it, in a few words. */
  about: z.string().min(1),
  /** Whether nothing of it is ever ticked for the person. */
  isSensitive: z.boolean(),
});
/** A group of modules, as people know it. */
export type GrantableGroup = z.infer<typeof GrantableGroup>;

/** A profile of tools in sign_in/modules.json. */
const GrantableProfile = z.strictObject({
  /** The word by which the gateway knows it. */
  name: z.string().regex(/^[a-z]{1,20}$/),
  /** What it is for. */
  about: z.string().min(1),
  /** The group whose modules it shows; absent: it is across groups. */
  group: z.string().min(1).optional(),
});
/** A profile: the tools that an app is shown, whatever more it was allowed. */
export type GrantableProfile = z.infer<typeof GrantableProfile>;

const Words = z.string().transform((text): readonly string[] => text.split(" ").filter(Boolean));
const TableName = z.string().regex(/^[a-zA-Z]+\/[a-zA-Z]+$/);
const FieldName = z.string().regex(/^[a-zA-Z]+$/);
const OwnField = z.strictObject({ field: FieldName });
const FieldBeside = z.strictObject({ via: TableName, on: FieldName, field: FieldName });
const FieldByKey = z.strictObject({ via: TableName, key: FieldName, field: FieldName });
const kind = z.enum(["words", "tags"]);

/** What a person can narrow a module by, as tools/narrowing.ts says it. */
const Narrowing = z.strictObject({
  /** The table of the records that the conditions are about, and that pages count. */
  collection: TableName,
  /** Every table that the module's tools read or write. Those of the collection's app are its own. */
  tables: z.array(TableName).min(1),
  /** What says when a record is; absent: when it was changed last. */
  since: z.union([OwnField, FieldBeside, FieldByKey]).optional(),
  /** The same for other tables of the module. */
  alsoSince: z.record(TableName, FieldName).optional(),
  /** Where tags stand: free words, or ids of tags. Absent: they cannot be chosen. */
  tags: z.union([OwnField.extend({ kind }), FieldBeside.extend({ kind })]).optional(),
  /** Which fields, in words that complete "the app sees …"; all fields are no choice. */
  fieldChoices: z.array(z.strictObject({
    name: z.string().regex(/^[a-z]{1,20}$/),
    label: z.string().min(1),
    /** The readable fields by table. A table of the module's own that is not named is readable as a whole. */
    fields: z.record(TableName, Words),
  })),
});
/** What a person can narrow a module by. */
export type GrantableNarrowing = z.infer<typeof Narrowing>;
/** A plaintext field of a record, or of a record beside it. */
export type FieldPlace = NonNullable<GrantableNarrowing["since"]>;

/** The entry of a module in sign_in/modules.json, as `deno task modules` writes it. */
const ModuleEntry = z.strictObject({
  /** The first half of its scopes. */
  name: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  /** The name that people use. */
  label: z.string().min(1),
  /** The name of its group. */
  group: z.string().min(1),
  /** The kinds of access that can be allowed: the second half of its scopes. */
  accesses: z.array(z.enum(ACCESSES)).min(1),
  /** Words for a kind of access, where the usual words would be wrong. */
  accessWords: z.partialRecord(z.enum(ACCESSES), z.string().min(1)).optional(),
  /** What a person can narrow it by; absent: it is allowed or not. */
  narrowing: Narrowing.optional(),
});

const ModuleFile = z.strictObject({
  groups: z.array(GrantableGroup),
  profiles: z.array(GrantableProfile),
  modules: z.array(ModuleEntry),
});

/** The permissions of a module, with the words in which the pages say them. */
export interface GrantableModule extends Omit<z.infer<typeof ModuleEntry>, "group"> {
  readonly group: GrantableGroup;
}

/** What apps can be allowed. */
export interface Grantable {
  /** In the order of the pages. */
  readonly groups: readonly GrantableGroup[];
  /** What a person may have an app shown, in the order of the pages. */
  readonly profiles: readonly GrantableProfile[];
  /** In the order of the scopes. */
  readonly modules: readonly GrantableModule[];
}

/** What the gateway's tools/modules.ts offers. */
export const GRANTABLE: Grantable = parseGrantable(list);

/**
 * Checks the file. A module of a group that nobody described is refused: nobody would know whether the group is sensitive.
 *
 * @throws {ZodError} when the file has another form
 * @throws {TypeError} when a module names no group of the file
 */
export function parseGrantable(value: unknown): Grantable {
  const { groups, profiles, modules } = ModuleFile.parse(value);
  return {
    groups,
    profiles,
    modules: modules.map((module) => {
      const group = groups.find(({ name }) => name === module.group);
      if (group === undefined) {
        throw new TypeError(`Cannot offer the module ${module.name}: there is no group ${module.group}`);
      }
      return { ...module, group };
    }),
  };
}
