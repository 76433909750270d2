import type { Identity } from "../auth/identity.ts";
import { readCappedBody } from "../http/read_capped_body.ts";
import { SMALL_BODY_BYTES } from "../kit/limits.ts";

/** Who is signed in, by the session cookie. */
export async function readPerson(identity: Identity, headers: Headers): Promise<Person | undefined> {
  const { response, headers: answered } = await identity.api.getSession({ headers, returnHeaders: true });
  if (response === null) return undefined;
  const { user, session } = response;
  return { userId: user.id, sessionId: session.id, email: user.email, cookies: answered.getSetCookie() };
}

/** The person signed in at a browser. */
export interface Person {
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  /** Cookies to set again: better-auth prolongs a session that is used. */
  readonly cookies: readonly string[];
}

/** The fields of a form of ours; none when it is something else or too long. */
export async function readPageForm(request: Request): Promise<URLSearchParams> {
  const body = await readCappedBody(request, SMALL_BODY_BYTES);
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  return new URLSearchParams(body.ok && type === "application/x-www-form-urlencoded" ? body.text : "");
}
