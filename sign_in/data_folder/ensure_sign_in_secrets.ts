// The secret that a sign-in server makes for itself, where the settings have none.
import { z } from "zod";
import { onlySecret, SECRET_LENGTH, type Secrets } from "../secrets/secrets.ts";
import { ensureSecretFile } from "./ensure_secret_file.ts";

/**
 * Reads the secret of `secrets.json`, or makes it at the first start, in a folder that exists.
 *
 * @throws {SetupFault} when the file cannot be understood, or is missing where the database is
 */
export async function ensureSignInSecrets(
  folder: string,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): Promise<Secrets> {
  const { secret } = await ensureSecretFile({
    folder,
    variable: "SIGN_IN_DATA",
    databases: [DATABASE_FILE],
    shape: Stored,
    make: () => ({ secret: randomBytes(SECRET_BYTES).toBase64() }),
  });
  return onlySecret(secret);
}

/** Name of the database in the data folder. */
export const DATABASE_FILE = "sign_in.sqlite";

const SECRET_BYTES = 32;

const Stored = z.object({ secret: z.string().min(SECRET_LENGTH) });
