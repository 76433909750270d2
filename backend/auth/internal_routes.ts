// `/api/v1/internal/*` about memberships, for other services with the service key (auth-vault, section 4). Never for people or apps.
import { Hono } from "@hono/hono";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { serviceError } from "../../sign_in/http/service_error.ts";
import type { Memberships } from "./spaces/memberships.ts";
import type { HasServiceKey } from "../../sign_in/http/service_key.ts";

/** The internal endpoints. Without the service key every request is refused. */
export function createInternalRoutes(deps: InternalRoutesDeps): Hono {
  const { memberships } = deps;
  const routes = new Hono();
  routes.use("*", async (c, next) => {
    if (!await deps.hasServiceKey(c.req.raw.headers)) {
      return serviceError(401, "Invalid or missing service key");
    }
    await next();
    return;
  });
  routes.get("/users/:userId/memberships", async (c) => {
    const userId = c.req.param("userId");
    return jsonAnswer(200, { userId, memberships: await memberships.listFor(userId) });
  });
  routes.get("/org/:spaceId/member/:userId", async (c) => {
    const role = await memberships.roleIn(c.req.param("spaceId"), c.req.param("userId"));
    return jsonAnswer(200, { isMember: role !== undefined, role: role ?? "" });
  });
  return routes;
}

/** What the endpoints for other services need. */
export interface InternalRoutesDeps {
  readonly memberships: Memberships;
  readonly hasServiceKey: HasServiceKey;
}
