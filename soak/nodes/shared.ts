// What several gateways of the soak share: a secret, and a store that things happen to.
import { newNodeSecret } from "../../tests/_support/nodes/served_nodes.ts";
import type { Person } from "../people.ts";
import type { StoreFault } from "../schedule.ts";
import type { Tally } from "../tally.ts";
import type { Verdicts } from "../verdicts.ts";
import { createDisturbances, type Disturbances } from "./disturbances.ts";
import { startSoakStore, type StoreEntry } from "./store.ts";

/** What gateways share. */
export interface Shared extends AsyncDisposable {
  /** Settings of each gateway. */
  readonly env: Readonly<Record<string, string>>;
  /** What no line of a log may hold. */
  readonly secrets: readonly string[];
  /** Null without a store. */
  readonly disturbances: Disturbances | null;
  /** Does something to the store. */
  suffer(fault: StoreFault): Promise<void>;
  /** Looks at everything in the store. */
  checkStore(people: readonly Person[], verdicts: Verdicts): Promise<void>;
}

/** How to share. */
export interface SharedOptions {
  readonly nodes: number;
  readonly hasStore: boolean;
  /** For the store's files. */
  readonly folder: string;
  /** Counts what happened to the store. */
  readonly faults: Tally;
}

/** Longer than a breaker stays open, so that gateways try while nobody answers. */
const AWAY_MS = 1_500;

/** Starts what is shared; nothing is, where there is one gateway. */
export async function startShared({ nodes, hasStore, folder, faults }: SharedOptions): Promise<Shared> {
  const secret = newNodeSecret();
  const disturbances = createDisturbances();
  const store = hasStore ? await startSoakStore(folder) : null;
  const env = nodes === 1 ? {} : { NODE_SECRET: secret, NODES: String(nodes) };
  return {
    env: store === null ? env : { ...env, VALKEY_URL: store.url },
    secrets: [secret.slice(2), ...store === null ? [] : [store.password]],
    disturbances: store === null ? null : disturbances,
    async suffer(fault) {
      if (store === null) return;
      faults.add(fault);
      const happen: Readonly<Record<StoreFault, () => Promise<void>>> = {
        "store hangs": () => store.hang(AWAY_MS),
        "store is lost": () => store.lose(AWAY_MS),
        "store fails over": store.failOver,
      };
      await disturbances.during(happen[fault]);
    },
    async checkStore(people, verdicts) {
      if (store !== null) checkEntries(await store.entries(), people, verdicts);
    },
    async [Symbol.asyncDispose]() {
      await store?.[Symbol.asyncDispose]();
    },
  };
}

/** Longer than anything is kept: a session that was ended is known for 12 hours, a budget counts a day and its hour. */
const LONGEST_TTL_MS = 26 * 3_600_000;

/** Every key is a keyed name with an end, and neither it nor its value tells of anybody. */
export function checkEntries(
  entries: readonly StoreEntry[],
  people: readonly Pick<Person, "id" | "email" | "places">[],
  verdicts: Verdicts,
): void {
  const check = "the store holds keyed names that end, and nothing of anybody";
  const told = people.flatMap(({ id, email, places }) => [id, email, ...places.map((place) => place.id)]);
  for (const { key, ttlMs, dump } of entries) {
    const kind = key.replace(/[^a-z:{}]+/g, "…").slice(0, 60);
    verdicts.judge(check, /^mm1:/.test(key), () => `a key of another form: ${kind}`);
    verdicts.judge(check, ttlMs > 0 && ttlMs <= LONGEST_TTL_MS, () => `${kind} is kept for ${ttlMs} ms`);
    const isTold = told.some((text) => key.includes(text) || dump.includes(text)) ||
      /@p\d|@S\d|@EVIL|eyJ|enc:1/.test(key + dump);
    verdicts.judge(check, !isTold, () => `${kind} tells of somebody`);
  }
}
