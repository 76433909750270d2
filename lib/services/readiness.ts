// Whether the services answer, for `/ready` and the home page. Sends no token and says nothing of a person.
import type { Clock } from "../kit/clock.ts";
import { READINESS_CACHE_MS } from "../kit/limits.ts";
import { type ByService, byService, type Service, type ServiceName, SERVICES } from "../kit/services.ts";
import type { ServiceClient } from "./service_client.ts";

/** Whether each service answers. */
export interface Readiness {
  /** All of them do. */
  readonly ready: boolean;
  readonly upstreams: ByService<"ok" | "failing">;
}

/**
 * Creates the check behind `/ready`. Anyone may ask, so the answer is kept for {@link READINESS_CACHE_MS} and one check
 * runs at a time: asking the gateway often must not become asking the services often.
 */
export function createReadiness(deps: {
  readonly services: ServiceClient;
  readonly serviceUrls: ByService<string>;
  readonly clock: Clock;
}): () => Promise<Readiness> {
  let last: { readonly at: number; readonly readiness: Readiness } | null = null;
  let running: Promise<Readiness> | null = null;

  const check = async (): Promise<Readiness> => {
    const states = new Map(
      await Promise.all(SERVICES.map(async (service) =>
        [
          service.name,
          await isWell(deps.services, service, deps.serviceUrls[service.name]) ? "ok" : "failing",
        ] as const
      )),
    );
    const readiness = {
      ready: [...states.values()].every((state) => state === "ok"),
      upstreams: byService(({ name }) => states.get(name) ?? "failing"),
    };
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

/** Whether the service answers 200 at the path that it has for this question. */
async function isWell(
  services: ServiceClient,
  { name, healthPath }: Service & { readonly name: ServiceName },
  url: string,
): Promise<boolean> {
  try {
    return (await services.send({ service: name, url: url + healthPath })).status === 200;
  } catch {
    return false;
  }
}
