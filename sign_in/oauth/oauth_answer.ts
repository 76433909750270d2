// Refusals of the OAuth endpoints (RFC 6749, section 5.2).
import { jsonAnswer } from "../http/json_answer.ts";

/** The parameter by which an app could ask for single records (RFC 9396). None may: the person alone narrows, on our pages. */
export const AUTHORIZATION_DETAILS = "authorization_details";

/** Error codes of OAuth that this service uses (RFC 6749, RFC 7591, RFC 8693, RFC 8707, RFC 9396). */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "invalid_target"
  | "invalid_authorization_details"
  | "invalid_redirect_uri"
  | "invalid_client_metadata"
  | "unsupported_grant_type"
  | "temporarily_unavailable";

/** `{error, error_description}`. A client that failed to prove itself gets 401. */
export function oauthError(error: OAuthErrorCode, description: string, status?: number): Response {
  return jsonAnswer(status ?? (error === "invalid_client" ? 401 : 400), {
    error,
    error_description: description,
  });
}
