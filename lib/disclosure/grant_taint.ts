// What a grant was handed in the last half hour, in two bits: text of others, and private text. Both together are what an injected
// instruction needs to carry a person's texts to others. A bit is never taken back before its time.

import { TAINT_MS } from "../kit/limits.ts";

/** One grant's bits. A class, since there is one per grant. All times are milliseconds since 1970. */
export class GrantTaint {
  #others = 0;
  /** Until when text of a space counts as read: of the two spaces of which such text was handed out last, the last one first. */
  #spaces: (readonly [space: string, until: number])[] = [];

  /** Text of another member, of another app, or of an app that had read such text, was handed out. Returns whether that is new. */
  readOthers(now: number): boolean {
    const isNew = !this.hasOthers(now);
    this.#others = Math.max(this.#others, now + TAINT_MS);
    return isNew;
  }

  /** Text of fields that are sealed in the personal space was handed out. Returns whether that is new of this space. */
  readPrivate(space: string, now: number): boolean {
    const isNew = !this.#spaces.some(([other, until]) => other === space && now < until);
    this.#putSpace(space, now + TAINT_MS);
    return isNew;
  }

  /** Takes in what another process knows. */
  add(others: number, spaces: readonly (readonly [space: string, until: number])[]): void {
    this.#others = Math.max(this.#others, others);
    for (const [space, until] of spaces) this.#putSpace(space, until);
  }

  /** Whether text of others was read. */
  hasOthers(now: number): boolean {
    return now < this.#others;
  }

  /** Whether private text was read of another space than this one. */
  hasPrivateOutside(space: string, now: number): boolean {
    return this.#spaces.some(([other, until]) => other !== space && now < until);
  }

  /** Whether a write into some space would be asked for. */
  hasBoth(now: number): boolean {
    return this.hasOthers(now) && this.#spaces.some(([, until]) => now < until);
  }

  /** Whether anything is set. */
  isSet(now: number): boolean {
    return this.hasOthers(now) || this.#spaces.some(([, until]) => now < until);
  }

  /** For other processes. */
  window(now: number): { readonly others: number; readonly private: (readonly [string, number])[] } {
    return {
      others: this.hasOthers(now) ? this.#others : 0,
      private: this.#spaces.filter(([, until]) => now < until),
    };
  }

  /** Two spaces are enough: of whichever space is written into, the newest other one is among them. */
  #putSpace(space: string, until: number): void {
    const same = this.#spaces.find(([other]) => other === space);
    const latest = Math.max(until, same?.[1] ?? 0);
    this.#spaces = [...this.#spaces.filter(([other]) => other !== space), [space, latest] as const]
      .sort(([, one], [, other]) => other - one).slice(0, 2);
  }
}
