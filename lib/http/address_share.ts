// Bounds the requests of one address while nobody knows yet whose requests they are. No header is believed about an address.
import { Refused } from "../kit/errors.ts";
import { MAX_UNKNOWN_PER_ADDRESS } from "../kit/limits.ts";
import { fullRefusal } from "./in_flight.ts";
import { createShares } from "./shares.ts";

/** Where a request came from, as `Deno.serve` tells it. Each reading is a call into the runtime, so it is read only when needed. */
export interface Connection {
  readonly remoteAddr: { readonly hostname?: string };
}

/**
 * Counts, by address, the requests whose callers are being established. Without this bound requests with made-up tokens would
 * pile up without end while the auth service is slow. Behind a proxy all requests have the proxy's address.
 */
export interface AddressShare {
  /** Throws Refused `share-exceeded` where the address has no room for one more request. */
  demandRoom(connection: Connection | undefined): void;
  /** Counts one request until `known` settles, and returns what `known` resolves to. */
  during<T>(connection: Connection | undefined, known: Promise<T>): Promise<T>;
}

/** Creates the share, with nobody counted. */
export function createAddressShare(): AddressShare {
  const shares = createShares({ perHolder: MAX_UNKNOWN_PER_ADDRESS, inAll: Infinity });
  return Object.freeze({
    demandRoom(connection: Connection | undefined): void {
      // While fewer requests than one share are counted in all, no share can be full and no address has to be read.
      if (shares.total() < MAX_UNKNOWN_PER_ADDRESS) return;
      const holder = holderOf(connection);
      if (shares.take(holder, 1) !== "taken") throw new Refused(fullRefusal("share-full"));
      shares.giveBack(holder, 1);
    },
    async during<T>(connection: Connection | undefined, known: Promise<T>): Promise<T> {
      const holder = holderOf(connection);
      shares.take(holder, 1);
      try {
        return await known;
      } finally {
        shares.giveBack(holder, 1);
      }
    },
  });
}

function holderOf(connection: Connection | undefined): string {
  return networkOf(connection?.remoteAddr.hostname ?? "");
}

/**
 * The part of an address that a provider gives to one customer: an IPv4 address, or the first 64 bits of an IPv6 address; the
 * customer chooses the rest (RFC 4291, section 2.5.4). An IPv4 address in IPv6 form is the IPv4 address.
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail = ""] = address.split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = address.includes("::") ? Math.max(0, 8 - before.length - after.length) : 0;
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return groups.slice(0, 4).join(":");
}
