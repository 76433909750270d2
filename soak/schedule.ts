/** What is restarted, and how, in turn. */
const RESTARTS = [
  ["backend", "SIGKILL"],
  ["gateway", "SIGKILL"],
  ["backend", "SIGTERM"],
  ["gateway", "SIGTERM"],
] as const;

/** Something that happens to everyone: a look at all listings, somebody who joins a space, a restart. */
export type Event = "look" | "join" | typeof RESTARTS[number];

/** What happens when, as shares of the time. */
export function schedule(seconds: number): (readonly [share: number, event: Event])[] {
  const events: (readonly [number, Event])[] = [];
  const restarts = Math.max(2, Math.round(seconds / 15));
  for (let index = 0; index < restarts; index++) {
    const event = RESTARTS[index % RESTARTS.length];
    if (event !== undefined) events.push([(index + 0.6) / restarts, event]);
  }
  const looks = Math.floor(seconds / 30);
  for (let index = 0; index < looks; index++) events.push([(index + 0.5) / looks, "look"]);
  events.push([0.55, "join"]);
  return events.sort(([a], [b]) => a - b);
}
