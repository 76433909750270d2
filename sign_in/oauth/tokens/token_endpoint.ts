// `POST …/oauth2/token`: redeems codes and refresh tokens (RFC 6749), and hands exchanges to token_exchange.ts. better-auth
// checks client, code, verifier and rotation; the grant decides whether a token is issued and what it says.
import type { EndGrant } from "../../people/people.ts";
import { z } from "zod";
import { jsonAnswer } from "../../http/json_answer.ts";
import type { AccessTokens } from "./access_tokens.ts";
import type { AskProvider } from "../provider/ask_provider.ts";
import { isDocumentId } from "../clients/client_documents.ts";
import { clientIdOf } from "../clients/claimed_client_id.ts";
import type { ClientStore } from "../clients/client_store.ts";
import type { AuthorizationCodes } from "../grants/authorization_codes.ts";
import type { Grant } from "../grants/grant.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import type { DocumentOf } from "../grants/records_document.ts";
import { readOAuthForm } from "../read_oauth_form.ts";
import type { InTurn } from "../../kit/in_turn.ts";
import { AUTHORIZATION_DETAILS, oauthError } from "../oauth_answer.ts";
import type { RefreshTokens } from "./refresh_tokens.ts";
import type { Registrations } from "../clients/registrations.ts";
import { isSameApp } from "../clients/is_same_app.ts";
import { isWithin, type ScopeList, type Scopes } from "../grants/scopes.ts";
import { sha256 } from "../../kit/sha256.ts";
import { EXCHANGE_GRANT, type ExchangeToken } from "./token_exchange.ts";

/** Answers a token request of either kind, or refuses it in the words of the RFCs. */
export async function answerTokenRequest(deps: TokenEndpointDeps, request: Request): Promise<Response> {
  const body = await readOAuthForm(request);
  if (body === undefined) {
    return oauthError("invalid_request", "A form without repeated parameters is required");
  }
  const grantType = body.get("grant_type");
  if (grantType === EXCHANGE_GRANT) return await deps.exchange(request.headers, body);
  if (grantType !== "authorization_code" && grantType !== "refresh_token") {
    return grantType === null
      ? oauthError("invalid_request", "grant_type is required")
      : oauthError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
  }
  const clientId = clientIdOf(request.headers, body);
  if (clientId === undefined || await deps.clients.find(clientId) === undefined) {
    // First of all: a client that hears this registers again; a client that hears `invalid_grant` asks the person in vain.
    return oauthError("invalid_client", "Unknown client");
  }
  if (body.getAll("resource").some((address) => !deps.gatewayAddresses.includes(address))) {
    return oauthError("invalid_target", "The requested resource is not served here");
  }
  if (body.has(AUTHORIZATION_DETAILS)) {
    return oauthError("invalid_authorization_details", "The person alone narrows what an app gets");
  }
  const authorization = request.headers.get("authorization") ?? undefined;
  return grantType === "refresh_token"
    ? await refresh(deps, body, clientId, authorization)
    : await redeem(deps, body, clientId, authorization);
}

/** What the token endpoint needs. */
export interface TokenEndpointDeps {
  readonly ask: AskProvider;
  readonly clients: ClientStore;
  readonly refreshTokens: RefreshTokens;
  readonly grants: GrantStore;
  readonly codes: AuthorizationCodes;
  readonly scopeList: ScopeList;
  readonly endGrant: EndGrant;
  readonly tokens: AccessTokens;
  readonly registrations: Registrations;
  readonly exchange: ExchangeToken;
  readonly documentOf: DocumentOf;
  /** Lets uses of one refresh token pass one after the other, on all nodes. */
  readonly inTurn: InTurn;
  readonly gatewayAddresses: readonly string[];
}

/** better-auth's answers. Its own access token is never looked at. */
const Issued = z.object({ refresh_token: z.string().optional() });

const Rotated = z.object({ refresh_token: z.string() });

const Refused = z.object({ error: z.string(), error_description: z.string().default("") });

async function redeem(
  deps: TokenEndpointDeps,
  body: URLSearchParams,
  clientId: string,
  authorization: string | undefined,
): Promise<Response> {
  const { grants } = deps;
  const code = body.get("code");
  if (!code) return oauthError("invalid_request", "code is required");
  const redeemed = await deps.codes.redeem(await sha256(code));
  // A code that comes twice was stolen, before or after: its whole grant is taken back (RFC 6749, section 4.1.2).
  if (redeemed.outcome === "replayed") await deps.endGrant(redeemed.grant.id);
  if (redeemed.outcome !== "first") {
    return oauthError("invalid_grant", "The code is not valid, or not any more");
  }
  const { grant } = redeemed;

  const answer = await deps.ask({ method: "POST", path: "/oauth2/token", body, authorization });
  if (!answer.ok || grant.clientId !== clientId) {
    await deps.endGrant(grant.id); // the code is used up: nothing can come of this grant
    return answer.ok
      ? oauthError("invalid_grant", "The code belongs to another client")
      : await refusal(answer);
  }
  const { refresh_token } = Issued.parse(await answer.json());
  if (!await grants.activate(grant.id)) {
    return oauthError("invalid_grant", "The code is not valid, or not any more");
  }
  await deps.registrations.markUsed(clientId);
  await endOlder(deps, grant);
  return await issue(deps, grant, grant, body, refresh_token);
}

/**
 * The newest grant of an app replaces its older grants, also where the app registered anew, unless the person said that
 * the app is on another computer. A client known by the URL of its document stands for every installation at once: there
 * each installation keeps its grant.
 */
