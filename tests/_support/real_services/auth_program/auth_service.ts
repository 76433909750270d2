// The auth service as a whole: which request goes where (auth-vault, sections 1 to 4 and 11). It is no authorization server.
import type { AuthSettings, Command } from "../wire.ts";
import { type AccountDeps, HANDED_ON, login, register, renew, validate } from "./account_routes.ts";
import { httpRefusal, refusal } from "./answers.ts";
import { obey } from "./commands.ts";
import { createIdentity, type Mail } from "./identity.ts";
import { createLockout } from "./lockout.ts";
import { membershipsOf } from "./spaces.ts";
import { createTables, type Tables } from "./tables.ts";

/** Sets the service up. Nobody has an account. */
export async function createAuthService(settings: AuthSettings): Promise<AuthService> {
  const tables = createTables();
  const mails: Mail[] = [];
  const identity = createIdentity(settings, tables, (mail) => void mails.push(mail));
  await identity.api.getJwks(); // makes the signing key, so that two first requests do not make two
  const deps = { identity, tables, mails, secrets: new Map<string, string>(), lockout: createLockout() };
  return {
    answer: (request) => route({ ...deps, serviceKey: settings.serviceKey }, request),
    obey: (command) => obey(deps, command),
  };
}

/** The auth service. */
export interface AuthService {
  readonly answer: (request: Request) => Promise<Response>;
  /** Lets something happen elsewhere, and returns what the command promises. */
  readonly obey: (command: Command) => Promise<unknown>;
}

interface RouteDeps extends AccountDeps {
  readonly tables: Tables;
  readonly serviceKey: string;
}

const ACCOUNT_ROUTES: Readonly<
  Record<string, (deps: AccountDeps, request: Request) => Promise<Response>>
> = {
  "POST /api/v1/auth/register": register,
  "POST /api/v1/auth/login": login,
  "POST /api/v1/auth/refresh": renew,
  "POST /api/v1/auth/session-to-token": renew,
  "POST /api/v1/auth/validate": validate,
};

async function route(deps: RouteDeps, request: Request): Promise<Response> {
  const { identity } = deps;
  const { pathname } = new URL(request.url);
  const name = `${request.method} ${pathname}`;
  const account = ACCOUNT_ROUTES[name];
  if (account !== undefined) return await account(deps, request);
  const target = HANDED_ON.get(name);
  if (target !== undefined) return await identity.handler(new Request(new URL(target, request.url), request));
  if (pathname.startsWith("/api/v1/internal/")) return internal(deps, request, pathname);
  switch (name) {
    case "GET /health": // recorded: "health of auth"
      return Response.json({
        status: "ok",
        service: "mana-auth",
        timestamp: new Date(Date.now()).toISOString(),
      });
    case "GET /api/v1/auth/jwks": // recorded: "keys, versioned path"
      return Response.json(await identity.api.getJwks());
    case "POST /api/auth/two-factor/enable": // section 11: 500 at the last public commit, so that nobody can have it
      return refusal("INTERNAL", "Internal error");
  }
  // Everything of better-auth as it is: sign-in, token, get-session, sign-out, organization, two-factor, magic link.
  if (pathname.startsWith("/api/auth/")) return await identity.handler(request);
  // Section 11: no metadata of OAuth or OpenID Connect anywhere. The status was seen, the body was not.
  return refusal("NOT_FOUND", "Not found");
}

/** For services with the service key. Source: recorded, "memberships …", "is ben a member", "is cara a member". */
function internal(deps: RouteDeps, request: Request, pathname: string): Response {
  if (request.headers.get("x-service-key") !== deps.serviceKey) {
    return httpRefusal(401, "Invalid or missing service key");
  }
  const [, person] = /^\/api\/v1\/internal\/users\/([^/]+)\/memberships$/.exec(pathname) ?? [];
  if (person !== undefined && request.method === "GET") {
    return Response.json({ userId: person, memberships: membershipsOf(deps.tables, person) });
  }
  const [, space, member] = /^\/api\/v1\/internal\/org\/([^/]+)\/member\/([^/]+)$/.exec(pathname) ?? [];
  if (space !== undefined && member !== undefined && request.method === "GET") {
    const found = membershipsOf(deps.tables, member).find(({ organizationId }) => organizationId === space);
    return Response.json({ isMember: found !== undefined, role: found?.role ?? "" });
  }
  return httpRefusal(404, "Not found");
}
