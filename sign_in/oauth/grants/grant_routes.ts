// `/api/v1/internal/grants/*`: what the gateway asks and tells about one grant, with the service key (auth-vault, section on
// the sign-in server). Never for people or apps.
import { Hono } from "@hono/hono";
import { z } from "zod";
import { jsonAnswer } from "../../http/json_answer.ts";
import { parseJsonBody } from "../../http/parse_json_body.ts";
import { serviceError } from "../../http/service_error.ts";
import type { HasServiceKey } from "../../http/service_key.ts";
import { type EndGrant, type People, PeopleFault } from "../../people/people.ts";
import type { GrantStore } from "./grant_store.ts";
import type { GrantUses } from "./grant_uses.ts";
import type { ScopeList } from "./scopes.ts";

/** The endpoints. Without the service key every request is refused. */
export function createGrantRoutes(deps: GrantRoutesDeps): Hono {
  const { grants, scopeList, uses } = deps;
  const routes = new Hono();
  routes.use("*", async (c, next) => {
    if (!await deps.hasServiceKey(c.req.raw.headers)) {
      return serviceError(401, "Invalid or missing service key");
    }
    await next();
    return;
  });
  routes.get("/:gid/spaces", (c) => listSpaces(deps, c.req.param("gid")));
  routes.post("/:gid/use", async (c) => {
    const use = await parseJsonBody(c.req.raw, Use);
    const isKnown = scopeList.permissions.some((permission) =>
      permission === `${use?.module}:${use?.access}`
    );
    if (use === undefined || !isKnown) {
      return serviceError(400, "module, access and count (1 to 1000000) are required");
    }
    const grantId = c.req.param("gid");
    // A grant that ended meanwhile counts too: the use happened.
    if (await grants.find(grantId) === undefined) return serviceError(404, "No such grant");
    await uses.add(grantId, use);
    return jsonAnswer(200, { ok: true });
  });
  return routes;
}

/** What the endpoints need. */
export interface GrantRoutesDeps {
  readonly people: Pick<People, "spacesOf">;
  readonly grants: GrantStore;
  readonly uses: GrantUses;
  readonly scopeList: ScopeList;
  readonly endGrant: EndGrant;
  readonly hasServiceKey: HasServiceKey;
}

const Use = z.object({
  module: z.string(),
  access: z.string(),
  count: z.number().int().min(1).max(1_000_000),
});

/** All spaces of the grant's person, in the shape of `GET /api/auth/organization/list`; the token says which are granted. */
async function listSpaces(deps: GrantRoutesDeps, grantId: string): Promise<Response> {
  const gone = () => serviceError(404, "No such grant, or not any more");
  const grant = await deps.grants.findLive(grantId);
  if (grant === undefined) return gone();
  try {
    return jsonAnswer(200, await deps.people.spacesOf({ kind: "grant", grantId, userId: grant.userId }));
  } catch (error) {
    if (!(error instanceof PeopleFault)) throw error;
    if (error.reason === "unavailable") return serviceError(503, error.message);
    await deps.endGrant(grantId, "session-over");
    return gone();
  }
}