async function endOlder(deps: TokenEndpointDeps, grant: Grant): Promise<void> {
  const client = isDocumentId(grant.clientId) ? undefined : await deps.clients.find(grant.clientId);
  if (client === undefined) return;
  for (const other of await deps.grants.listLive(grant.userId)) {
    if (other.id === grant.id) continue;
    const isOwn = other.clientId === client.id;
    const before = isOwn || grant.keepsOthers ? undefined : await deps.clients.find(other.clientId);
    if (isOwn || (before !== undefined && isSameApp(client, before))) await deps.endGrant(other.id);
  }
}

async function refresh(
  deps: TokenEndpointDeps,
  body: URLSearchParams,
  clientId: string,
  authorization: string | undefined,
): Promise<Response> {
  const token = body.get("refresh_token");
  if (!token) return oauthError("invalid_request", "refresh_token is required");
  return await deps.inTurn(
    `refresh ${await sha256(token)}`,
    async () => await rotate(deps, body, token, clientId, authorization),
  );
}

async function rotate(
  deps: TokenEndpointDeps,
  body: URLSearchParams,
  token: string,
  clientId: string,
  authorization: string | undefined,
): Promise<Response> {
  const invalid = () => oauthError("invalid_grant", "The refresh token is not valid, or not any more");
  let found = await deps.refreshTokens.find(token);
  if (found?.clientId === clientId && found.isBrokenOff) {
    await deps.refreshTokens.reopen(token);
    found = await deps.refreshTokens.find(token);
  }
  if (found?.clientId !== clientId) return invalid();
  // A used token comes again: two hold it, and one of them stole it (RFC 9700, section 4.14.2). The whole grant ends. For
  // the first minute it does not: a second window, or an app that did not get its answer, comes with the token by right.
  const grant = found.isUsed && !found.hasAnswer ? undefined : await deps.grants.findLive(found.grantId);
  if (!grant?.gatewayAddresses.every((address) => deps.gatewayAddresses.includes(address))) {
    await deps.endGrant(found.grantId);
    return invalid();
  }
  const asked = body.get("scope");
  const scopes = asked === null ? grant : narrowTo(grant, deps.scopeList.parse(asked));
  if (scopes === undefined) {
    return oauthError("invalid_scope", "More than was granted; ask the person again");
  }
  body.delete("scope"); // better-auth knows only the scopes of the first request
  const answer = await deps.ask({ method: "POST", path: "/oauth2/token", body, authorization });
  if (!answer.ok) return await refusal(answer);
  const { refresh_token } = Rotated.parse(await answer.json());
  if (found.isUsed && (await deps.refreshTokens.find(refresh_token))?.isUsed !== false) {
    // The token's successor was used too: no second window and no lost answer comes so late.
    await deps.endGrant(grant.id);
    return invalid();
  }
  await deps.refreshTokens.forgetExpired(); // every use leaves a used token behind, kept to recognise a thief
  return await issue(deps, grant, scopes, body, refresh_token);
}

/**
 * The scopes of an app that asks for scopes at a refresh (RFC 6749, section 6). An app that asks for its first scopes
 * again, though the person allowed fewer, is no attacker: it gets the fewer. A scope beyond the first ones is refused.
 */
function narrowTo(grant: Grant, asked: Scopes): Scopes | undefined {
  const spaces = asked.spaces.length === 0 ? grant.spaces : asked.spaces;
  if (!isWithin({ ...asked, spaces }, { ...grant, permissions: grant.requested })) return undefined;
  const permissions = grant.permissions.filter((permission) => asked.permissions.includes(permission));
  return permissions.length === 0 ? undefined : { permissions, spaces, offline: grant.offline };
}

async function issue(
  deps: TokenEndpointDeps,
  before: Grant,
  scopes: Scopes,
  body: URLSearchParams,
  refreshToken: string | undefined,
): Promise<Response> {
  // Read again: the grant may have been revoked or changed while better-auth was at work.
  const grant = await deps.grants.findLive(before.id);
  const gatewayAddresses = body.getAll("resource");
  const minted = grant && await deps.tokens.mint(
    { ...grant, version: before.version }, // the scopes were read under this version
    {
      ...scopes,
      permissions: scopes.permissions.filter((permission) => grant.permissions.includes(permission)),
    },
    gatewayAddresses.length === 0 ? grant.gatewayAddresses : [...new Set(gatewayAddresses)],
  );
  if (grant === undefined || minted === undefined) return oauthError("invalid_grant", "The grant has ended");
  const document = deps.documentOf(grant);
  return jsonAnswer(200, {
    access_token: minted.token,
    token_type: "Bearer",
    expires_in: minted.expiresIn,
    scope: minted.scope,
    // RFC 9396, section 7: what the app was given is said where it differs from what the scopes say.
    ...(document === undefined ? {} : { authorization_details: [document] }),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  });
}

/** better-auth's refusal in the words of the RFCs: a wrong verifier is `invalid_grant` and 400 (RFC 7636, section 4.6). */
async function refusal(answer: Response): Promise<Response> {
  if (answer.status >= 500) throw new Error(`Cannot issue a token: better-auth answered ${answer.status}`);
  const { error, error_description } = Refused.parse(await answer.json());
  if (error === "invalid_client") {
    const refused = oauthError("invalid_client", error_description);
    const challenge = answer.headers.get("www-authenticate");
    if (challenge !== null) refused.headers.set("www-authenticate", challenge);
    return refused;
  }
  const isVerifier = answer.status === 401 || error === "invalid_user";
  return jsonAnswer(400, { error: isVerifier ? "invalid_grant" : error, error_description });
}
