// The whole auth and vault service: one table of routes, and the one place that catches unexpected errors (auth-vault).
import { clientErrorPage } from "../../sign_in/pages/message_page.tsx";
import { Hono } from "@hono/hono";
import { bodyLimit } from "@hono/hono/body-limit";
import { cors } from "@hono/hono/cors";
import { isBrowser } from "../../sign_in/http/is_browser.ts";
import type { ServiceLog } from "../../sign_in/kit/service_log.ts";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import { answerFaults } from "../../sign_in/pages/answer_faults.ts";
import type { Peer } from "../../sign_in/http/client_address.ts";
import { healthAnswer } from "../../sign_in/http/health_answer.ts";
import { SMALL_BODY_BYTES } from "../../sign_in/kit/limits.ts";
import type { ListenerState } from "../../process/listener.ts";
import type { Vault } from "../vault/vault.ts";
import { createVaultRoutes } from "../vault/vault_routes.ts";
import { type AccountRoutesDeps, createAccountRoutes, signInWithCookie } from "./account_routes.ts";
import { authError } from "./auth_answer.ts";
import type { SignInServer } from "../../sign_in/sign_in_server.ts";
import { createInternalRoutes, type InternalRoutesDeps } from "./internal_routes.ts";
import { listSpaces, type ListSpacesDeps } from "./spaces/list_spaces.ts";

/** The routes. Those of sign-in come first, since they have rules of their own for origins and bodies. */
export function createAuthApp(deps: AuthAppDeps): Hono<Peer> {
  const app = new Hono<Peer>();
  app.onError((error, { req }) => {
    // The class only: the text of an error may quote what somebody sent.
    deps.log({ event: "error", service: "auth", name: error.name });
    return isBrowser(req.raw) ? clientErrorPage("failed") : authError("INTERNAL", "Internal error");
  });
  app.notFound(({ req }) =>
    isBrowser(req.raw) ? clientErrorPage("not_found") : authError("NOT_FOUND", "Not found")
  );
  app.use("*", answerFaults(deps.signIn));
  app.route("/", deps.server.routes);
  // Before the rules of web pages: no page asks here, and a tick's rows are longer than any of their bodies.
  if (deps.personas !== undefined) app.route("/api/v1/personas", deps.personas);
  app.use(
    "*",
    cors({ origin: [...deps.origins], credentials: true, allowHeaders: ["Authorization", "Content-Type"] }),
  );
  app.use(
    "*",
    bodyLimit({ maxSize: SMALL_BODY_BYTES, onError: () => authError("VALIDATION", "Body too large") }),
  );

  app.get("/health", () => {
    return healthAnswer(deps.listeners, {
      service: "mana-auth",
      timestamp: new Date(deps.now()).toISOString(),
    });
  });
  app.route("/api/v1/auth", createAccountRoutes(deps));
  app.route("/api/v1/internal", createInternalRoutes({ ...deps, ...deps.server }));
  app.route("/api/v1/me/encryption-vault", createVaultRoutes(deps.vault, deps.verifyToken));
  app.get("/api/auth/organization/list", (c) => listSpaces(deps, c.req.raw));
  app.post("/api/auth/sign-in/email", (c) => signInWithCookie(deps, c.req.raw));
  app.all("/api/auth/*", (c) => deps.identity.handler(c.req.raw));
  return app;
}

/** What the auth and vault service needs. */
export interface AuthAppDeps
  extends AccountRoutesDeps, ListSpacesDeps, Pick<InternalRoutesDeps, "memberships"> {
  /** OAuth and the pages. */
  readonly server: SignInServer;
  readonly signIn: Pick<SignInDatabase, "watch">;
  readonly vault: Vault;
  /** The endpoints of synthetic people; absent where there are none. */
  readonly personas: Hono | undefined;
  readonly origins: readonly string[];
  readonly listeners: ListenerState | undefined;
  readonly log: ServiceLog;
}
