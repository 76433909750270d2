// Where the browser goes after better-auth has judged a request: on to a page of ours, or back to the app.
import { authorize, type AuthorizeDeps } from "../oauth/authorize/authorize.ts";
import { redirectKind } from "../oauth/clients/redirect_uri.ts";
import { clientErrorPage, leavePage } from "./message_page.tsx";

/** Answers `GET …/oauth2/authorize`; `address` is the network address that the request came from. */
export async function answerAuthorize(
  deps: AuthorizeDeps,
  request: Request,
  address: string,
): Promise<Response> {
  const outcome = await authorize(deps, request, address);
  return "refused" in outcome
    ? await clientErrorPage(outcome.refused)
    : await goOn(deps.issuer, outcome.location);
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
