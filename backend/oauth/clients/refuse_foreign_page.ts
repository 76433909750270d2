import { jsonAnswer } from "../../http/json_answer.ts";
import { oauthError } from "../oauth_answer.ts";

/**
 * Refuses what a page on the web can have its visitors' browsers send, each from an address of its own: a foreign origin,
 * and a body that is not `application/json`, which forms and `text/plain` get across without a preflight.
 */
export function refuseForeignPage(request: Request, origins: readonly string[]): Response | undefined {
  const origin = request.headers.get("origin");
  if (origin !== null && !mayRegister(origin, origins)) {
    return jsonAnswer(403, {
      error: "access_denied",
      error_description: "A web page of this origin cannot register",
    });
  }
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return undefined;
  return oauthError("invalid_client_metadata", "Send the body as Content-Type: application/json");
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a page of this origin may register clients: one served on this computer, as the MCP Inspector is (what runs here
 * can register without a browser as well), or one that the operator lists. Browsers put the origin on every POST, and
 * a page whose name was bound to this computer anew (DNS rebinding) still has its own.
 */
export function mayRegister(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // "null", of a sandboxed frame or a file
  const { protocol, hostname } = new URL(origin);
  return (protocol === "http:" || protocol === "https:") && LOOPBACK.includes(hostname);
}
