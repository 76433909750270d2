// Guards values that must not leave the process. To find every use of a secret, search for `reveal`.

/**
 * A value that must not leave the process: a token, a key, what a person wrote. The only way to the value is {@link reveal}.
 * Interpolated, joined, serialised, inspected, spread or cloned, a secret gives nothing away: the value is in a private
 * field, which none of these can see.
 *
 * With `throw`, the choice of tests, making text of a secret is an error, so that a log line that would show `[secret]` in
 * production is found. With `redact`, the choice of production, such a mistake does not end a person's call.
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

  /** A new secret of the same policy, made of the value of this secret. */
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

/** What a {@link Secret} does when text is made of it. */
export type LeakPolicy = "throw" | "redact";

/** Shown in place of a value. */
const REDACTED = "[secret]";

/** Makes secrets of one policy. Tests hand their own to a gateway, so that every secret in it is strict. */
export type Hide = <T>(value: T) => Secret<T>;

/** Secrets that redact: production. */
export const hide: Hide = (value) => new Secret(value, "redact");

/** Secrets that throw: tests. */
export const hideStrictly: Hide = (value) => new Secret(value, "throw");
