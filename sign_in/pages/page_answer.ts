// Answers with the headers of everything that a person sees: nothing else loads, runs or frames a page.

/** The answer with a page; `cookies` are whole `Set-Cookie` lines. */
export async function pageAnswer(
  page: { toString(): string } | Promise<{ toString(): string }>,
  { status = 200, cookies = [], retryAfter, hasScript = false, canAsk = false }: PageOptions = {},
): Promise<Response> {
  const headers = new Headers({ ...HEADERS, "content-type": "text/html; charset=utf-8" });
  if (hasScript) {
    const asking = canAsk ? "; connect-src 'self'" : "";
    headers.set("content-security-policy", `${CONTENT_POLICY}${asking}; script-src 'self'`);
  }
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(`<!doctype html>${String(await page)}`, { status, headers });
}

/** What an answer says besides its page. */
export interface PageOptions {
  readonly status?: number | undefined;
  readonly cookies?: readonly string[];
  /** Seconds until it makes sense to ask again. */
  readonly retryAfter?: number | undefined;
  /** Whether the page may load a script of this server; it fills in the time zone, or wakes the buttons of a request. */
  readonly hasScript?: boolean;
  /** Whether the script may ask this server, and nobody else: it counts what an app would see. */
  readonly canAsk?: boolean;
}

/** A page may show itself and send its forms back here, and nothing else. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'", // the mark
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'", // a frame around the consent page could put its buttons under somebody's cursor
].join("; ");

/** Headers of everything that a person sees. */
const HEADERS = {
  "content-security-policy": CONTENT_POLICY,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  // Not "no-referrer": browsers then send `Origin: null` with our own forms, which look foreign (page_forms.ts).
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
} as const;

/** Sends the browser on to another page of ours, with a GET. */
export function redirectAnswer(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ ...HEADERS, location });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** A style sheet or a script, the same for everybody, which browsers may cache. */
export function staticAnswer(text: string, mediaType: "text/css" | "text/javascript"): Response {
  return new Response(text, {
    headers: {
      "content-type": `${mediaType}; charset=utf-8`,
      "x-content-type-options": "nosniff",
      "cache-control": `public, max-age=${mediaType === "text/css" ? 3600 : 7 * 24 * 3600}`,
    },
  });
}
