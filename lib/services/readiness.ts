import type { Clock } from "../kit/clock.ts";
import type { ServiceName } from "../kit/errors.ts";
import { READINESS_CACHE_MS } from "../kit/limits.ts";
import type { ServiceClient } from "./service_client.ts";

/** Whether each service answers. */
export interface Readiness {
  readonly ready: boolean;
  readonly upstreams: Readonly<Record<ServiceName, "ok" | "failing">>;
}

/** Dependencies of {@link createReadiness}. */
export interface ReadinessDeps {
  readonly services: ServiceClient;
  readonly authUrl: string;
  readonly syncUrl: string;
  readonly vaultUrl: string;
  readonly clock: Clock;
}

/**
 * Creates the check behind `/ready`. Anyone may ask, so the answer is kept for {@link READINESS_CACHE_MS} and one check
 * runs at a time: asking us often must not become asking the services often.
 */
export function createReadiness(deps: ReadinessDeps): () => Promise<Readiness> {
  let last: { readonly at: number; readonly readiness: Readiness } | null = null;
  let running: Promise<Readiness> | null = null;

  const answers = async (service: ServiceName, url: string): Promise<"ok" | "failing"> => {
    try {
      return (await deps.services.send({ service, url })).status === 200 ? "ok" : "failing";
    } catch {
      return "failing";
    }
  };
  const check = async (): Promise<Readiness> => {
    const [auth, sync, vault] = await Promise.all([
      answers("auth", `${deps.authUrl}/api/auth/jwks`),
      answers("sync", `${deps.syncUrl}/health`),
      answers("vault", `${deps.vaultUrl}/health`),
    ]);
    const upstreams = { auth, sync, vault };
    const readiness = { ready: Object.values(upstreams).every((state) => state === "ok"), upstreams };
    last = { at: deps.clock.elapsed(), readiness };
    return readiness;
  };

  return () => {
    if (last !== null && deps.clock.elapsed() - last.at < READINESS_CACHE_MS) {
      return Promise.resolve(last.readiness);
    }
    running ??= check().finally(() => running = null);
    return running;
  };
}
