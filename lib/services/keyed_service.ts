// The services that the gateway asks in its own name: the auth service, and the sign-in server in front of it. Each gets its own key.
import type { Clock } from "../kit/clock.ts";
import type { Secret } from "../kit/secret.ts";
import { isSeparate, type ServiceName } from "../kit/services.ts";
import type { Settings } from "../settings/settings.ts";
import type { ServiceClient } from "./service_client.ts";

/** The auth service, and who signs clients in: the very same value where the auth service does. */
export function createKeyedServices({ settings, services, clock }: {
  readonly settings: Pick<Settings, "serviceUrls" | "serviceKey" | "signInServiceKey">;
  readonly services: ServiceClient;
  readonly clock: Clock;
}): { readonly authService: KeyedService; readonly signInServer: KeyedService } {
  const { serviceUrls, serviceKey, signInServiceKey } = settings;
  const authService: KeyedService = Object.freeze({
    services,
    name: "auth",
    url: serviceUrls.auth,
    serviceKey,
    clock,
  });
  if (!isSeparate("sign-in", serviceUrls)) return { authService, signInServer: authService };
  const signInServer: KeyedService = Object.freeze({
    services,
    name: "sign-in",
    url: serviceUrls["sign-in"],
    serviceKey: signInServiceKey,
    clock,
  });
  return { authService, signInServer };
}

/** A service with what the gateway needs to ask it. */
export interface KeyedService {
  readonly services: ServiceClient;
  /** Its name in spans, metrics, logs and refusals. */
  readonly name: ServiceName;
  /** Base URL, without a slash at the end. */
  readonly url: string;
  /** Sent as `X-Service-Key`, to this service alone; null when the operator set none. */
  readonly serviceKey: Secret<string> | null;
  readonly clock: Clock;
}
