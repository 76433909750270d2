import { createHash } from "node:crypto";

/**
 * An e-mail address as the counts of failed logins keep it: always 43 characters, since anybody may send 60 kB for an
 * address. It hides nothing from who can guess the address.
 */
export function addressHash(address: string): string {
  return createHash("sha256").update(address).digest("base64url");
}
