import { z } from "zod";
import { type Identity, isAuthRefusal } from "../../auth/identity.ts";
import type { Permission, ScopeList } from "../grants/scopes.ts";

/** Reads a signed request; `undefined` when nobody here signed it, or too long ago. */
export async function readAuthorizationRequest(
  identity: Identity,
  scopeList: ScopeList,
  oauthQuery: string,
): Promise<AuthorizationRequest | undefined> {
  try {
    const { data: state } = State.safeParse(
      await identity.api.readAuthorization({ body: { oauth_query: oauthQuery } }),
    );
    if (state === undefined) return undefined; // without a query better-auth says nothing, and has no fault to tell
    const params = new URLSearchParams(state.query);
    const query = Query.parse(Object.fromEntries(params));
    return {
      clientId: query.client_id,
      redirectUri: query.redirect_uri,
      ...scopeList.parse(`${query.scope} ${query[SPACES_PARAMETER]}`),
      gatewayAddresses: params.getAll("resource"),
      scope: query.scope,
      sessionId: state.postLoginClearedForSession,
    };
  } catch (error) {
    if (isAuthRefusal(error)) return undefined;
    throw error;
  }
}

/** An app's request, as it was checked and signed when the browser brought it. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly permissions: readonly Permission[];
  /** Spaces that the app named; empty: it did not say. */
  readonly spaces: readonly string[];
  readonly offline: boolean;
  readonly gatewayAddresses: readonly string[];
  /** The fixed scopes in the words of the request. */
  readonly scope: string;
  /** The browser session that was signed in when the consent page was called for. */
  readonly sessionId: string;
}

/** Carries the spaces an app named past better-auth, inside what it signs. */
export const SPACES_PARAMETER = "mana_spaces";

const State = z.object({ query: z.string(), postLoginClearedForSession: z.string().default("") });

const Query = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  scope: z.string(),
  [SPACES_PARAMETER]: z.string().default(""),
});
