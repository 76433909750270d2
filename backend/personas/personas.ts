// Synthetic people of the embedded backend: who they are, whose turn it is and what they did. Read it first. Without it there is no
// such endpoint, no administrator and no account of theirs. Contract: personas.
import { Hono } from "@hono/hono";
import { type AdminRoutesDeps, createAdminRoutes } from "./admin_routes.ts";
import { ensureOperator } from "./ensure_operator.ts";
import { createPersonaAccounts } from "./persona_accounts.ts";
import { createPersonaReader } from "./persona_reader.ts";
import { createPersonaStore } from "./persona_store.ts";
import { createServiceRoutes } from "./service_routes.ts";
import { createTickStore } from "./tick_store.ts";

/** Creates the routes below `/api/v1/personas`, and the administrator's account. @throws {SetupFault} */
export async function createPersonas(deps: PersonasDeps): Promise<Hono> {
  const { db, now } = deps;
  await ensureOperator(deps, deps.setup.operatorPassword);
  const personas = createPersonaStore(db, now);
  const ticks = createTickStore(db, personas, now);
  const reader = createPersonaReader(db, now);
  ticks.forgetOld();
  const routes = new Hono();
  routes.route(
    "/admin",
    createAdminRoutes({ ...deps, personas, reader, accounts: createPersonaAccounts(deps) }),
  );
  routes.route("/internal", createServiceRoutes({ personas, ticks, reader, key: deps.setup.key, now }));
  return routes;
}

/** What the personas need. */
export interface PersonasDeps extends Omit<AdminRoutesDeps, "personas" | "accounts" | "reader"> {
  readonly setup: PersonasSetup;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What an operator who wants personas has. */
export interface PersonasSetup {
  /** What the runner sends as `X-Service-Key`: never the gateway's key, and no way to anybody's data. */
  readonly key: string;
  /** Of `operator@mana.test`. */
  readonly operatorPassword: string;
}
