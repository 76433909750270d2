// Whose request is worked on next, when more come than one thread gets on with. Requests that wait for each other's processor time take
// longer all of them, and what each holds meanwhile outlives the collections of young objects, until everything is collected. So some
// are in work and the others wait, a turn for each person.
import type { Clock } from "../kit/clock.ts";
import { WORK_AT_ONCE, WORK_OF_A_TURN, WORK_TICK_MS, WORK_WHEN_IDLE } from "../kit/limits.ts";
import { createLinkedOrder, type LinkedItem } from "../kit/linked_order.ts";

/** Those who wait for their turn, of all people. How many may wait is for in_flight.ts. A class, whose numbers are read without a call. */
export class WorkTurns {
  /** Requests in work. May exceed {@link WORK_AT_ONCE}: requests that wait for a service need no processor. */
  inWork = 0;
  /** Requests that wait. */
  waiting = 0;
  readonly #clock: Pick<Clock, "after" | "elapsed">;
  /** Who has requests that wait. */
  readonly #people = new Map<string, WaitingPerson>();
  /** The same in the order of their turns. */
  readonly #order = createLinkedOrder<WaitingPerson>();
  #isTicking = false;

  /** Starts with nobody at work. There is no timer as long as nobody waits. */
  constructor(clock: Pick<Clock, "after" | "elapsed">) {
    this.#clock = clock;
  }

  /** Resolves when it is the request's turn, which is then in work. */
  wait(key: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting += 1;
    const person = this.#people.get(key);
    if (person !== undefined) person.begins.push(resolve);
    else {
      const first = { key, begins: [resolve], left: WORK_OF_A_TURN };
      this.#people.set(key, first);
      this.#order.add(first);
    }
    if (!this.#isTicking) this.#tick();
    return promise;
  }

  /** A request in work has ended. */
  end(): void {
    this.inWork -= 1;
    if (this.inWork < WORK_AT_ONCE && this.waiting > 0) this.#letIn(1);
  }

  /**
   * Lets up to `count` requests begin, a few of each person in turn: what one person's client asks at once shares pulls of the change
   * log, which it would not a turn later.
   */
  #letIn(count: number): void {
    for (let left = count; left > 0; left--) {
      const person = this.#order.oldest();
      if (person === undefined) return;
      this.inWork += 1;
      this.waiting -= 1;
      person.begins.shift()?.();
      person.left -= 1;
      if (person.begins.length > 0 && person.left > 0) continue;
      this.#order.remove(person);
      person.left = WORK_OF_A_TURN;
      if (person.begins.length > 0) this.#order.add(person);
      else this.#people.delete(person.key);
    }
  }

  /**
   * Lets requests in while others wait for services: where a timer comes in time, the thread has nothing to do, so more can begin. Where
   * it comes late, one begins all the same: nothing may wait for requests that do not end.
   */
  #tick(): void {
    this.#isTicking = true;
    const due = this.#clock.elapsed() + WORK_TICK_MS;
    this.#clock.after(WORK_TICK_MS, () => {
      this.#letIn(this.#clock.elapsed() - due < 1 ? WORK_WHEN_IDLE : 1);
      if (this.waiting > 0) this.#tick();
      else this.#isTicking = false;
    });
  }
}

interface WaitingPerson extends LinkedItem<WaitingPerson> {
  readonly key: string;
  /** Resolves each request's promise, in the order in which they came. */
  readonly begins: (() => void)[];
  /** How many more may begin in this turn. */
  left: number;
}
