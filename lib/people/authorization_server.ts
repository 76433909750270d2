// Whether the operator's auth service is an OAuth authorization server, so that the page and the challenge promise no sign-in that
// is not there (RFC 8414).
import type { Clock } from "../kit/clock.ts";
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import {
  AUTHORIZATION_SERVER_CACHE_MS,
  AUTHORIZATION_SERVER_WAIT_MS,
  READINESS_CACHE_MS,
} from "../kit/limits.ts";
import type { ServiceClient } from "../services/service_client.ts";
import { createSingleFlight } from "../kit/shared_work.ts";

/** Whether apps can sign in at the auth service; `unknown` until it said so. */
export type SignsApps = "yes" | "no" | "unknown";

/** Answers whether the auth service is an authorization server (RFC 8414), which the real one need not be. */
export interface AuthorizationServer {
  /** What is known now, without asking. */
  known(): SignsApps;
  /** What is known after asking, or after {@link AUTHORIZATION_SERVER_WAIT_MS} where the service is slow. Never throws. */
  ask(): Promise<SignsApps>;
}

/** What an authorization server says of itself, as far as we look at it (RFC 8414 section 2). */
export const AuthorizationServerMetadata = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
});

/**
 * Where its metadata can be, asked for at the only address of it that we may reach: with the path of each issuer behind the
 * well-known part (RFC 8414 section 3.1), without a path, and under OpenID's name.
 */
export function metadataAddresses(authUrl: string, issuers: readonly string[]): readonly string[] {
  const { origin } = new URL(authUrl);
  const paths = [authUrl, ...issuers].map((url) => new URL(url).pathname.replace(/\/$/, ""));
  return [
    ...new Set([
      ...paths.map((path) => `${origin}/.well-known/oauth-authorization-server${path}`),
      `${authUrl}/.well-known/oauth-authorization-server`,
      `${authUrl}/.well-known/openid-configuration`,
    ]),
  ];
}

/**
 * Creates the look at the auth service. It is asked when somebody wants to know, once in
 * {@link AUTHORIZATION_SERVER_CACHE_MS}, since anyone may want to. "No" is what a service says that is there – its keys are
 * answered – and that has nothing at any of the addresses. A service that is slow, down, or hidden by a proxy's own 404 changes
 * nothing: what was known stays, and `unknown` is taken for "yes", so that no client is told that it cannot sign in by mistake.
 */
export function createAuthorizationServer(deps: {
  readonly services: ServiceClient;
  readonly authUrl: string;
  readonly issuers: readonly string[];
  readonly clock: Clock;
}): AuthorizationServer {
  const singleFlight = createSingleFlight<void>();
  let last: { readonly at: number; readonly isKnown: boolean } | null = null;
  let known: SignsApps = "unknown";

  const send = async (url: string): Promise<"there" | "absent" | "unknown"> => {
    try {
      const { status, json } = await deps.services.send({ service: "auth", url });
      if (status === 404 || status === 410) return "absent";
      if (status !== 200) return "unknown";
      return AuthorizationServerMetadata.safeParse(json).success ? "there" : "absent";
    } catch (error) {
      // A page in answer to everything is no metadata either.
      const isNone = error instanceof Refused && error.refusal.reason === "upstream-failed" &&
        error.refusal.fault === "malformed";
      return isNone ? "absent" : "unknown";
    }
  };

  const look = async (): Promise<SignsApps> => {
    for (const address of metadataAddresses(deps.authUrl, deps.issuers)) {
      const found = await send(address);
      if (found === "there") return "yes";
      if (found === "unknown") return "unknown";
    }
    try {
      const { status } = await deps.services.send({ service: "auth", url: `${deps.authUrl}/api/auth/jwks` });
      return status === 200 ? "no" : "unknown";
    } catch {
      return "unknown";
    }
  };

  const renew = (): Promise<void> =>
    singleFlight("look", async () => {
      const found = await look();
      if (found !== "unknown") known = found;
      last = { at: deps.clock.elapsed(), isKnown: found !== "unknown" };
    });

  return Object.freeze({
    known: () => known,
    async ask(): Promise<SignsApps> {
      const age = last === null ? Infinity : deps.clock.elapsed() - last.at;
      if (age < (last?.isKnown ? AUTHORIZATION_SERVER_CACHE_MS : READINESS_CACHE_MS)) return known;
      const asked = renew();
      // Nobody waits to have confirmed what is usual.
      if (known === "yes") return known;
      const late = Promise.withResolvers<void>();
      const disarm = deps.clock.after(AUTHORIZATION_SERVER_WAIT_MS, late.resolve);
      await Promise.race([asked, late.promise]);
      disarm();
      return known;
    },
  });
}
