// Small bodies of HTML forms, for the endpoints of OAuth and for the pages. Judges no field.
import { SMALL_BODY_BYTES } from "../kit/limits.ts";
import { mediaType } from "./media_type.ts";
import { readCappedBody } from "./read_capped_body.ts";

/** The fields of a form of at most {@link SMALL_BODY_BYTES}; `undefined` for a longer body or another media type. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const body = await readCappedBody(request, SMALL_BODY_BYTES);
  const isForm = mediaType(request.headers) === "application/x-www-form-urlencoded";
  return body.ok && isForm ? new URLSearchParams(body.text) : undefined;
}
