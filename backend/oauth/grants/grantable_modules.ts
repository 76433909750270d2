import { z } from "zod";
import list from "../../modules.json" with { type: "json" };

/** What an app can be allowed in one module, with the words in which the pages say it. */
export type GrantableModule = z.infer<typeof GrantableModule>;

const ACCESSES = ["read", "write", "destructive"] as const;

/** The entry of a module in backend/modules.json, as `deno task modules` writes it. */
const GrantableModule = z.strictObject({
  /** The first half of its scopes. */
  name: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  /** What a person calls it. */
  label: z.string().min(1),
  /** The heading under which pages show it. */
  group: z.string().min(1),
  /** What can be allowed: the second half of its scopes. */
  accesses: z.array(z.enum(ACCESSES)).min(1),
  /** What an access allows, where the usual words would be wrong. */
  accessWords: z.partialRecord(z.enum(ACCESSES), z.string().min(1)).optional(),
});

/**
 * The modules of the gateway's tools/modules.ts. The backend knows nothing of the gateway, so it has them from a file that
 * a task writes and a test holds equal.
 */
export const GRANTABLE_MODULES: readonly GrantableModule[] = parseGrantableModules(list);

/** Checks such a list. Throws a ZodError. */
export function parseGrantableModules(value: unknown): readonly GrantableModule[] {
  return z.array(GrantableModule).parse(value);
}
