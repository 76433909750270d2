// The personas API's internal side in memory, by its contract: for what the embedded backend never does, such as failing, being an
// older service, or telling what it was sent.
import { z } from "zod";
import type { ActionRow, FeedbackRow } from "../../../runner/personas_api/rows.ts";

/** The base URL of the API in tests. */
export const PERSONAS_URL = "http://personas.test";
/** Its key. */
export const PERSONAS_KEY = "a personas key for tests, long enough";

/** Creates it, with nobody due. */
export function createPlayedPersonasApi(): PlayedPersonasApi {
  const rows = new Map<string, ActionRow>();
  const feedback = new Map<string, FeedbackRow>();
  const ticks = new Map<string, { tickId: string; until: number }>();
  const api: PlayedPersonasApi = {
    due: [],
    requests: [],
    posts: [],
    isOlder: false,
    answer: () => undefined,
    now: () => 0,
    rows: () => [...rows.values()],
    feedback: () => [...feedback.values()],
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      api.requests.push(`${request.method} ${pathname}`);
      const said = await api.answer(request.clone());
      if (said !== undefined) return said;
      if (request.headers.get("x-service-key") !== PERSONAS_KEY) return Response.json({}, { status: 401 });
      const [, id = "", what = ""] = /internal\/(?:([^/]+)\/)?([a-z]+)$/.exec(pathname) ?? [];
      if (what === "due") {
        return Response.json({ personas: api.due, serverTime: new Date(api.now()).toISOString() });
      }
      const body: unknown = await request.json();
      if (what === "claim") {
        const { tickId, leaseMs } = z.object({ tickId: z.string(), leaseMs: z.int() }).parse(body);
        const held = ticks.get(id);
        if (api.isOlder) return Response.json({}, { status: 404 });
        if (held !== undefined && held.until > api.now() && held.tickId !== tickId) {
          return Response.json({ heldUntil: new Date(held.until).toISOString() }, { status: 409 });
        }
        ticks.set(id, { tickId, until: api.now() + leaseMs });
        return Response.json({ tick: new Set([...rows.values()].map((row) => row.tickId)).size });
      }
      const posted = Posted.parse(body);
      api.posts.push(posted.actions?.length ?? 0);
      posted.actions?.forEach((row, index) => {
        const place = `${row.tickId} ${index}`;
        if (!rows.has(place)) rows.set(place, row);
        if (row.toolName === "runner.tick") ticks.delete(id);
      });
      for (const row of posted.feedback ?? []) {
        const place = `${row.tickId} ${row.module}`;
        if (!feedback.has(place)) feedback.set(place, row);
      }
      return Response.json({ ok: true, written: 1, stored: 1 });
    },
  };
  return api;
}

/** The API, and what a test sees of it. */
export interface PlayedPersonasApi {
  due: readonly Readonly<Record<string, unknown>>[];
  /** Every request, such as `GET /api/v1/personas/internal/due`. */
  readonly requests: string[];
  /** How many rows each post of actions had. */
  readonly posts: number[];
  /** Whether it knows no claims. */
  isOlder: boolean;
  /** Looks at each request first; what it returns is the answer. */
  answer: (request: Request) => Response | undefined | Promise<Response | undefined>;
  now: () => number;
  rows(): readonly ActionRow[];
  feedback(): readonly FeedbackRow[];
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
}

const Posted = z.object({
  actions: z.array(z.custom<ActionRow>((row) => typeof row === "object")).optional(),
  feedback: z.array(z.custom<FeedbackRow>((row) => typeof row === "object")).optional(),
});
