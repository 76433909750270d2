// Whether a request comes from a service of ours, by `X-Service-Key`.
import { timingSafeEqual } from "node:crypto";

/** Whether a request carries the service key. */
export type HasServiceKey = (headers: Headers) => Promise<boolean>;

/** Refuses every request where no key is configured: an empty key must not match an absent header. */
export function createServiceKeyCheck(serviceKey: string | undefined): HasServiceKey {
  return async (headers) => {
    const given = headers.get("x-service-key");
    return serviceKey !== undefined && given !== null && await isSame(given, serviceKey);
  };
}

/** Compares digests, which have one length, in constant time: the answer's delay says nothing about the key. */
async function isSame(given: string, expected: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return timingSafeEqual(await digest(given), await digest(expected));
}
