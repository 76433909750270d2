// How addresses that strangers send (of e-mail, of the network) are stored in counts: by a hash of one length.
import { createHash } from "node:crypto";

/**
 * The hash of an address: always 43 characters, since anybody may send 60 kB for an e-mail address. It hides nothing
 * from people who can guess the address.
 */
export function addressHash(address: string): string {
  return createHash("sha256").update(address).digest("base64url");
}
