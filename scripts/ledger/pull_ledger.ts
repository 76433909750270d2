// Brings a person's ledger and data from the services themselves: never through a gateway, since a hostile one could hide what it did.
// Reads with a name of its own, because the sync service hides a writer's own rows from that writer (sync contract section 11.1).
import { z } from "zod";
import { decodeJwt } from "@panva/jose";
import { createAuthorKeys } from "../../lib/authorship/author_keys.ts";
import { type ChangeVerifier, createChangeVerifier } from "../../lib/authorship/change_verifier.ts";
import type { Change } from "../../lib/changes/change.ts";
import { EPOCH } from "../../lib/changes/instant.ts";
import { type LogPortion, readPortions } from "../../lib/changes/read_log.ts";
import { createSyncClient, type SyncClient } from "../../lib/changes/sync_client.ts";
import type { Clock } from "../../lib/kit/clock.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { hide } from "../../lib/kit/secret.ts";
import { LEDGER_TABLE } from "../../lib/ledger/ledger_row.ts";
import { createUnreadTally } from "../../lib/observe/request_tally.ts";
import { OWN_APP } from "../../lib/own_records/own_pull.ts";
import type { Caller } from "../../lib/people/principal.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { createVaultClient, hasNoKey } from "../../lib/sealing/vault_client.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";

/** Connects. Throws {@link NotToBeRead} for a token that is none of a person. */
export function connectLedger(deps: LedgerDeps): LedgerSource {
  const { fetch, clock, random, syncUrl } = deps;
  const services = createServiceClient({ fetch, clock });
  const sync = createSyncClient({ services, baseUrl: syncUrl, clientId: "mana-mcp-verify", random, clock });
  const caller = callerOf(deps);
  const masterKeys = createMasterKeys();
  const vault = createVaultClient({ services, vaultUrl: deps.vaultUrl, masterKeys });
  const { signal } = new AbortController();
  const { subject } = caller.principal;
  const read = async (app: string, table: string, since: string, look: (portion: LogPortion) => void) => {
    let unusable = 0;
    const counting: Pick<SyncClient, "pull"> = {
      async pull(...question) {
        const portion = await sync.pull(...question);
        unusable += portion.malformed;
        return portion;
      },
    };
    await readPortions(counting, { caller, app, table, signal }, since, look);
    return unusable;
  };
  return Object.freeze({
    subject,
    async rows() {
      const changes: Change[] = [];
      const unusable = await read(OWN_APP, LEDGER_TABLE, EPOCH, (portion) => {
        for (const change of portion.changes) changes.push(change);
      });
      return { changes, unusable };
    },
    read,
    async keys() {
      let master: CryptoKey;
      try {
        master = await vault.key(caller, signal);
      } catch (error) {
        if (error instanceof Refused && hasNoKey(error.refusal)) return null;
        throw error;
      }
      const sign = await createAuthorKeys(masterKeys).of(master).signing();
      return {
        rowKey: await masterKeys.sealingKey(master, `mana-mcp/${LEDGER_TABLE}/v1`),
        verifier: createChangeVerifier(subject, sign),
      };
    },
  });
}

/** Where a ledger is read. */
export interface LedgerDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** The person's own. */
  readonly token: string;
  /** Both without a trailing slash. */
  readonly syncUrl: string;
  readonly vaultUrl: string;
}

/** A person's logs and keys. The methods throw what `SyncClient.pull` and `VaultClient.key` throw. */
export interface LedgerSource {
  readonly subject: string;
  /** The whole table of the ledger, in the order of the log, and how many entries were no changes. */
  rows(): Promise<{ readonly changes: readonly Change[]; readonly unusable: number }>;
  /** Reads a table's log, portion by portion. Returns how many entries were no changes. */
  read(app: string, table: string, since: string, look: (portion: LogPortion) => void): Promise<number>;
  /** The keys of the person as of now; null where no server has one. */
  keys(): Promise<LedgerKeys | null>;
}

/** What a person's master key gives. */
export interface LedgerKeys {
  /** Opens rows. */
  readonly rowKey: CryptoKey;
  /** Tells which changes a gateway signed. */
  readonly verifier: ChangeVerifier;
}

/** The ledger cannot be read; the message says what to do. */
export class NotToBeRead extends Error {}

const Claims = z.object({ sub: z.string().min(1), iss: z.string().catch("") });

/** Whose token it is by its own word: the services do not take a token that lies. */
function callerOf({ token }: LedgerDeps): Caller {
  let claims: z.infer<typeof Claims>;
  try {
    claims = Claims.parse(decodeJwt(token));
  } catch {
    throw new NotToBeRead("That is no token of a person: deno task --quiet token prints one.");
  }
  return {
    principal: {
      issuer: claims.iss,
      subject: claims.sub,
      role: "user",
      scopes: null,
      client: null,
      expiresAt: Infinity,
    },
    token: hide(token),
    tally: createUnreadTally(),
  };
}
