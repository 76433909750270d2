// Own records of several gateways over one embedded backend: everything below a tool, and nothing above.
import assert from "node:assert/strict";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createSyncClient } from "../../lib/changes/sync_client.ts";
import { createOwnRecords, type OwnRecord, type OwnRecords } from "../../lib/own_records/own_records.ts";
import type { Caller } from "../../lib/people/principal.ts";
import { createKeyring } from "../../lib/sealing/keyring.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { createVaultClient } from "../../lib/sealing/vault_client.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { callerFor } from "../_support/request_context.ts";
import {
  type Account,
  AUTH_URL,
  bearer,
  createTestBackend,
  post,
  SYNC_URL,
  type TestBackend,
} from "../_support/test_backend.ts";
import { createWire, type Wire } from "../_support/wire.ts";

export const signal = new AbortController().signal;

/** The backend, and gateways over it. */
export interface Gateways extends AsyncDisposable {
  readonly services: TestBackend;
  /** What was counted, as `kind table count`. */
  readonly counted: string[];
  /** As in a world. */
  intercept: Wire["intercept"];
  /** Another gateway, or the same after a restart. */
  gateway(): OwnRecords;
  /** Somebody with a vault. */
  person(name: string): Promise<Account & { readonly caller: Caller }>;
  /** The master key of a person, as their devices have it. */
  masterKey(person: Account): Promise<CryptoKey>;
  /** Pushes a change of app `mcp`, as any client of the sync service can. */
  push(person: Account, change: Readonly<Record<string, unknown>>): Promise<void>;
}

export async function createGateways(): Promise<Gateways> {
  const services = await createTestBackend();
  const keys = createMasterKeys();
  const wire = createWire({
    services: { [AUTH_URL]: services.backend.auth.fetch, [SYNC_URL]: services.backend.sync.fetch },
    intercept: (request) => gateways.intercept(request),
  });
  const clock = clockOf(() => services.clock.now);
  const client = createServiceClient({ fetch: wire.fetch, clock });
  const vaultOf = (masterKeys: typeof keys) =>
    createVaultClient({ services: client, vaultUrl: AUTH_URL, masterKeys, hide: hideStrictly });
  const gateways: Gateways = {
    services,
    counted: [],
    intercept: () => undefined,
    gateway() {
      const masterKeys = createMasterKeys();
      return createOwnRecords({
        sync: createSyncClient({
          services: client,
          baseUrl: SYNC_URL,
          clientId: "mana-mcp",
          random: Math.random,
          clock,
        }),
        keyring: createKeyring({ vault: vaultOf(masterKeys), clock }),
        masterKeys,
        clock,
        observe: (kind, table, count) => void gateways.counted.push(`${kind} ${table} ${count}`),
      });
    },
    async person(name) {
      const account = await services.person(name);
      const init = await services.auth("/api/v1/me/encryption-vault/init", {
        method: "POST",
        headers: bearer(account),
      });
      assert.equal(init.status, 200, await init.text());
      return Object.assign(account, { caller: callerFor(account.id, account.token) });
    },
    masterKey: async (person) => {
      const raw = await vaultOf(keys).key(callerFor(person.id, person.token), signal);
      return await keys.sealingKey(raw, "mana-mcp/approvals/v1");
    },
    async push(person, change) {
      const body = { clientId: "a-device", since: "9999-12-31T23:59:59.999Z", changes: [change] };
      const answer = await services.sync("/sync/mcp", post(body, bearer(person)));
      assert.equal(answer.status, 200, await answer.text());
    },
    async [Symbol.asyncDispose]() {
      await wire.settled();
      await services[Symbol.asyncDispose]();
    },
  };
  return gateways;
}

/** Records as plain values, in the order of their ids: id, and text by field. */
export function textsOf(records: readonly OwnRecord[]): Record<string, Record<string, string>> {
  return Object.fromEntries(
    records.map(({ id, fields }) =>
      [id, Object.fromEntries([...fields].map(([name, { text }]) => [name, text]))] as const
    ).sort(([a], [b]) => a < b ? -1 : 1),
  );
}
