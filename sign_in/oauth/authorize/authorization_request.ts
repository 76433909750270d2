// An app's request, as better-auth checked and signed it, read back when the person answers. Nothing unsigned is believed.
import { z } from "zod";
import { type Identity, isAuthRefusal } from "../../identity/identity.ts";
import type { Permission, ScopeList } from "../grants/scopes.ts";

/** Reads a signed request; `undefined` when its signature is not ours or too old. */
export async function readAuthorizationRequest(
  identity: Identity,
  scopeList: ScopeList,
  oauthQuery: string,
): Promise<AuthorizationRequest | undefined> {
  try {
    const { data: state } = State.safeParse(
      await identity.api.readAuthorization({ body: { oauth_query: oauthQuery } }),
    );
    if (state === undefined) return undefined; // without a query better-auth returns nothing and throws nothing
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
  /** Spaces that the app named; empty: it named none. */
  readonly spaces: readonly string[];
  readonly offline: boolean;
  readonly gatewayAddresses: readonly string[];
  /** The fixed scopes in the words of the request. */
  readonly scope: string;
  /** The browser session that was signed in when the consent page was called for. */
  readonly sessionId: string;
}

/** Parameter that carries the named spaces past better-auth, which knows no spaces, inside the request it signs. */
export const SPACES_PARAMETER = "mana_spaces";

const State = z.object({ query: z.string(), postLoginClearedForSession: z.string().default("") });

const Query = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  scope: z.string(),
  [SPACES_PARAMETER]: z.string().default(""),
});
