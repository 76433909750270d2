// `/api/v1/personas/internal/*`: what the runner asks and posts, with the personas' own key. Never a person's data: it lies behind
// tokens, and this key opens none. Contract: personas, section 3.
import { Hono } from "@hono/hono";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { serviceError } from "../../sign_in/http/service_error.ts";
import { createServiceKeyCheck } from "../../sign_in/http/service_key.ts";
import { isDue } from "./is_due.ts";
import { invalid, isoTime, noPersona, refused } from "./persona_answer.ts";
import { Actions, Claim, FeedbackRows } from "./persona_bodies.ts";
import { REPORTED_TICKS } from "./persona_limits.ts";
import type { PersonaReader } from "./persona_reader.ts";
import type { Persona, PersonaStore } from "./persona_store.ts";
import { readBody } from "./read_body.ts";
import type { TickStore, Written } from "./tick_store.ts";

/** The endpoints. */
export function createServiceRoutes(deps: ServiceRoutesDeps): Hono {
  const routes = new Hono();
  const hasKey = createServiceKeyCheck(deps.key);
  routes.use("*", async (c, next) => {
    if (!await hasKey(c.req.raw.headers)) return serviceError(401, "Invalid or missing service key");
    await next();
    return;
  });
  routes.get("/due", () => listDue(deps));
  routes.get("/report", (c) => report(deps, c.req.query("ticks")));
  routes.post("/:id/claim", (c) => claim(deps, c.req.param("id"), c.req.raw));
  routes.post("/:id/actions", (c) => addActions(deps, c.req.param("id"), c.req.raw));
  routes.post("/:id/feedback", (c) => addFeedback(deps, c.req.param("id"), c.req.raw));
  return routes;
}

/** What the endpoints need. */
export interface ServiceRoutesDeps {
  readonly personas: PersonaStore;
  readonly ticks: TickStore;
  readonly reader: PersonaReader;
  /** What `X-Service-Key` must be: a key of its own, never the gateway's. */
  readonly key: string;
  readonly now: () => number;
}

function listDue({ personas, ticks, now }: ServiceRoutesDeps): Response {
  const due = personas.list().filter((
    { userId, tickCadence: cadence, lastActiveAt, timeZone, leavingSince },
  ) =>
    leavingSince === null && isDue({ cadence, lastActiveAt, timeZone }, now()) &&
    ticks.heldUntil(userId) === undefined
  ).sort((a, b) => (a.lastActiveAt ?? -1) - (b.lastActiveAt ?? -1) || (a.email < b.email ? -1 : 1));
  return jsonAnswer(200, { personas: due.map(toDue), serverTime: isoTime(now()) });
}

function toDue(persona: Persona) {
  const { userId, email, archetype, systemPrompt, moduleMix, tickCadence, timeZone, lastActiveAt } = persona;
  return {
    userId,
    email,
    archetype,
    systemPrompt,
    moduleMix,
    tickCadence,
    timeZone,
    lastActiveAt: isoTime(lastActiveAt),
  };
}

/** All that the runner's report shows: the runner keeps nothing itself. */
function report(deps: ServiceRoutesDeps, asked = "7"): Response {
  const most = /^\d{1,2}$/.test(asked) ? Number(asked) : 0;
  if (most < 1 || most > REPORTED_TICKS) {
    return invalid([`ticks: must be a whole number from 1 to ${REPORTED_TICKS}`]);
  }
  const { reader, ticks, now } = deps;
  const rows = deps.personas.list().filter(({ leavingSince }) => leavingSince === null).map((persona) => ({
    ...toDue(persona),
    name: persona.name,
    createdAt: isoTime(persona.createdAt),
    ticksEver: persona.ticks,
    heldUntil: isoTime(ticks.heldUntil(persona.userId) ?? null),
    ticks: reader.recentTicks(persona.userId, most),
  }));
  return jsonAnswer(200, { personas: rows, modules: reader.modules(), serverTime: isoTime(now()) });
}

async function claim(deps: ServiceRoutesDeps, id: string, request: Request): Promise<Response> {
  if (!isServed(deps, id)) return noPersona();
  const parsed = await readBody(request, Claim);
  if (!parsed.ok) return invalid(parsed.details);
  if (!isServed(deps, id)) return noPersona(); // deleted while the body arrived
  const claimed = deps.ticks.claim(id, parsed.body.tickId, parsed.body.leaseMs);
  return claimed.ok
    ? jsonAnswer(200, { tick: claimed.number })
    : jsonAnswer(409, { heldUntil: isoTime(claimed.heldUntil) });
}

async function addActions(deps: ServiceRoutesDeps, id: string, request: Request): Promise<Response> {
  if (!isServed(deps, id)) return noPersona();
  const parsed = await readBody(request, Actions);
  if (!parsed.ok) return invalid(parsed.details);
  if (!isServed(deps, id)) return noPersona();
  return toWrittenAnswer(deps.ticks.addActions(id, parsed.body.from, parsed.body.actions));
}

async function addFeedback(deps: ServiceRoutesDeps, id: string, request: Request): Promise<Response> {
  if (!isServed(deps, id)) return noPersona();
  const parsed = await readBody(request, FeedbackRows);
  if (!parsed.ok) return invalid(parsed.details);
  if (!isServed(deps, id)) return noPersona();
  return toWrittenAnswer(deps.ticks.addFeedback(id, parsed.body.feedback));
}

function isServed({ personas }: ServiceRoutesDeps, id: string): boolean {
  return personas.find(id)?.leavingSince === null;
}

function toWrittenAnswer(result: Written): Response {
  return result === undefined
    ? refused("Conflict", "This tick belongs to another persona")
    : jsonAnswer(200, { ok: true, ...result });
}
