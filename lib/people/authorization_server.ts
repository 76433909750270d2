// Whether clients can sign in at the sign-in server, or at the auth service where there is no other, so that the page and the
// challenge promise no sign-in that is not there (RFC 8414).
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import {
  AUTHORIZATION_SERVER_CACHE_MS,
  AUTHORIZATION_SERVER_WAIT_MS,
  READINESS_CACHE_MS,
} from "../kit/limits.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { ServiceName } from "../kit/services.ts";
import type { Log } from "../observe/log.ts";
import { createSingleFlight } from "../kit/shared_work.ts";

/**
 * Whether clients can sign in: `other-issuer` where an authorization server is there that calls itself by another name than the
 * settings say, `unknown` until it said so.
 */
export type SignsApps = "yes" | "no" | "other-issuer" | "unknown";

/** Answers whether the server that is to sign clients in is an authorization server (RFC 8414), which an auth service need not be. */
export interface AuthorizationServer {
  /** What is known now, without asking. */
  known(): SignsApps;
  /** What is known after asking, or after {@link AUTHORIZATION_SERVER_WAIT_MS} where the server is slow. Never throws. */
  ask(): Promise<SignsApps>;
  /** The issuers that clients may be told, as far as is known now; none where they cannot sign in. */
  named(): readonly string[];
  /**
   * The address of the page where a person decides what an app asks for, after asking; null where the server has none, or has it
   * anywhere else than below its own issuer. Never throws.
   */
  approvals(): Promise<string | null>;
  /** The same of the page where a person sees their apps and changes what each may do. */
  apps(): Promise<string | null>;
  /** The same of the page where a person sees what their apps did. */
  activity(): Promise<string | null>;
}

/** What an authorization server says of itself, as far as we look at it (RFC 8414 section 2). */
export const AuthorizationServerMetadata = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  /** Ours: where a person decides. */
  mana_approvals_uri: z.string().optional().catch(undefined),
  /** Ours: where a person sees their apps. */
  mana_apps_uri: z.string().optional().catch(undefined),
  /** Ours: where a person sees what their apps did. */
  mana_activity_uri: z.string().optional().catch(undefined),
});

/**
 * Where its metadata can be, asked for at the only address of it that we may reach: with the path of each issuer behind the
 * well-known part (RFC 8414 section 3.1), without a path, and under OpenID's name.
 */
export function metadataAddresses(url: string, issuers: readonly string[]): readonly string[] {
  const { origin } = new URL(url);
  const paths = [url, ...issuers].map((url) => new URL(url).pathname.replace(/\/$/, ""));
  return [
    ...new Set([
      ...paths.map((path) => `${origin}/.well-known/oauth-authorization-server${path}`),
      `${url}/.well-known/oauth-authorization-server`,
      `${url}/.well-known/openid-configuration`,
    ]),
  ];
}

/** The words for whoever runs the gateway, on why no client can sign in and what to do; null where one can, or may. */
export function signInProblem(found: SignsApps, server: ServiceName): string | null {
  if (found === "yes" || found === "unknown") return null;
  const isSeparate = server === "sign-in";
  if (found === "other-issuer") {
    return isSeparate
      ? "The sign-in server calls itself by another issuer than SIGN_IN_ISSUER, so no assistant is sent there: set both to the same."
      : "The auth service calls itself by another issuer than JWT_ISSUER, so no assistant is sent there: set both to the same.";
  }
  return isSeparate
    ? "What answers at MANA_SIGN_IN_URL is no sign-in server, so no assistant is sent there: check the address, or give your client the person's own token."
    : "The auth service signs no assistants in: start a sign-in server and set MANA_SIGN_IN_URL, or give your client the person's own token.";
}

/** What {@link createAuthorizationServer} looks at. */
export interface AuthorizationServerDeps extends Omit<KeyedService, "serviceKey"> {
  /** What the server may call itself. */
  readonly issuers: readonly string[];
  readonly log: Log;
}

/**
 * Creates the look at the server. It is asked when somebody wants to know, once in {@link AUTHORIZATION_SERVER_CACHE_MS}, since
 * anyone may want to. "No" is what a server says that is there – its keys are answered – and that has nothing at any of the
 * addresses. A server that is slow, down, or hidden by a proxy's own 404 changes nothing: what was known stays, and `unknown` is
 * taken for "yes", so that no client is told that it cannot sign in by mistake.
 */
