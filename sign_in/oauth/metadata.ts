// Authorization server metadata (RFC 8414). Announces nothing that is switched off, and no OpenID Connect.
import type { Operator } from "../../process/operator/operator.ts";
import { PRIVACY_PATH, TERMS_PATH } from "../../process/operator/policy_page.ts";
import { CLIENT_AUTH_METHODS } from "./clients/client_store.ts";
import type { ScopeList } from "./grants/scopes.ts";
import { EXCHANGE_GRANT } from "./tokens/token_exchange.ts";

/**
 * Not taken from better-auth, which would also announce features that are switched off (userinfo, introspection by
 * clients, DPoP, back-channel logout). No OpenID Connect is offered: the identity of a person concerns no app, so there
 * is no `openid` scope and no `/.well-known/openid-configuration`.
 */
export function toMetadata(deps: MetadataDeps) {
  const { issuer, scopeList, canExchange, hasClientDocuments, operator } = deps;
  const oauth = `${issuer}/api/auth/oauth2`;
  return {
    issuer,
    authorization_endpoint: `${oauth}/authorize`,
    token_endpoint: `${oauth}/token`,
    registration_endpoint: `${oauth}/register`,
    revocation_endpoint: `${oauth}/revoke`,
    jwks_uri: `${issuer}/api/auth/jwks`,
    scopes_supported: scopeList.supported,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      ...(canExchange ? [EXCHANGE_GRANT] : []),
    ],
    token_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    code_challenge_methods_supported: ["S256"],
    // What people and apps can rely on, and have to keep to (RFC 8414 section 2).
    op_policy_uri: operator.privacyUrl ?? issuer + PRIVACY_PATH,
    op_tos_uri: operator.termsUrl ?? issuer + TERMS_PATH,
    authorization_response_iss_parameter_supported: true,
    // Ours: where a person decides what an app asks for. The gateway gives no link without it.
    ...(deps.hasApprovals
      ? {
        mana_approvals_uri: `${issuer}/approvals`,
        // Ours: where a person sees what their apps did, and undoes it.
        mana_activity_uri: `${issuer}/activity`,
      }
      : {}),
    // Ours: where a person sees their apps and allows them more or less.
    mana_apps_uri: `${issuer}/apps`,
    ...(hasClientDocuments ? { client_id_metadata_document_supported: true } : {}),
  };
}

/** What the metadata depends on. */
export interface MetadataDeps {
  readonly issuer: string;
  readonly scopeList: ScopeList;
  readonly canExchange: boolean;
  /** Whether clients may be known by the URL of a document. */
  readonly hasClientDocuments: boolean;
  readonly operator: Operator;
  /** Whether there is a page on which people decide what apps ask for. */
  readonly hasApprovals: boolean;
}
