// Whoever may switch the runner has its own key: the same that it is known by at the personas API. It stays in this room.
import { hmac } from "../kit/hmac.ts";

/** Creates the question whether a request has the key, in `X-Service-Key`. The comparison takes as long for every wrong one. */
export function createKeyCheck(key: string): (request: Request) => Promise<boolean> {
  return async (request) => {
    const given = request.headers.get("x-service-key");
    if (given === null) return false;
    const [a, b] = await Promise.all([hmac(key, given), hmac(key, key)]);
    return a.toHex() === b.toHex();
  };
}
