/** What is restarted, and how, in turn. */
const RESTARTS = [
  ["backend", "SIGKILL"],
  ["gateway", "SIGKILL"],
  ["backend", "SIGTERM"],
  ["gateway", "SIGTERM"],
] as const;

/** The same where there are several gateways: the others go on. */
const NODE_RESTARTS: readonly (typeof RESTARTS[number])[] = [
  ["gateway", "SIGKILL"],
  ["backend", "SIGKILL"],
  ["gateway", "SIGKILL"],
  ["gateway", "SIGTERM"],
  ["gateway", "SIGKILL"],
  ["backend", "SIGTERM"],
];

/** What happens to a store that gateways share, between these restarts. */
const STORE_FAULTS = ["store hangs", "store is lost", "store fails over"] as const;

/** One of {@link STORE_FAULTS}. */
export type StoreFault = typeof STORE_FAULTS[number];

/** Something that happens to everyone: a look at all listings, somebody who joins a space, a restart, a fault of the store. */
export type Event = "look" | "join" | typeof RESTARTS[number] | StoreFault;

/** What happens when, as shares of the time. */
export function schedule(
  { seconds, nodes, hasStore }: {
    readonly seconds: number;
    readonly nodes: number;
    readonly hasStore: boolean;
  },
): (readonly [share: number, event: Event])[] {
  const events: (readonly [number, Event])[] = [];
  const list = nodes === 1 ? RESTARTS : NODE_RESTARTS;
  const restarts = nodes === 1 ? Math.max(2, Math.round(seconds / 15)) : Math.max(4, Math.round(seconds / 6));
  for (let index = 0; index < restarts; index++) {
    const event = list[index % list.length];
    if (event !== undefined) events.push([(index + 0.6) / restarts, event]);
  }
  const storeFaults = hasStore ? Math.max(STORE_FAULTS.length, Math.round(seconds / 10)) : 0;
  for (let index = 0; index < storeFaults; index++) {
    const event = STORE_FAULTS[index % STORE_FAULTS.length];
    if (event !== undefined) events.push([(index + 0.4) / storeFaults, event]);
  }
  const looks = Math.floor(seconds / 30);
  for (let index = 0; index < looks; index++) events.push([(index + 0.5) / looks, "look"]);
  events.push([0.55, "join"]);
  return events.sort(([a], [b]) => a - b);
}
