// The media type that a body is announced with (RFC 9110, section 8.3).

/** `application/json` of `Application/JSON; charset=utf-8`; `undefined` where no type is given. */
export function mediaType(headers: Headers): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}
