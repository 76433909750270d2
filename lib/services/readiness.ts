// Whether the services answer, for `/ready` and the home page. Sends no token and says nothing of a person.
import type { Clock } from "../kit/clock.ts";
import { READINESS_CACHE_MS } from "../kit/limits.ts";
import { type ByService, isSeparate, type Service, type ServiceName, SERVICES } from "../kit/services.ts";
import type { ServiceClient } from "./service_client.ts";

/** Whether each service answers. */
export interface Readiness {
  /** All of them do. */
  readonly ready: boolean;
  /** Each separate service, in the order of the list. */
  readonly upstreams: Readonly<Partial<Record<ServiceName, "ok" | "failing">>>;
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
    const separate = SERVICES.filter(({ name }) => isSeparate(name, deps.serviceUrls));
    const wells = await Promise.all(
      separate.map((service) => isWell(deps.services, service, deps.serviceUrls[service.name])),
    );
    const upstreams: Partial<Record<ServiceName, "ok" | "failing">> = {};
    separate.forEach(({ name }, index) => upstreams[name] = wells[index] === true ? "ok" : "failing");
    const readiness = { ready: wells.every((isWell) => isWell), upstreams };
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
