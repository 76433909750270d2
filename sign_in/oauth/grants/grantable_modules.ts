// The modules that apps can be allowed, from sign_in/modules.json: the backend knows nothing of the gateway, so a task writes
// the file from tools/modules.ts, and a test holds the two equal.
import { z } from "zod";
import list from "../../modules.json" with { type: "json" };

/** The permissions of a module, with the words in which the pages say them. */
export type GrantableModule = z.infer<typeof GrantableModule>;

const ACCESSES = ["read", "write", "destructive"] as const;

/** The entry of a module in sign_in/modules.json, as `deno task modules` writes it. */
const GrantableModule = z.strictObject({
  /** The first half of its scopes. */
  name: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  /** The name that people use. */
  label: z.string().min(1),
  /** The heading under which pages show it. */
  group: z.string().min(1),
  /** The kinds of access that can be allowed: the second half of its scopes. */
  accesses: z.array(z.enum(ACCESSES)).min(1),
  /** Words for a kind of access, where the usual words would be wrong. */
  accessWords: z.partialRecord(z.enum(ACCESSES), z.string().min(1)).optional(),
});

/** The modules of the gateway's tools/modules.ts. */
export const GRANTABLE_MODULES: readonly GrantableModule[] = parseGrantableModules(list);

/** Checks a list of modules. @throws {ZodError} */
export function parseGrantableModules(value: unknown): readonly GrantableModule[] {
  return z.array(GrantableModule).parse(value);
}
