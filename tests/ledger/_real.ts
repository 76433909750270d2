// Ledgers that two real gateways wrote, through their public doors, over one embedded backend; and what the services have of them.
import { createClock } from "../../lib/kit/clock.ts";
import { MODULES } from "../../tools/modules.ts";
import { createTableNames } from "../../lib/history/table_names.ts";
import type { Change } from "../../lib/changes/change.ts";
import { EPOCH } from "../../lib/changes/instant.ts";
import { connectLedger, type LedgerSource } from "../../scripts/ledger/pull_ledger.ts";
import { AUTH_URL, SYNC_URL, type TestBackend } from "../_support/test_backend.ts";
import { createWire } from "../_support/wire.ts";
import type { Logs, Owner } from "./_logs.ts";

/** The ledger of whoever has this token, as the task reads it: from the services. */
export function sourceAt(
  { backend }: Pick<TestBackend, "backend">,
  { token }: { readonly token: string },
): LedgerSource {
  const wire = createWire({
    services: { [AUTH_URL]: backend.auth.fetch, [SYNC_URL]: backend.sync.fetch },
    intercept: () => undefined,
  });
  return connectLedger({
    fetch: wire.fetch,
    clock: createClock({ calendar: Date.now, elapsed: () => performance.now() }),
    random: Math.random,
    token,
    syncUrl: SYNC_URL,
    vaultUrl: AUTH_URL,
  });
}

/** The tables in which tools write. */
export const TABLES = createTableNames(MODULES).all.map(({ app, name }) => ({ app, name }));

/** All that the services have, for an adversary to work on. */
export async function logsOf(source: LedgerSource): Promise<{ readonly logs: Logs; readonly owner: Owner }> {
  const { changes } = await source.rows();
  const data = new Map<string, Change[]>();
  for (const { app, name } of TABLES) {
    const all: Change[] = [];
    await source.read(app, name, EPOCH, (portion) => void all.push(...portion.changes));
    if (all.length > 0) data.set(`${app}/${name}`, all);
  }
  return {
    logs: { ledger: [...changes], data },
    owner: { subject: source.subject, keys: await source.keys() },
  };
}
