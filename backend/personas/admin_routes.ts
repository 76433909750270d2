// `/api/v1/personas/admin/*`: the life cycle of personas, for an administrator. A human can be neither stamped nor deleted here.
// Contract: personas, section 2.
import { Hono } from "@hono/hono";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { deletePersona, type DeletePersonaDeps } from "./delete_persona.ts";
import { invalid, isoTime, noPersona, refused } from "./persona_answer.ts";
import { NewPersona } from "./persona_bodies.ts";
import type { PersonaReader } from "./persona_reader.ts";
import { readBody } from "./read_body.ts";
import { requireAdmin, type RequireAdminDeps } from "./require_admin.ts";
import type { Vault } from "../vault/vault.ts";

/** The endpoints. */
export function createAdminRoutes(deps: AdminRoutesDeps): Hono {
  const routes = new Hono();
  routes.use("*", async (c, next) => {
    const refusal = await requireAdmin(deps, c.req.raw);
    if (refusal !== undefined) return refusal;
    await next();
    return;
  });
  routes.post("/", (c) => create(deps, c.req.raw));
  routes.get("/", () => list(deps));
  routes.get("/:id", (c) => show(deps, c.req.param("id")));
  routes.delete("/:id", (c) => remove(deps, c.req.param("id")));
  return routes;
}

/** What the endpoints need. */
export interface AdminRoutesDeps extends RequireAdminDeps, DeletePersonaDeps {
  readonly reader: PersonaReader;
  readonly vault: Pick<Vault, "status" | "init">;
}

async function create(deps: AdminRoutesDeps, request: Request): Promise<Response> {
  const parsed = await readBody(request, NewPersona);
  if (!parsed.ok) return invalid(parsed.details);
  return await deps.signIn.inTurn(LIFE_CYCLE, () => put(deps, parsed.body));
}

/** Personas are made and deleted one after the other: a persona that is being deleted must not be mended meanwhile. */
const LIFE_CYCLE = "life cycle of personas";

async function put(deps: AdminRoutesDeps, { password, ...persona }: NewPersona): Promise<Response> {
  const { email } = persona;
  const isLeaving = deps.personas.list().some((one) => one.email === email && one.leavingSince !== null);
  if (isLeaving) {
    return refused("Conflict", "The persona of this address is being deleted: repeat the deletion first");
  }
  const name = persona.name ?? nameIn(email);
  const account = await deps.accounts.ensure({ email, name, password });
  if (account === undefined) {
    return refused("Conflict", "This address belongs to an account that is no persona");
  }
  // What a persona writes is sealed as anybody's; the key is there before the first call needs it.
  if (!deps.vault.status(account.userId).vaultExists) await deps.vault.init(account.userId);
  deps.personas.put(account.userId, persona, name);
  return jsonAnswer(200, { ok: true, userId: account.userId, email });
}

function list({ personas, reader }: AdminRoutesDeps): Response {
  const rows = personas.list().map(({ userId, email, name, archetype, tickCadence, ...times }) => ({
    userId,
    email,
    name,
    archetype,
    tickCadence,
    lastActiveAt: isoTime(times.lastActiveAt),
    createdAt: isoTime(times.createdAt),
    leavingSince: isoTime(times.leavingSince),
    actions7d: reader.countActions(userId),
  }));
  return jsonAnswer(200, { personas: rows });
}

function show({ personas, reader }: AdminRoutesDeps, id: string): Response {
  const persona = personas.find(id);
  if (persona === undefined) return noPersona();
  const { lastActiveAt, createdAt, leavingSince, ...rest } = persona;
  return jsonAnswer(200, {
    persona: {
      ...rest,
      lastActiveAt: isoTime(lastActiveAt),
      createdAt: isoTime(createdAt),
      leavingSince: isoTime(leavingSince),
    },
    recentActions: reader.recentActions(id, RECENT_ACTIONS),
    feedbackByModule: reader.averages(id),
  });
}

/** Actions that are shown of one persona. */
const RECENT_ACTIONS = 20;

async function remove(deps: AdminRoutesDeps, id: string): Promise<Response> {
  const deletion = await deps.signIn.inTurn(LIFE_CYCLE, () => deletePersona(deps, id));
  if (deletion === "unknown") return noPersona();
  if (deletion === "no-persona") {
    return refused("NotAPersona", "This account is no persona, and stays as it is");
  }
  return jsonAnswer(200, { ok: true, deleted: id });
}

/** `persona.anna@mana.test` → `Anna`. */
function nameIn(email: string): string {
  const name = (email.split("@")[0] ?? email).replace(/^persona\./, "");
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
