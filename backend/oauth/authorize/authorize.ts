import { clientErrorPage, leavePage } from "../../pages/message_page.tsx";
import type { AskProvider } from "../provider/ask_provider.ts";
import { SPACES_PARAMETER } from "./authorization_request.ts";
import { type ClientDocuments, isDocumentId } from "../clients/client_documents.ts";
import type { ClientStore } from "../clients/client_store.ts";
import { hasRepeated } from "../has_repeated.ts";
import { redirectKind } from "../clients/redirect_uri.ts";
import { DEFAULT_SCOPE, type ScopeList, SPACE_PREFIX } from "../grants/scopes.ts";

/**
 * `GET …/oauth2/authorize`: completes what older clients leave out and lets better-auth check the rest. Its answer
 * is a redirect to a page of ours or, when the app is at fault, to the app. `address` is where the request came from.
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

  // Registered before the rules were as they are: its scheme may start a program that is no app.
  const redirect = params.get("redirect_uri");
  if (redirect !== null && redirectKind(redirect) === undefined) {
    return await clientErrorPage("invalid_redirect");
  }

  const asked = params.get("scope") ?? "";
  const { permissions, spaces } = deps.scopeList.parse(asked);
  // Words of other services are passed over, and so is a request that has only those: `openid profile`, or a wish to stay
  // connected without one for what. It names nothing of ours, as an empty one, and the person chooses.
  params.set("scope", permissions.length === 0 ? DEFAULT_SCOPE : deps.scopeList.fixed(asked));
  params.set(SPACES_PARAMETER, spaces.map((id) => SPACE_PREFIX + id).join(" "));
  // Without a resource a token would be for nobody in particular; clients before 2025-06-18 name none.
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
 * computer gets its error at once. Everywhere else the person goes on by their own click: anybody can register an
 * address here, and a link to this service must not carry people there unasked (RFC 9700, section 4.11.2).
 */
export async function goOn(issuer: string, location: string): Promise<Response> {
  const isOurs = ["/sign-in", "/sign-up", "/consent", "/error"].some((path) =>
    location === issuer + path || location.startsWith(`${issuer}${path}?`)
  );
  const [address = ""] = location.split("?"); // what better-auth added is not the app's, and may be long
  if (!isOurs && redirectKind(address) !== "loopback") return await leavePage(location);
  return new Response(null, {
    status: isOurs ? 303 : 302,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}
