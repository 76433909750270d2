// `GET …/oauth2/authorize` (RFC 6749, section 4.1.1): the first step of a connection. Completes what older clients leave
// out; better-auth checks the rest.
import type { AskProvider } from "../provider/ask_provider.ts";
import { SPACES_PARAMETER } from "./authorization_request.ts";
import { type ClientDocuments, isDocumentId } from "../clients/client_documents.ts";
import type { ClientStore } from "../clients/client_store.ts";
import { hasRepeated } from "../read_oauth_form.ts";
import { redirectKind } from "../clients/redirect_uri.ts";
import { DEFAULT_SCOPE, type ScopeList, SPACE_PREFIX } from "../grants/scopes.ts";
import { AUTHORIZATION_DETAILS } from "../oauth_answer.ts";

/**
 * Checks a request and says where the browser goes next: to a page of ours or, when the app is at fault, to the app, whose
 * address nobody has judged yet (pages/go_on.ts). `address` is the network address that the request came from.
 */
export async function authorize(
  deps: AuthorizeDeps,
  request: Request,
  address: string,
): Promise<AuthorizeOutcome> {
  const params = new URL(request.url).searchParams;
  if (hasRepeated(params.keys())) return { refused: "invalid_request" };
  const clientId = params.get("client_id") ?? "";
  if (isDocumentId(clientId)) {
    if (!await deps.documents.ensure(clientId, address)) return { refused: "invalid_client" };
  } else if (await deps.clients.find(clientId) === undefined) {
    return { refused: "invalid_client" };
  }

  // The client may have registered before the rules of today: its scheme could start a program that is no app.
  const redirect = params.get("redirect_uri");
  if (redirect !== null && redirectKind(redirect) === undefined) {
    return { refused: "invalid_redirect" };
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
  // better-auth does not know the parameter and would pass it over: then the person would allow something else than was asked for.
  return params.has(AUTHORIZATION_DETAILS) ? refuseDetails(deps, params, location) : { location };
}

/**
 * `invalid_authorization_details` to the app (RFC 9396, section 5), once better-auth has found everything else in order: an address that
 * it did not judge gets nobody. Its own refusals stay as they are.
 */
function refuseDetails(
  { issuer }: Pick<AuthorizeDeps, "issuer">,
  params: URLSearchParams,
  location: string,
): AuthorizeOutcome {
  const redirect = params.get("redirect_uri");
  const isInOrder = ["/sign-in", "/sign-up", "/consent"].some((path) =>
    location.startsWith(`${issuer}${path}?`)
  );
  if (!isInOrder) return { location };
  if (redirect === null) return { refused: "invalid_request" };
  const address = new URL(redirect);
  const state = params.get("state");
  address.searchParams.set("error", "invalid_authorization_details");
  address.searchParams.set("error_description", "The person alone narrows what an app gets");
  if (state !== null) address.searchParams.set("state", state);
  address.searchParams.set("iss", issuer);
  return { location: address.href };
}

/** Where the browser goes, or why it goes nowhere: the app is not known, cannot be answered, or asks twice for one thing. */
export type AuthorizeOutcome =
  | { readonly location: string }
  | { readonly refused: "invalid_client" | "invalid_redirect" | "invalid_request" };

/** What authorization needs. */
export interface AuthorizeDeps {
  readonly ask: AskProvider;
  /** Public base URL of this server. */
  readonly issuer: string;
  readonly clients: ClientStore;
  readonly documents: ClientDocuments;
  readonly scopeList: ScopeList;
  readonly gatewayAddresses: readonly [string, ...string[]];
}
