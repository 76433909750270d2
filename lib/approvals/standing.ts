// One approval as it is stored: what was asked, and what has been answered. Every answer names the ask by its hash, so that an older
// value that somebody puts back decides nothing else.
import type { z } from "zod";
import { hashText } from "./hash_text.ts";
import type { OwnRecord } from "../own_records/own_records.ts";
import { Ask, No, Outcome, Yes } from "./ask.ts";

/** One approval as stored. */
export interface Standing {
  readonly id: string;
  readonly ask: Ask;
  /** By which answers name the ask. */
  readonly askHash: string;
  /** Characters of the ask as it is stored. */
  readonly askChars: number;
  /** When the person said no. A no counts whatever else is stored. */
  readonly no: number | null;
  /** Whether the yes was carried out is for targets.ts; `outcome` says it for certain. */
  readonly yes: Yes | null;
  /** When everything was known to be stored. */
  readonly done: number | null;
  /** Whether the app was told the outcome by a repeated call. */
  readonly isTold: boolean;
}

/** Reads a record; null where its ask cannot be read, or is of another version. */
export async function readStanding({ id, fields }: OwnRecord): Promise<Standing | null> {
  const text = fields.get("ask")?.text;
  const ask = text === undefined ? null : parsed(Ask, text);
  if (text === undefined || ask === null || ask.fingerprints.length !== ask.changes.length) return null;
  const askHash = await hashText(text);
  const answer = <T extends { readonly ask: string }>(field: string, form: z.ZodType<T>): T | null => {
    const found = fields.get(field);
    const value = found === undefined ? null : parsed(form, found.text);
    return value?.ask === askHash ? value : null;
  };
  const yes = answer("yes", Yes);
  return {
    id,
    ask,
    askHash,
    askChars: text.length,
    no: fields.has("no") ? answer("no", No)?.at ?? ask.made : null,
    yes: yes !== null && yes.stamps.length === ask.changes.length ? yes : null,
    done: answer("outcome", Outcome)?.at ?? null,
    isTold: fields.has("told"),
  };
}

/** Whether the person may still decide. */
export function isOpen({ ask, no, done }: Standing, now: number): boolean {
  return no === null && done === null && now < ask.until;
}

function parsed<T>(form: z.ZodType<T>, text: string): T | null {
  try {
    const result = form.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
