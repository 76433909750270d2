// The sign-in server's process as a table of routes: OAuth and the pages, public keys, health, and the one place that catches
// unexpected errors. Nothing of better-auth's own endpoints is served here: what a person or an app may ask is ours.
import { Hono } from "@hono/hono";
import type { ListenerState } from "../process/listener.ts";
import type { SignInDatabase } from "./database/sign_in_database.ts";
import { answerFaults } from "./pages/answer_faults.ts";
import type { Peer } from "./http/client_address.ts";
import { healthAnswer } from "./http/health_answer.ts";
import { isBrowser } from "./http/is_browser.ts";
import { jsonAnswer } from "./http/json_answer.ts";
import { serviceError } from "./http/service_error.ts";
import type { ServiceLog } from "./kit/service_log.ts";
import { clientErrorPage } from "./pages/message_page.tsx";
import type { SignInServer } from "./sign_in_server.ts";

/** The routes. */
export function createSignInApp(deps: SignInAppDeps): Hono<Peer> {
  const { server } = deps;
  const app = new Hono<Peer>();
  app.onError((error, { req }) => {
    // The class only: the text of an error may quote what somebody sent.
    deps.log({ event: "error", service: SERVICE, name: error.name });
    return isBrowser(req.raw) ? clientErrorPage("failed") : serviceError(500, "Internal error");
  });
  app.notFound(({ req }) =>
    isBrowser(req.raw) ? clientErrorPage("not_found") : serviceError(404, "Not found")
  );
  app.use("*", answerFaults(deps.signIn));
  app.route("/", server.routes);
  for (const path of ["/api/auth/jwks", "/api/v1/auth/jwks"]) {
    app.get(path, async () => jsonAnswer(200, await server.identity.api.getJwks()));
  }
  app.get("/health", () => {
    return healthAnswer(deps.listener, {
      service: "mana-sign-in",
      timestamp: new Date(deps.now()).toISOString(),
    });
  });
  return app;
}

/** What the process serves. */
export interface SignInAppDeps {
  readonly server: Pick<SignInServer, "routes" | "identity">;
  readonly signIn: Pick<SignInDatabase, "watch">;
  readonly listener: ListenerState | undefined;
  readonly now: () => number;
  readonly log: ServiceLog;
}

/** The name of this server in its log. */
export const SERVICE = "sign-in";
