// Master keys as they lie in the database: wrapped with the installation's key-encryption key. The only cryptography of
// the vault.

/** Wraps and unwraps master keys with the installation's key-encryption key. */
export interface KeyWrap {
  wrap(userId: string, masterKey: Uint8Array<ArrayBuffer>): Promise<WrappedKey>;
  /** @throws {DOMException} when the row was changed or belongs to another person, or with another KEK */
  unwrap(userId: string, wrapped: WrappedKey): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * AES-256-GCM with the user id as additional data: a wrapped key that somebody copies into another person's
 * row does not open there. The format at rest is this service's own; nothing on the wire shows it.
 */
export async function createKeyWrap(
  kek: Uint8Array<ArrayBuffer>,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): Promise<KeyWrap> {
  const key = await crypto.subtle.importKey("raw", kek, "AES-GCM", false, ["encrypt", "decrypt"]);
  const parameters = (userId: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: "AES-GCM",
    iv,
    additionalData: new TextEncoder().encode(userId),
  });
  return {
    async wrap(userId, masterKey) {
      const iv = randomBytes(IV_BYTES);
      return {
        bytes: new Uint8Array(await crypto.subtle.encrypt(parameters(userId, iv), key, masterKey)),
        iv,
      };
    },
    async unwrap(userId, { bytes, iv }) {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(userId, iv), key, bytes));
    },
  };
}

/** A master key as it lies in the database. */
export interface WrappedKey {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly iv: Uint8Array<ArrayBuffer>;
}

/** Bytes of an AES-GCM nonce. Every wrap draws a new nonce. */
const IV_BYTES = 12;
