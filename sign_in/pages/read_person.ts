// Who is signed in at a browser, and the form that they sent.
import type { Identity } from "../identity/identity.ts";
import { readForm } from "../http/read_form.ts";

/** The person of the session cookie; `undefined` when nobody is signed in. */
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

/** The fields of a form of ours; no fields when the body is no form or is too long. */
export async function readPageForm(request: Request): Promise<URLSearchParams> {
  return await readForm(request) ?? new URLSearchParams();
}
