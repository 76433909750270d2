// `POST /api/v1/oauth/introspect` (RFC 7662), for the gateway alone: whether an app's token still holds. Never says why not.
import type { HasServiceKey } from "../../http/service_key.ts";
import { jsonAnswer } from "../../http/json_answer.ts";
import { serviceError } from "../../http/service_error.ts";
import { appKeyOf } from "../clients/is_same_app.ts";
import type { AccessTokens } from "./access_tokens.ts";
import type { ClientStore } from "../clients/client_store.ts";
import type { Grant } from "../grants/grant.ts";
import { ASK_WRITES } from "../grants/grant_changes.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import type { DocumentOf } from "../grants/records_document.ts";
import type { People } from "../../people/people.ts";
import { oauthError } from "../oauth_answer.ts";
import { readOAuthForm } from "../read_oauth_form.ts";

/**
 * A token is active while it is genuine and not expired, and its grant is live and still allows everything that it says.
 * The reason why a token is not active is not told (section 2.2).
 */
export async function introspect(deps: IntrospectDeps, request: Request): Promise<Response> {
  if (!await deps.hasServiceKey(request.headers)) return serviceError(401, "Invalid or missing service key");
  const token = (await readOAuthForm(request))?.get("token");
  if (!token) return oauthError("invalid_request", "A form with a token is required");
  // The gateway asks because the app called: that is a use, also where the answer is no.
  const found = await deps.tokens.grantOf(token);
  if (found !== undefined) await deps.grants.noteUse(found.grantId);
  const live = await deps.tokens.verify(token);
  const client = live && await deps.clients.find(live.grant.clientId);
  if (live === undefined || client === undefined) return jsonAnswer(200, { active: false });
  return jsonAnswer(200, {
    active: true,
    sub: live.grant.userId,
    client_id: client.id,
    client_name: client.name,
    app_key: appKeyOf(client),
    scope: live.scope,
    exp: live.exp,
    gid: live.grant.id,
    ...await grantMembers(deps, live.grant),
  });
}

/**
 * What the gateway would have to ask or to guess otherwise: `space_count`, the number of spaces that the grant opens, where
 * that is known without asking anybody; `zoneinfo`, the person's time zone (OpenID Connect Core, section 5.1);
 * `tool_profile`, the profile of tools that the person picked for the app; `ask_first`, the calls before which the person wants to be
 * asked on their page; `authorization_details`, the document where the person narrowed the app (RFC 9396, section 9.2); `read_budget`, the
 * records an hour that it may open; `ledger`, whether it may open what cannot be noted.
 */
async function grantMembers({ people, documentOf }: IntrospectDeps, grant: Grant) {
  const { userId, spaces, zoneinfo, toolProfile, askFirst, readBudget, ledger } = grant;
  const document = documentOf(grant);
  const count = spaces.length > 0 ? spaces.length : await people.countSpaces(userId);
  return {
    ...(count === undefined ? {} : { space_count: count }),
    ...(zoneinfo === undefined ? {} : { zoneinfo }),
    ...(toolProfile === undefined ? {} : { tool_profile: toolProfile }),
    ...(askFirst ? { ask_first: ASK_WRITES } : {}),
    ...(document === undefined ? {} : { authorization_details: [document] }),
    ...(readBudget === undefined ? {} : { read_budget: readBudget }),
    ...(ledger === undefined ? {} : { ledger }),
  };
}

/** What introspection needs. */
export interface IntrospectDeps {
  readonly people: Pick<People, "countSpaces">;
  readonly hasServiceKey: HasServiceKey;
  readonly tokens: AccessTokens;
  readonly grants: GrantStore;
  readonly clients: ClientStore;
  readonly documentOf: DocumentOf;
}
