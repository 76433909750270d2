/** What a {@link Secret} does when somebody tries to make text of it. */
export type LeakPolicy = "throw" | "redact";

/** Shown in place of a value, never anything of it. */
const REDACTED = "[secret]";

/**
 * A value that must not leave the process: a token, a key, what a person wrote. The one way to it is {@link reveal}, so
 * that every place that uses it can be found by searching for that word. Interpolated, joined, serialised, inspected,
 * spread or cloned it gives nothing away: the value is in a private field, which none of these can see.
 *
 * With `throw`, the choice of tests, an attempt is an error, so that a log line that would have shown `[secret]` in
 * production is found. With `redact`, the choice of production, it must not end a person's call.
 */
export class Secret<T> {
  readonly #value: T;
  readonly #onLeak: LeakPolicy;

  /**
   * @param value what to guard
   * @param onLeak `redact` by default
   */
  constructor(value: T, onLeak: LeakPolicy = "redact") {
    this.#value = value;
    this.#onLeak = onLeak;
    Object.freeze(this);
  }

  /** The value itself, to be used at once and not kept. */
  reveal(): T {
    return this.#value;
  }

  /** Another secret of the same policy, made of this one's value. */
  map<U>(make: (value: T) => U): Secret<U> {
    return new Secret(make(this.#value), this.#onLeak);
  }

  /** Whether both guard the same value (`===`). */
  equals(other: Secret<T>): boolean {
    return this.#value === other.#value;
  }

  /** Redacts or throws TypeError. */
  toString(): string {
    return this.#shown();
  }

  /** Redacts or throws TypeError; called by JSON.stringify. */
  toJSON(): string {
    return this.#shown();
  }

  /** Redacts or throws TypeError. */
  valueOf(): string {
    return this.#shown();
  }

  /** Redacts or throws TypeError; called by `${secret}` and by `+`. */
  [Symbol.toPrimitive](): string {
    return this.#shown();
  }

  /** Redacts or throws TypeError; called by Deno's console and Deno.inspect. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.#shown();
  }

  /** Redacts or throws TypeError; called by node:util's inspect, and with it by node:assert's messages. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#shown();
  }

  #shown(): string {
    if (this.#onLeak === "throw") {
      throw new TypeError("Cannot turn a secret into text: reveal() it where it is used");
    }
    return REDACTED;
  }
}

/** Makes secrets of one policy; how a test makes every secret of a gateway strict. */
export type Hide = <T>(value: T) => Secret<T>;

/** Secrets that redact: production. */
export const hide: Hide = (value) => new Secret(value, "redact");

/** Secrets that throw: tests. */
export const hideStrictly: Hide = (value) => new Secret(value, "throw");
