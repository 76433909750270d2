// The secrets that a process makes for itself at its first start, in `secrets.json` (0600). Made once, never replaced, never printed.
import type { z } from "zod";
import { SetupFault } from "../kit/setup_fault.ts";
import { writePrivateFile } from "./write_private_file.ts";

/**
 * Reads the secrets, or makes them at the first start, in a folder that exists. Nothing that they sealed can be opened without
 * them.
 *
 * @throws {SetupFault} when the file cannot be understood, or is missing where databases are. New secrets would open none of them
 */
export async function ensureSecretFile<T>(deps: SecretFileDeps<T>): Promise<T> {
  const path = `${deps.folder}/secrets.json`;
  const text = await readIfThere(path, Deno.readTextFile);
  if (text === undefined) {
    await demandNoDatabase(deps);
    const made = JSON.stringify(deps.make());
    await writePrivateFile(path, made);
    return deps.shape.parse(JSON.parse(made));
  }
  const stored = parse(deps.shape, text);
  if (stored === undefined) {
    throw new SetupFault(`Cannot read ${path}: it does not hold the expected secrets`);
  }
  return stored;
}

/** What a process keeps in the file. */
export interface SecretFileDeps<T> {
  readonly folder: string;
  /** The setting that names the folder. */
  readonly variable: string;
  /** Names of the databases in the folder. */
  readonly databases: readonly string[];
  readonly shape: z.ZodType<T>;
  /** New secrets, as they are written. */
  readonly make: () => unknown;
}

/** New secrets beside old databases would open none of them. It happens when a backup is put back without its secrets. */
async function demandNoDatabase<T>({ folder, variable, databases }: SecretFileDeps<T>): Promise<void> {
  for (const name of databases) {
    if (await readIfThere(`${folder}/${name}`, Deno.stat) === undefined) continue;
    throw new SetupFault(
      `${variable} ${folder} holds ${name} but no secrets.json: restore secrets.json from where the databases come ` +
        "from, or move the databases away to start anew",
    );
  }
}

function parse<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // the parser's message would quote the file
  }
}

async function readIfThere<T>(path: string, read: (path: string) => Promise<T>): Promise<T | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
