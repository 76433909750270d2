// What the sealed body of a ledger's row says: the calls since the row before, the heads of other chains, what grants allowed, and
// what is still counted of them. Types and the parser; how bodies are written is cut_bodies.ts.
import { z } from "zod";
import { AllowedPart } from "./allowed.ts";
import { LONG_LIST, SHORT_LIST } from "./id_list.ts";
import { CHAIN, HASH } from "./ledger_row.ts";

/** Reads the text of an opened body; null for anything else. */
export function parseBody(text: string): LedgerBody | null {
  try {
    return LedgerBody.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

const COUNT = z.int().min(0);
const COLLECTION = z.string().regex(/^[^/]+\/[^/]+$/);
const MARK = z.string().regex(/^[0-9a-f]{32}$/);

/** Records of one collection and space that were handed to the tool, with the names of the fields that went along. */
const ReadPart = z.union([
  z.strictObject({ c: COLLECTION, s: z.string(), f: z.array(z.string()), ...SHORT_LIST }),
  z.strictObject({ c: COLLECTION, s: z.string(), f: z.array(z.string()), ...LONG_LIST }),
]);

/** The same as a part before it in the row, by its number among those that are told whole. */
const SamePart = z.strictObject({ as: COUNT });

/** A record that was written, and the newest stamp of the write; "" where none was given. */
const WrotePart = z.strictObject({
  c: COLLECTION,
  id: z.string(),
  op: z.enum(["insert", "update", "delete"]),
  at: z.string(),
});

/** Records that were opened for a search or a sum, and not handed out. */
const LookedPart = z.strictObject({ c: COLLECTION, count: COUNT });

const LedgerEntry = z.strictObject({
  at: COUNT,
  grant: z.string(),
  app: z.union([MARK, z.literal("")]),
  allowed: z.union([z.string().regex(HASH), z.literal("")]),
  tool: z.string(),
  call: MARK,
  args: z.union([MARK, z.literal("")]),
  read: z.array(z.union([ReadPart, SamePart])),
  looked: z.array(LookedPart).optional(),
  wrote: z.array(WrotePart),
  outcome: z.enum(["done", "refused", "failed", "unknown"]),
});

const Hour = z.tuple([COUNT, COUNT, COUNT, COUNT]);

const GrantWindow = z.strictObject({
  hours: z.array(Hour).max(25),
  others: COUNT,
  private: z.array(z.tuple([z.string(), COUNT])).max(10),
});

const LedgerBody = z.strictObject({
  at: COUNT,
  entries: z.array(LedgerEntry),
  seen: z.record(z.string().regex(CHAIN), z.tuple([COUNT, z.string().regex(HASH)])),
  grants: z.record(z.string().regex(HASH), AllowedPart),
  window: z.record(z.string(), GrantWindow),
  gap: COUNT.optional(),
  end: z.literal(true).optional(),
}).transform(({ entries, ...body }, context) => {
  const told: ReadPart[] = [];
  const whole = entries.map((entry) => ({
    ...entry,
    read: entry.read.map((part): ReadPart => {
      if (!("as" in part)) told.push(part);
      const known = "as" in part ? told[part.as] : part;
      if (known !== undefined) return known;
      context.issues.push({ code: "custom", input: part, message: "Names a part that is not before it" });
      return z.NEVER;
    }),
  }));
  return { ...body, entries: whole };
});

/**
 * A body. `at` and the times in it are milliseconds since 1970 by the gateway's clock. `seen`: number and hash of the newest rows of
 * other chains. `grants`: what was allowed, where this chain did not say so before. `window`: by grant, what budgets and taint count.
 * `gap`: calls before this row that could not be noted. `end`: the chain ends here, in order.
 */
export type LedgerBody = z.infer<typeof LedgerBody>;

/**
 * What one call was handed and what it wrote. A call that does not fit into a row has several entries, which add up. `grant` and `app`
 * are "" for the person's own token; `app` is the app's pseudonym (authorship/). `allowed` is of allowed.ts, "" for the own token.
 * `args` is an HMAC of the arguments, cut to 32 hex digits; "" where the call had none to be known by, such as an undo on the page.
 * `outcome` unknown: a write of which nobody knows whether it is stored.
 */
export type LedgerEntry = LedgerBody["entries"][number];
/** Records that were handed to a tool. */
export type ReadPart = z.infer<typeof ReadPart>;
/** A record that was written. */
export type WrotePart = z.infer<typeof WrotePart>;
/** Records that were looked at only. */
export type LookedPart = z.infer<typeof LookedPart>;
/** What a grant used lately, as a row tells it. */
export interface GrantWindow {
  /** The number of the hour since 1970, and what was counted in it. */
  readonly hours: readonly (readonly [hour: number, records: number, fields: number, bytes: number])[];
  /** Until when the grant counts as having been handed texts of others, in milliseconds since 1970; 0 for never. */
  readonly others: number;
  /** Until when it counts as having been handed private texts, by space. */
  readonly private: readonly (readonly [space: string, until: number])[];
}
