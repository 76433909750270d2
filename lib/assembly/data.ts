// The person's data: change log, keys, ledger, and the records made of them.
import { createAuthorship } from "../authorship/authorship.ts";
import { createDisclosure } from "../disclosure/disclosure.ts";
import { createChangeNews } from "../changes/news/change_news.ts";
import { withNews } from "../changes/news/told_pushes.ts";
import { createHintStreams } from "../changes/hint_streams.ts";
import { createSyncClient } from "../changes/sync_client.ts";
import { MAX_HINT_STREAMS } from "../kit/limits.ts";
import { createLedger } from "../ledger/ledger.ts";
import { createOwnRecords } from "../own_records/own_records.ts";
import { shareMemory } from "../settings/memory_shares.ts";
import { createRecordStore } from "../records/record_store.ts";
import { createToldWrites } from "../records/together/told_writes.ts";
import { createCipher } from "../sealing/cipher.ts";
import { createKeyring } from "../sealing/keyring.ts";
import { createMasterKeys } from "../sealing/master_key.ts";
import { createVaultClient } from "../sealing/vault_client.ts";
import type { Base } from "./base.ts";

/** changes/, sealing/, own_records/ and records/: the person's change log, the keys, and records made of both. */
export function createData(base: Base, appsPage: () => Promise<string | null>) {
  const { settings, services, clock, random, maxHintStreams: maxStreams = MAX_HINT_STREAMS } = base;
  const { clientId, serviceUrls: { sync: baseUrl, vault: vaultUrl } } = settings;
  const masterKeys = createMasterKeys();
  const vault = createVaultClient({ services, vaultUrl, masterKeys, hide: base.hide });
  const keyring = createKeyring({ vault, clock });
  const sync = createSyncClient({ services, baseUrl, clientId, random, clock });
  const authorship = createAuthorship({ keyring, masterKeys, clock });
  const ledger = createLedger({ ...base, sync, keyring, masterKeys, authorship });
  const { sharedStore, storeKeys, marks, nodeMessages: messages } = base;
  const news = sharedStore.state() === "none" ? undefined : createChangeNews({ marks, messages });
  const others = { areUnheard: () => sharedStore.state() !== "up", ...(news === undefined ? {} : { news }) };
  const isAlone = news === undefined && settings.nodes === 1;
  const hints = createHintStreams({ sync, clock, random, maxStreams, ...(isAlone ? {} : { others }) });
  const store = createRecordStore({
    sync,
    grants: base.grants,
    hints,
    keyring,
    sign: authorship.sign,
    cursorKeys: base.nodeKeys.derive("cursor"),
    observer: news === undefined ? ledger.pushes : withNews(ledger.pushes, news),
    ...(news === undefined ? {} : { news, toldWrites: createToldWrites(base) }),
    clock,
    newId: base.newId,
    requireSealed: settings.requireSealed,
    memory: shareMemory(settings.memoryMb),
    observe: ({ kind, table, count }) => base.metrics.records(kind, table, count),
  });
  const own = createOwnRecords({ sync, keyring, masterKeys, clock, observe: base.metrics.records });
  const disclosure = createDisclosure({
    ...authorship,
    ...ledger,
    clock,
    appsPage,
    nodes: settings.nodes,
    ...(sharedStore.state() === "none" ? {} : { shared: { store: sharedStore, storeKeys } }),
  });
  const cipher = createCipher();
  return { sync, authorship, masterKeys, keyring, hints, ledger, store, own, disclosure, appsPage, cipher };
}
