// The modules that apps can be allowed, and their groups, from sign_in/modules.json: the backend knows nothing of the gateway, so
// a task writes the file from tools/modules.ts and tools/groups.ts, and a test holds them equal.
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
});

const ModuleFile = z.strictObject({ groups: z.array(GrantableGroup), modules: z.array(ModuleEntry) });

/** The permissions of a module, with the words in which the pages say them. */
export interface GrantableModule extends Omit<z.infer<typeof ModuleEntry>, "group"> {
  readonly group: GrantableGroup;
}

/** What apps can be allowed. */
export interface Grantable {
  /** In the order of the pages. */
  readonly groups: readonly GrantableGroup[];
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
  const { groups, modules } = ModuleFile.parse(value);
  return {
    groups,
    modules: modules.map((module) => {
      const group = groups.find(({ name }) => name === module.group);
      if (group === undefined) {
        throw new TypeError(`Cannot offer the module ${module.name}: there is no group ${module.group}`);
      }
      return { ...module, group };
    }),
  };
}
