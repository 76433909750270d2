import { Refused } from "../kit/errors.ts";
import { MAX_UNKNOWN_PER_ADDRESS } from "../kit/limits.ts";
import { fullRefusal } from "./in_flight.ts";
import { createShares } from "./shares.ts";

/** Where a request came from, as `Deno.serve` tells it. Read only when asked for: each reading is a call into the runtime. */
export interface Connection {
  readonly remoteAddr: { readonly hostname?: string };
}

/**
 * Bounds the requests of one address of which nobody knows yet whose they are: while the auth service is slow, made-up tokens
 * would otherwise pile up without an end. Behind a proxy all share the proxy's address; no header is believed about it.
 */
export interface AddressShare {
  /** Throws Refused `share-exceeded` where the address has no room for one more. */
  demandRoom(connection: Connection | undefined): void;
  /** Counts one request until `known` settles, and returns what it gives. */
  during<T>(connection: Connection | undefined, known: Promise<T>): Promise<T>;
}

/** Creates the share, with nobody counted. */
export function createAddressShare(): AddressShare {
  const shares = createShares({ perHolder: MAX_UNKNOWN_PER_ADDRESS, inAll: Infinity });
  return Object.freeze({
    demandRoom(connection: Connection | undefined): void {
      // As long as fewer are counted in all, nobody's share can be full, and no address has to be looked at.
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
 * What one customer of a provider has: an IPv4 address, or the first 64 bits of an IPv6 address, of which the rest is free
 * to choose (RFC 4291, section 2.5.4). An IPv4 address in IPv6 form is the IPv4 address.
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
