// The secrets of an installation, in `secrets.json` (0600). Made once, never replaced, never printed.
import { z } from "zod";
import { KEY_BYTES } from "../kit/limits.ts";
import { DATABASE_FILES } from "../database/open_databases.ts";
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";
import { writePrivateFile } from "../../sign_in/data_folder/write_private_file.ts";

/**
 * Reads the secrets, or makes them at the first start, in a folder that exists. Without them the vault cannot be opened
 * again.
 *
 * @throws {SetupFault} when the file cannot be understood, or is missing where databases are. New secrets would make
 * every vault unreadable and every login fail
 */
export async function ensureSecrets(
  folder: string,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): Promise<Secrets> {
  const path = `${folder}/secrets.json`;
  const text = await readIfThere(path, Deno.readTextFile);
  if (text === undefined) {
    await demandNoDatabase(folder);
    const made = { authSecret: randomBytes(KEY_BYTES).toBase64(), kek: randomBytes(KEY_BYTES).toBase64() };
    await writePrivateFile(path, JSON.stringify(made));
    return { authSecret: made.authSecret, kek: Uint8Array.fromBase64(made.kek) };
  }
  const stored = parseStored(text);
  if (stored === undefined) {
    throw new SetupFault(`Cannot read ${path}: it does not hold the expected secrets`);
  }
  return stored;
}

/** Secrets of one installation. */
export interface Secrets {
  /** Signs session cookies and seals the token signing key at rest. */
  readonly authSecret: string;
  /** Wraps the master keys of the vault. */
  readonly kek: Uint8Array<ArrayBuffer>;
}

const Stored = z.object({ authSecret: z.string().min(32), kek: z.base64() });

/** New secrets beside old databases would open none of them. It happens when a backup is put back without its secrets. */
async function demandNoDatabase(folder: string): Promise<void> {
  for (const name of DATABASE_FILES) {
    if (await readIfThere(`${folder}/${name}`, Deno.stat) === undefined) continue;
    throw new SetupFault(
      `BACKEND_DATA ${folder} holds ${name} but no secrets.json: restore secrets.json from where the databases come ` +
        "from, or move the databases away to start anew",
    );
  }
}

function parseStored(text: string): Secrets | undefined {
  try {
    const { authSecret, kek } = Stored.parse(JSON.parse(text));
    const bytes = Uint8Array.fromBase64(kek);
    return bytes.length === KEY_BYTES ? { authSecret, kek: bytes } : undefined;
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
