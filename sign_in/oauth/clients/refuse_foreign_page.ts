// Keeps web pages from registering clients in their visitors' names (CSRF at registration).
import { jsonAnswer } from "../../http/json_answer.ts";
import { mediaType } from "../../http/media_type.ts";
import { oauthError } from "../oauth_answer.ts";

/**
 * Refuses a foreign origin, and a body that is not `application/json`: forms and `text/plain` cross origins without a
 * preflight. Otherwise a page on the web could have its visitors' browsers register clients, each from another address.
 */
export function refuseForeignPage(request: Request, origins: readonly string[]): Response | undefined {
  const origin = request.headers.get("origin");
  if (origin !== null && !mayRegister(origin, origins)) {
    return jsonAnswer(403, {
      error: "access_denied",
      error_description: "A web page of this origin cannot register",
    });
  }
  if (mediaType(request.headers) === "application/json") return undefined;
  return oauthError("invalid_client_metadata", "Send the body as Content-Type: application/json");
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a page of this origin may register clients: a page served on this computer, such as the MCP Inspector (programs
 * here can register without a browser as well), or of an origin that the operator lists. Browsers put the origin on
 * every POST. A page whose name was bound to this computer anew (DNS rebinding) still sends its own origin.
 */
export function mayRegister(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // "null", of a sandboxed frame or a file
  const { protocol, hostname } = new URL(origin);
  return (protocol === "http:" || protocol === "https:") && LOOPBACK.includes(hostname);
}
