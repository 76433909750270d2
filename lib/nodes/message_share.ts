// How many messages the nodes are sent for people's requests, so that nobody's requests keep others from being told
// (node_messages.ts sends 200 of a kind in a second).
import type { Clock } from "../kit/clock.ts";

/** Messages of one person, and of all people, in a minute. */
const MAX_OF_ONE = 60;
const MAX_OF_ALL = 2_000;
const MINUTE_MS = 60_000;

/** Whether one more message of a person fits into this minute. Counts it. */
export function createMessageShare(clock: Pick<Clock, "elapsed">): (person: string) => boolean {
  const sent = new Map<string, number>();
  let minute = 0;
  let all = 0;
  return (person) => {
    const now = Math.floor(clock.elapsed() / MINUTE_MS);
    if (now !== minute) {
      minute = now;
      all = 0;
      sent.clear();
    }
    const own = sent.get(person) ?? 0;
    if (own >= MAX_OF_ONE || all >= MAX_OF_ALL) return false;
    sent.set(person, own + 1);
    all++;
    return true;
  };
}
