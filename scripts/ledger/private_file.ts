// Files of the task, for their owner alone: read whole, and put in their place at once, so that a kill leaves the old file or the new.
import { besideOf } from "./ledger_arguments.ts";

/** The text of a file; null where there is none. Throws {@link BadFile}. */
export async function readFileOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new BadFile(`${path} cannot be read.`);
  }
}

/** Writes a file that only its owner may read and write. Throws {@link BadFile}. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const beside = besideOf(path);
  try {
    await removeOld(beside);
    await Deno.writeTextFile(beside, text, { createNew: true, mode: 0o600 });
    await Deno.rename(beside, path);
  } catch {
    throw new BadFile(`${path} cannot be written.`);
  }
}

/** A file that was named cannot be used; the message says which. */
export class BadFile extends Error {}

/** What a killed run left may have other rights, or lead elsewhere. */
async function removeOld(beside: string): Promise<void> {
  try {
    await Deno.remove(beside);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
