// The OAuth endpoints that apps and the gateway call. `…/authorize`, which a person's browser calls, is in pages/.
import { Hono } from "@hono/hono";
import { cors } from "@hono/hono/cors";
import type { Peer } from "../http/client_address.ts";
import { introspect, type IntrospectDeps } from "./tokens/introspect.ts";
import { type MetadataDeps, toMetadata } from "./metadata.ts";
import { mayRegister } from "./clients/refuse_foreign_page.ts";
import { registerClient, type RegisterClientDeps } from "./clients/register_client.ts";
import { revokeToken, type RevokeTokenDeps } from "./tokens/revoke_token.ts";
import { answerTokenRequest, type TokenEndpointDeps } from "./tokens/token_endpoint.ts";

/** The routes, with their rules for web pages of other origins. */
export function createOAuthRoutes(deps: OAuthRoutesDeps): Hono<Peer> {
  const routes = new Hono<Peer>();
  const metadata = toMetadata(deps);
  const open = cors({
    origin: "*",
    allowMethods: ["GET", "POST"],
    allowHeaders: ["Authorization", "Content-Type"],
  });
  const wellKnown = "/.well-known/oauth-authorization-server";
  const issuerPath = new URL(deps.issuer).pathname.replace(/\/$/, "");
  // RFC 8414 puts the issuer's path behind the well-known part; some clients put it in front.
  for (const path of new Set([wellKnown, wellKnown + issuerPath, issuerPath + wellKnown])) {
    // Any web page may call these endpoints: clients live in browsers too, and no cookie decides anything here.
    routes.use(path, open);
    routes.get(path, (c) => c.json(metadata, 200, { "cache-control": "public, max-age=60" }));
  }
  for (const name of ["token", "revoke"]) routes.use(`/api/auth/oauth2/${name}`, open);
  routes.use(
    "/api/auth/oauth2/register",
    cors({
      origin: (origin) => mayRegister(origin, deps.origins) ? origin : null,
      allowMethods: ["POST"],
      allowHeaders: ["Content-Type"],
    }),
  );
  routes.post("/api/auth/oauth2/register", (c) => registerClient(deps, c.req.raw, c.env.address));
  routes.post("/api/auth/oauth2/token", (c) => answerTokenRequest(deps, c.req.raw));
  routes.post("/api/auth/oauth2/revoke", (c) => revokeToken(deps, c.req.raw));
  routes.post("/api/v1/oauth/introspect", (c) => introspect(deps, c.req.raw));
  return routes;
}

/** What the authorization server needs. */
export interface OAuthRoutesDeps
  extends IntrospectDeps, MetadataDeps, RegisterClientDeps, RevokeTokenDeps, TokenEndpointDeps {
  readonly issuer: string;
  readonly gatewayAddresses: readonly [string, ...string[]];
}
