import { z } from "zod";
import { KEY_BYTES } from "./limits.ts";
import { writePrivateFile } from "./write_private_file.ts";

/** Secrets of one installation. */
export interface Secrets {
  /** Signs session cookies and seals the token signing key at rest. */
  readonly authSecret: string;
  /** Wraps the master keys of the vault. */
  readonly kek: Uint8Array<ArrayBuffer>;
}

const Stored = z.object({ authSecret: z.string().min(32), kek: z.base64() });

/**
 * Reads the secrets of an installation from `secrets.json`, or makes them at first start. The folder gets
 * mode 0700, the file 0600. They are kept across restarts: without them the vault cannot be opened again.
 *
 * @throws {Error} when the file is there but cannot be understood; it is never replaced, since that would
 * make every vault unreadable
 */
export async function ensureSecrets(
  folder: string,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): Promise<Secrets> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await Deno.chmod(folder, 0o700);
  const path = `${folder}/secrets.json`;
  const text = await readIfThere(path);
  if (text === undefined) {
    const made = { authSecret: randomBytes(KEY_BYTES).toBase64(), kek: randomBytes(KEY_BYTES).toBase64() };
    await writePrivateFile(path, JSON.stringify(made));
    return { authSecret: made.authSecret, kek: Uint8Array.fromBase64(made.kek) };
  }
  const stored = parseStored(text);
  if (stored === undefined) throw new Error(`Cannot read ${path}: it does not hold the expected secrets`);
  return stored;
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

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
