// What an app says of itself, when it registers or in its document (RFC 7591, section 2). Believes none of it.
import { z } from "zod";
import { REDIRECT_URIS } from "../../kit/limits.ts";

/** The members that are read; others are passed over. */
export const ClientMetadata = z.object({
  redirect_uris: z.array(z.string()).min(1).max(REDIRECT_URIS),
  client_name: z.string().nullish(),
  token_endpoint_auth_method: z.string().nullish(),
  grant_types: z.array(z.string()).nullish(),
  response_types: z.array(z.string()).nullish(),
});
/** Metadata of the right form, not judged yet. Null counts as absent: generated clients send all members. */
export type ClientMetadata = z.infer<typeof ClientMetadata>;

/** The fault of a body that is no {@link ClientMetadata}, by the name of the member. */
export function metadataProblem(body: unknown): string {
  const field = ClientMetadata.safeParse(body).error?.issues[0]?.path[0];
  if (field === undefined) return "A JSON object is required";
  if (field === "redirect_uris") return `redirect_uris must be a list of 1 to ${REDIRECT_URIS} addresses`;
  if (field === "grant_types" || field === "response_types") return `${field} must be a list of words`;
  return `${String(field)} must be text`;
}
