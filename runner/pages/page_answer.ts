// Answers of the report, with the headers of everything that a person sees: nothing else loads, runs or frames a page.

/** The answer with a page. */
export async function pageAnswer(
  page: { toString(): string } | Promise<{ toString(): string }>,
  status = 200,
): Promise<Response> {
  return new Response(`<!doctype html>${String(await page)}`, {
    status,
    headers: { ...HEADERS, "content-type": "text/html; charset=utf-8" },
  });
}

/** The answer with JSON. */
export function jsonAnswer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...HEADERS, "content-type": "application/json; charset=utf-8" },
  });
}

/** The style sheet, the same for everybody. Short-lived: a runner that was updated shows its new pages at once. */
export function styleAnswer(text: string): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/css; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "public, max-age=300",
    },
  });
}

/** A page may show itself and the mark, and nothing else: it has no script, no form and no picture from elsewhere. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'", // the mark
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_POLICY,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // Pages of other sites can neither read the report nor embed it.
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;
