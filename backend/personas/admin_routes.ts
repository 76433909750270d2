// `/api/v1/personas/admin/*`: the life cycle of personas, for an administrator. A human can be neither stamped nor deleted here.
// Contract: personas, section 2.
import { Hono } from "@hono/hono";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { invalid, refused } from "./persona_answer.ts";
import type { PersonaAccounts } from "./persona_accounts.ts";
import { NewPersona } from "./persona_bodies.ts";
import type { PersonaStore } from "./persona_store.ts";
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
  return routes;
}

/** What the endpoints need. */
export interface AdminRoutesDeps extends RequireAdminDeps {
  readonly personas: PersonaStore;
  readonly accounts: PersonaAccounts;
  readonly vault: Pick<Vault, "status" | "init">;
}

async function create(deps: AdminRoutesDeps, request: Request): Promise<Response> {
  const parsed = await readBody(request, NewPersona);
  if (!parsed.ok) return invalid(parsed.details);
  const { password, ...persona } = parsed.body;
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

/** `persona.anna@mana.test` → `Anna`. */
function nameIn(email: string): string {
  const name = (email.split("@")[0] ?? email).replace(/^persona\./, "");
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
