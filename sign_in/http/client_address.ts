// Where a request came from, for limits that count per address. Proves nothing about the sender.
import { isIP } from "node:net";

/**
 * The other end of the connection. Where that end is this computer: the last entry of `X-Forwarded-For`, which the proxy
 * here wrote; earlier entries are the sender's own words. Programs on this computer can write anything there and gain
 * little, since the limits for all addresses together still hold. An IPv6 address counts by its first 64 bits, which one
 * customer has to themselves.
 */
export function clientAddress(headers: Headers, peer: string): string {
  const written = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  const isHere = peer === "127.0.0.1" || peer === "::1";
  const address = isHere && isIP(written) !== 0 ? written : peer;
  return isIP(address) === 6 ? firstHalf(address) : address;
}

/** The one thing that services are told of a request besides the request itself: where it came from. */
export interface Peer {
  readonly Bindings: { readonly address: string };
}

/** `2001:db8::1` → `2001:db8:0:0`. An IPv4 address in IPv6's form stays whole. */
function firstHalf(address: string): string {
  const { hostname } = new URL(`http://[${address.split("%")[0]}]/`); // one spelling, lower case, no dotted part
  const [before = "", after] = hostname.slice(1, -1).split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const words = after === undefined
    ? head
    : [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return words.slice(0, 5).every((word) => word === "0") ? words.join(":") : words.slice(0, 4).join(":");
}
