// `GET …/oauth2/authorize` (RFC 6749, section 4.1.1): the first step of a connection. Completes what older clients leave
// out; better-auth checks the rest.
import { clientErrorPage, leavePage } from "../../pages/message_page.tsx";
import type { AskProvider } from "../provider/ask_provider.ts";
import { SPACES_PARAMETER } from "./authorization_request.ts";
import { type ClientDocuments, isDocumentId } from "../clients/client_documents.ts";
import type { ClientStore } from "../clients/client_store.ts";
import { hasRepeated } from "../read_oauth_form.ts";
import { redirectKind } from "../clients/redirect_uri.ts";
import { DEFAULT_SCOPE, type ScopeList, SPACE_PREFIX } from "../grants/scopes.ts";

/**
 * Answers with a redirect: to a page of ours or, when the app is at fault, to the app. `address` is the network address
 * that the request came from.
 */
export async function authorize(
  deps: AuthorizeDeps,
  request: Request,
  address: string,
): Promise<Response> {
  const params = new URL(request.url).searchParams;
  if (hasRepeated(params.keys())) return await clientErrorPage("invalid_request");
  const clientId = params.get("client_id") ?? "";
  if (isDocumentId(clientId)) {
    if (!await deps.documents.ensure(clientId, address)) return await clientErrorPage("invalid_client");
  } else if (await deps.clients.find(clientId) === undefined) {
    return await clientErrorPage("invalid_client");
  }

  // The client may have registered before the rules of today: its scheme could start a program that is no app.
  const redirect = params.get("redirect_uri");
  if (redirect !== null && redirectKind(redirect) === undefined) {
    return await clientErrorPage("invalid_redirect");
  }

  const asked = params.get("scope") ?? "";
  const { permissions, spaces } = deps.scopeList.parse(asked);
  // Words of other services are passed over. A request without a permission of ours (`openid profile`, or
  // `offline_access` alone) counts as an empty request: the person chooses from everything.
  params.set("scope", permissions.length === 0 ? DEFAULT_SCOPE : deps.scopeList.fixed(asked));
  params.set(SPACES_PARAMETER, spaces.map((id) => SPACE_PREFIX + id).join(" "));
  // Clients before 2025-06-18 name no resource, and a token without an audience would be for nobody in particular.
  if (!params.has("resource")) params.set("resource", deps.gatewayAddresses[0]);

  const answer = await deps.ask({
    method: "GET",
    path: `/oauth2/authorize?${params}`,
    cookie: request.headers.get("cookie") ?? undefined,
  });
  await answer.body?.cancel();
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`Cannot authorize: better-auth answered ${answer.status}`);
  return await goOn(deps.issuer, location);
}

/** What authorization needs. */
export interface AuthorizeDeps {
  readonly ask: AskProvider;
  readonly clients: ClientStore;
  readonly documents: ClientDocuments;
  readonly scopeList: ScopeList;
  readonly issuer: string;
  readonly gatewayAddresses: readonly [string, ...string[]];
}

/**
 * Sends the browser where better-auth said: to a page of ours, or back to the app with an error. An app on this
 * computer gets its error at once. To other apps the person goes on by their own click: anybody can register an
 * address here, and a link to this service must not carry people there unasked (RFC 9700, section 4.11.2).
 */
export async function goOn(issuer: string, location: string): Promise<Response> {
  const isOurs = ["/sign-in", "/sign-up", "/consent", "/error"].some((path) =>
    location === issuer + path || location.startsWith(`${issuer}${path}?`)
  );
  const [address = ""] = location.split("?"); // the query is better-auth's and not the app's, and may be long
  if (!isOurs && redirectKind(address) !== "loopback") return await leavePage(location);
  return new Response(null, {
    status: isOurs ? 303 : 302,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}
