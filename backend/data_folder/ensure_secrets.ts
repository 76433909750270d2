// The secrets of an embedded backend: one that signs and seals for sign-in, and the key of the vault's keys.
import { z } from "zod";
import { ensureSecretFile } from "../../sign_in/data_folder/ensure_secret_file.ts";
import { SECRET_LENGTH } from "../../sign_in/secrets/secrets.ts";
import { DATABASE_FILES } from "../database/open_databases.ts";
import { KEY_BYTES } from "../kit/limits.ts";

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
  const make = () => randomBytes(KEY_BYTES).toBase64();
  return await ensureSecretFile({
    folder,
    variable: "BACKEND_DATA",
    databases: DATABASE_FILES,
    shape: Stored,
    make: () => ({ authSecret: make(), kek: make() }),
  });
}

/** Secrets of one installation. */
export interface Secrets {
  /** Signs session cookies and seals the token signing key at rest. */
  readonly authSecret: string;
  /** Wraps the master keys of the vault. */
  readonly kek: Uint8Array<ArrayBuffer>;
}

const Stored = z.object({
  authSecret: z.string().min(SECRET_LENGTH),
  kek: z.base64().transform((text) => Uint8Array.fromBase64(text)).refine((bytes) =>
    bytes.length === KEY_BYTES
  ),
});
