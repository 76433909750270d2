// Seals values as the apps do (docs/contracts/crypto.md). Written anew: the stub knows nothing of the gateway's files.

/** Seals one value. */
export type Seal = (value: unknown) => Promise<string>;

/** AES-256-GCM over the JSON text of a value: `enc:1:` + base64(iv) + `.` + base64(ciphertext and tag). */
export async function createSeal(masterKey: Uint8Array<ArrayBuffer>): Promise<Seal> {
  const key = await crypto.subtle.importKey("raw", masterKey, "AES-GCM", false, ["encrypt"]);
  return async (value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    const tail = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text);
    return `enc:1:${iv.toBase64()}.${new Uint8Array(tail).toBase64()}`;
  };
}
