// The one way to better-auth's guarded endpoints, inside this process. Passes on only what is named.
import type { Identity } from "../../identity/identity.ts";
import { ADMISSION_HEADER } from "../../identity/identity_options.ts";

/** Asks better-auth's handler with a request made here. Only the named parts get through, whatever the caller sent. */
export type AskProvider = (question: ProviderQuestion) => Promise<Response>;

/** Creates the question with the admission that guarded endpoints demand. */
export function createAskProvider(deps: AskProviderDeps): AskProvider {
  const origin = new URL(deps.issuer).origin;
  return async ({ method, path, body, cookie, authorization }) => {
    const headers = new Headers({ origin, [ADMISSION_HEADER]: deps.admission });
    if (typeof body === "string") headers.set("content-type", "application/json");
    if (cookie !== undefined) headers.set("cookie", cookie);
    if (authorization !== undefined) headers.set("authorization", authorization);
    const init = body === undefined ? { method, headers } : { method, headers, body };
    return await deps.identity.handler(new Request(`${deps.issuer}/api/auth${path}`, init));
  };
}

/** What a call of better-auth's OAuth endpoints needs. */
export interface AskProviderDeps {
  readonly identity: Identity;
  readonly issuer: string;
  readonly admission: string;
}

/** A request to better-auth, inside this process. */
export interface ProviderQuestion {
  readonly method: "GET" | "POST";
  /** Below `/api/auth`, with its query. */
  readonly path: string;
  readonly body?: URLSearchParams | string;
  /** The session cookie, where the endpoint is about a person. */
  readonly cookie?: string | undefined;
  /** The client's own credentials, where the endpoint is about a client. */
  readonly authorization?: string | undefined;
}
