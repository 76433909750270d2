// The ways in which an operator's service fails as a whole. What single answers can be wrong in is tests/_support/faults.ts.
import { ELSEWHERE, MARKER } from "../faults.ts";

/** A way to fail. */
export type ServiceFault = keyof typeof FAULTS;

/** Fails as `fetch` shows it to the asker; every text is full of {@link MARKER}, which may reach nobody. */
export function failAs(fault: ServiceFault, request: Request): Promise<Response> {
  return FAULTS[fault](request);
}

const FAULTS = {
  down: () => Promise.reject(new TypeError(`error sending request for ${MARKER}: connection refused`)),
  /** Never answers; the asker's patience ends it. */
  slow: ({ signal }: Request) =>
    new Promise<Response>((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
  redirecting: () => Promise.resolve(new Response(MARKER, { status: 302, headers: { location: ELSEWHERE } })),
  html: () =>
    Promise.resolve(
      new Response(`<html>${MARKER}</html>`, { headers: { "content-type": "text/html; charset=utf-8" } }),
    ),
  "broken JSON": () =>
    Promise.resolve(
      new Response(`{"token":"${MARKER}`, { headers: { "content-type": "application/json" } }),
    ),
  "JSON of another shape": () => Promise.resolve(Response.json([{ token: 5, name: MARKER }])),
  "10 MB": () =>
    Promise.resolve(Response.json({ token: MARKER.repeat(Math.ceil(10_000_000 / MARKER.length)) })),
  "500": () => Promise.resolve(new Response(MARKER, { status: 500 })),
  /** As better-auth's limiter says it. */
  "429": () =>
    Promise.resolve(
      Response.json({ message: "Too many requests. Please try again later." }, {
        status: 429,
        headers: { "x-retry-after": "7" },
      }),
    ),
} as const satisfies Record<string, (request: Request) => Promise<Response>>;
