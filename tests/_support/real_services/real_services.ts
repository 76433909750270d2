// A stand-in of the operator's real services: an auth service that is no authorization server, with vault and sync. It answers
// as the services were recorded (tests/probe/recorded.json) and seen (auth-vault, section 11). Knows no gateway.
import type { Service } from "../../../backend/backend.ts";
import { startAuthProcess } from "./auth_process.ts";
import { createPeople, type People } from "./people.ts";
import { ReceivedRequest } from "./received_request.ts";
import { failAs, type ServiceFault } from "./service_faults.ts";
import { createVaultAndSync, VAULT_PATH } from "./vault_and_sync.ts";

/** Starts the services; nobody has an account. `await using` ends them. */
export async function createRealServices(options: RealServicesOptions = {}): Promise<RealServices> {
  const { issuer = "http://auth.test", audience = "mana", serviceKey = SERVICE_KEY } = options;
  const clock = options.clock ?? { now: Date.parse("2026-05-01T12:00:00.000Z") };
  const now = () => clock.now;
  const { limiter = true, trustsForwarded = true, origins = [APP_ORIGIN] } = options;
  const auth = startAuthProcess({ issuer, audience, serviceKey, origins: [...origins], limiter }, now);
  const rest = await createVaultAndSync({
    askAuth: (path, headers = {}) => auth.ask(new Request(new URL(path, issuer), { headers })),
    issuer,
    audience,
    serviceKey,
    now,
  });
  const requests: ReceivedRequest[] = [];
  const receive = async (service: "auth" | "sync", request: Request): Promise<Response> => {
    requests.push(new ReceivedRequest(service, request));
    const fault = services.fault?.(service, request);
    if (fault !== undefined) return await failAs(fault, request);
    if (service === "sync") return await rest.sync(request);
    return new URL(request.url).pathname.startsWith(`${VAULT_PATH}/`)
      ? await rest.vault(request)
      : await auth.ask(request);
  };
  const services: RealServices = {
    auth: {
      // A proxy stands before the service, as in production: better-auth itself sees no address.
      fetch: (request, peer = "127.0.0.1") => {
        const headers = new Headers(request.headers);
        if (!trustsForwarded || !headers.has("x-forwarded-for")) headers.set("x-forwarded-for", peer);
        return receive("auth", new Request(request, { headers }));
      },
    },
    sync: { fetch: (request) => receive("sync", request) },
    issuer,
    serviceKey,
    clock,
    requests,
    fault: null,
    people: createPeople(auth, issuer),
    ask: (path, init) => services.auth.fetch(new Request(new URL(path, issuer), init)),
    endStreams: rest.endStreams,
    async [Symbol.asyncDispose]() {
      rest.close();
      await auth[Symbol.asyncDispose]();
    },
  };
  return services;
}

/** What differs from the standard services. */
export interface RealServicesOptions {
  /** Base URL of auth, the `iss` of its JWTs; `http://auth.test` by default. Under https its cookies are `__Secure-…`. */
  readonly issuer?: string;
  /** The `aud` of its JWTs; `mana` by default. */
  readonly audience?: string;
  readonly serviceKey?: string;
  /** Origins that may end sessions besides the issuer's own; the web app's by default. */
  readonly origins?: readonly string[];
  /**
   * Whether better-auth's limiter is on: 3 requests to /sign-in/* and to /two-factor/* in 10 s for each address. On by
   * default, as in production. The recorded service ran without it.
   */
  readonly limiter?: boolean;
  /** Whether the asker's `X-Forwarded-For` counts; otherwise everybody has the address of the connection. True by default. */
  readonly trustsForwarded?: boolean;
  /** Time of all services, moved by setting `now`; a clock that stands still by default. */
  readonly clock?: { now: number };
}

/** The services, and what happens to their people elsewhere. */
export interface RealServices extends AsyncDisposable {
  /** Accounts, sessions, spaces and the vault. */
  readonly auth: Service;
  readonly sync: Service;
  readonly issuer: string;
  readonly serviceKey: string;
  /**
   * Milliseconds since 1970. Ends of sessions and JWTs, the lock, the limiter, links and codes live by it:
   * `clock.now += 24 * 3600_000` is a day.
   */
  readonly clock: { now: number };
  /** Every request that a service received, in order. */
  readonly requests: ReceivedRequest[];
  /** Decides for each request whether the service fails; null lets it work. */
  fault: ((service: "auth" | "sync", request: Request) => ServiceFault | undefined) | null;
  readonly people: People;
  /** A request to the auth service and the vault: what `signIn` of test_backend.ts takes as its door. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Ends all streams of sync, so that a server can drain. */
  endStreams(): void;
}

/** The service key by default. */
export const SERVICE_KEY = "test-service-key";

/** What a browser of the web app sends; trusted by default. */
export const APP_ORIGIN = "http://localhost:5173";
