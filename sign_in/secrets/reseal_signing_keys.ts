// Seals stored signing keys with the first secret, so that an older secret can be taken off the list one day.
import type { DBAdapter } from "better-auth";
import { parseEnvelope, symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";
import { z } from "zod";
import { oldest, type Secrets } from "./secrets.ts";

/**
 * Seals each key anew that another secret than the first has sealed. The key itself stays, and every token that it signed.
 * A key that no secret opens is left as it is: demand_fitting_secret.ts judges.
 */
export async function resealSigningKeys(tables: KeyTables, key: SealingKey, secrets: Secrets): Promise<void> {
  const rows = Row.array().parse(await tables.findMany<unknown>({ model: MODEL }));
  for (const { id, privateKey: sealed } of rows) {
    const sealedBy = parseEnvelope(sealed)?.version ?? oldest(secrets).id;
    if (sealedBy === secrets[0].id) continue;
    const opened = await open(sealed, key);
    if (opened === undefined) continue;
    const privateKey = JSON.stringify(await symmetricEncrypt({ key, data: opened }));
    await tables.update({ model: MODEL, where: [{ field: "id", value: id }], update: { privateKey } });
  }
}

/** better-auth's table of keys. */
type KeyTables = Pick<DBAdapter, "findMany" | "update">;

/** better-auth's own view of the secrets. */
type SealingKey = Parameters<typeof symmetricEncrypt>[0]["key"];

const MODEL = "jwks";

/** A private key is sealed, and its ciphertext is stored as a JSON string. */
const Row = z.object({
  id: z.string(),
  privateKey: z.string().transform((text) => z.string().parse(JSON.parse(text))),
});

async function open(data: string, key: SealingKey): Promise<string | undefined> {
  try {
    return await symmetricDecrypt({ key, data });
  } catch {
    return undefined; // better-auth has no error of its own for a key that does not open
  }
}
