// `/api/v1/internal/*`, for other services with the service key (auth-vault, section 4). Never for people or apps.
import { Hono } from "@hono/hono";
import { z } from "zod";
import { jsonAnswer } from "../http/json_answer.ts";
import type { GrantStore } from "../oauth/grants/grant_store.ts";
import type { GrantUses } from "../oauth/grants/grant_uses.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";
import { parseJsonBody } from "../http/parse_json_body.ts";
import { httpError } from "./auth_answer.ts";
import type { Memberships } from "./spaces/memberships.ts";
import type { HasServiceKey } from "./service_key.ts";

/** The internal endpoints. Without the service key every request is refused. */
export function createInternalRoutes(deps: InternalRoutesDeps): Hono {
  const { memberships, grants, scopeList, uses } = deps;
  const routes = new Hono();
  routes.use("*", async (c, next) => {
    if (!await deps.hasServiceKey(c.req.raw.headers)) return httpError(401, "Invalid or missing service key");
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
  routes.post("/grants/:gid/use", async (c) => {
    const use = await parseJsonBody(c.req.raw, Use);
    const isKnown = scopeList.permissions.some((permission) =>
      permission === `${use?.module}:${use?.access}`
    );
    if (use === undefined || !isKnown) {
      return httpError(400, "module, access and count (1 to 1000000) are required");
    }
    const grantId = c.req.param("gid");
    // A grant that ended meanwhile counts too: the use happened.
    if (await grants.find(grantId) === undefined) return httpError(404, "No such grant");
    await uses.add(grantId, use);
    return jsonAnswer(200, { ok: true });
  });
  return routes;
}

/** What the endpoints for other services need. */
export interface InternalRoutesDeps {
  readonly memberships: Memberships;
  readonly grants: GrantStore;
  readonly uses: GrantUses;
  readonly scopeList: ScopeList;
  readonly hasServiceKey: HasServiceKey;
}

const Use = z.object({
  module: z.string(),
  access: z.string(),
  count: z.number().int().min(1).max(1_000_000),
});