export function createAuthorizationServer(deps: AuthorizationServerDeps): AuthorizationServer {
  const singleFlight = createSingleFlight<void>();
  let last: { readonly at: number; readonly isKnown: boolean } | null = null;
  let known: Found = { signsApps: "unknown", issuers: deps.issuers, ...NO_PAGES };

  const renew = (): Promise<void> =>
    singleFlight("look", async () => {
      const found = await look(deps);
      last = { at: deps.clock.elapsed(), isKnown: found !== null };
      if (found === null) return;
      const problem = signInProblem(found.signsApps, deps.name);
      if (problem !== null && found.signsApps !== known.signsApps) deps.log.warn("sign-in", { problem });
      known = found;
    });

  const ask = async (): Promise<SignsApps> => {
    const age = last === null ? Infinity : deps.clock.elapsed() - last.at;
    if (age < (last?.isKnown ? AUTHORIZATION_SERVER_CACHE_MS : READINESS_CACHE_MS)) return known.signsApps;
    const asked = renew();
    // Nobody waits to have confirmed what is usual.
    if (known.signsApps === "yes") return known.signsApps;
    const late = Promise.withResolvers<void>();
    const disarm = deps.clock.after(AUTHORIZATION_SERVER_WAIT_MS, late.resolve);
    await Promise.race([asked, late.promise]);
    disarm();
    return known.signsApps;
  };

  return Object.freeze({
    known: () => known.signsApps,
    named: () => known.issuers,
    ask,
    async approvals(): Promise<string | null> {
      await ask();
      return known.approvals;
    },
    async apps(): Promise<string | null> {
      await ask();
      return known.apps;
    },
    async activity(): Promise<string | null> {
      await ask();
      return known.activity;
    },
  });
}

interface Found {
  readonly signsApps: SignsApps;
  /** What clients may be told. */
  readonly issuers: readonly string[];
  readonly approvals: string | null;
  readonly apps: string | null;
  readonly activity: string | null;
}

const NO_PAGES = { approvals: null, apps: null, activity: null } as const;

/** Looks at each address. Null where the server cannot be asked now. */
async function look(deps: AuthorizationServerDeps): Promise<Found | null> {
  let hasOther = false;
  for (const address of metadataAddresses(deps.url, deps.issuers)) {
    const found = await metadataAt(deps, address);
    if (found === null) continue;
    if (found === "unknown") {
      // Another issuer was seen: to go on naming ours would be a guess.
      if (hasOther) break;
      return null;
    }
    const { issuer } = found;
    // Who named a server by what it calls itself would send people to a server that nobody chose (mix-up, RFC 8414 section 3.3);
    // and tokens under another name are refused anyway.
    if (deps.issuers.includes(issuer)) {
      return {
        signsApps: "yes",
        issuers: [issuer],
        approvals: pageBelow(issuer, found.mana_approvals_uri),
        apps: pageBelow(issuer, found.mana_apps_uri),
        activity: pageBelow(issuer, found.mana_activity_uri),
      };
    }
    hasOther = true;
  }
  if (hasOther) return { signsApps: "other-issuer", issuers: [], ...NO_PAGES };
  try {
    const { status } = await deps.services.send({ service: deps.name, url: `${deps.url}/api/auth/jwks` });
    return status === 200 ? { signsApps: "no", issuers: [], ...NO_PAGES } : null;
  } catch {
    return null;
  }
}

/** The page, where it is below the issuer: people are sent to no other server than the one that they sign in at. */
function pageBelow(issuer: string, page: string | undefined): string | null {
  const isBelow = page?.startsWith(`${issuer.replace(/\/$/, "")}/`) === true && URL.canParse(page) &&
    !/[?#\s]/.test(page) && new URL(page).href === page;
  return isBelow ? page : null;
}

/** The metadata at this address; null where there is none. */
async function metadataAt(
  deps: AuthorizationServerDeps,
  url: string,
): Promise<z.infer<typeof AuthorizationServerMetadata> | "unknown" | null> {
  try {
    const { status, json } = await deps.services.send({ service: deps.name, url });
    if (status === 404 || status === 410) return null;
    if (status !== 200) return "unknown";
    return AuthorizationServerMetadata.safeParse(json).data ?? null;
  } catch (error) {
    // A page in answer to everything is no metadata either.
    const isNone = error instanceof Refused && error.refusal.reason === "upstream-failed" &&
      error.refusal.fault === "malformed";
    return isNone ? null : "unknown";
  }
}
