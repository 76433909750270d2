// A keyring over a made-up vault, and a way to hold the answers of the vault back.
import { clockOf } from "../_support/fake_clock.ts";
import { createKeyring } from "../../lib/sealing/keyring.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { createVaultClient } from "../../lib/sealing/vault_client.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, VAULT_URL } from "../records/_fake_services.ts";
import { callerOf, KEY_A } from "../records/_harness.ts";

export const anna = callerOf("anna");

export function setUp() {
  const services = createFakeServices();
  services.vault.set("anna", { key: KEY_A });
  const time = { now: 1_000_000 };
  const client = createServiceClient({ fetch: services.fetch, clock: clockOf(() => time.now) });
  const vault = createVaultClient({ services: client, vaultUrl: VAULT_URL, masterKeys: createMasterKeys() });
  const keyring = createKeyring({ vault, clock: clockOf(() => time.now) });
  return { services, time, keyring };
}

/** Holds the vault's answer back until it is released. */
export function gate(services: ReturnType<typeof createFakeServices>) {
  const { promise, resolve } = Promise.withResolvers<void>();
  services.intercept = async (_, inner) => {
    await Promise.race([
      promise,
      new Promise((_, reject) => inner.addEventListener("abort", () => reject(inner.reason), { once: true })),
    ]);
    return undefined;
  };
  return resolve;
}
