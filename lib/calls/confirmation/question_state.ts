// The state that a question takes along through the client: sealed, bound to one call and one sentence, good for a while
// (CONFIRMATION_MS). The gateway keeps nothing of an open question.
import type { Clock } from "../../kit/clock.ts";
import { withSortedMembers } from "../../kit/json.ts";

/** A question to the person is open for this long: time to read it, not to forget it. */
export const CONFIRMATION_MS = 5 * 60_000;
/** {@link CONFIRMATION_MS} in words. The refusal of a late answer says it so. */
export const CONFIRMATION_WORDS = "five minutes";

/** The one call that a confirmation is good for. */
export interface Binding {
  /** `principalKey` of who was asked. */
  readonly person: string;
  readonly tool: string;
  readonly args: unknown;
  /** Id of the active space. */
  readonly space: string;
}

/** A state that this process made and that has not expired. */
export interface OpenedState {
  readonly nonce: string;
  readonly expiresAt: number;
  /** How long ago it was made. */
  readonly ageMs: number;
  /** The approval under which the same call waits on the person's page; null where there is none. */
  readonly approval: string | null;
  /** Whether it was made for this very call. */
  isFor(binding: Binding): Promise<boolean>;
  /** Whether this is the sentence that the person was shown. */
  showed(sentence: string): Promise<boolean>;
}

/** What {@link StateSeal.open} says of a state it does not take. */
export type StateProblem = "invalid" | "expired";

/**
 * Makes and reads the state that travels through the client with a question. The gateway keeps nothing per question, so a
 * client that drops one costs nothing.
 */
export interface StateSeal {
  make(binding: Binding, sentence: string, approval: string | null): Promise<string>;
  /** Has no effect of its own: whether the state was used already is for others to say. */
  open(state: string): Promise<OpenedState | StateProblem>;
}

const NONCE_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 32;
/** Whether there is an approval, then its id. Two bytes, to come to a multiple of three. */
const APPROVAL_BYTES = 18;
const APPROVAL_AT = NONCE_BYTES + TIME_BYTES + 2 * MAC_BYTES;
/** nonce, expiry, MAC of the call, MAC of the sentence, approval. */
const BODY_BYTES = APPROVAL_AT + APPROVAL_BYTES;
/** A multiple of three bytes: its base64url has neither padding nor spare bits, so a state has one spelling. */
const STATE = /^[A-Za-z0-9_-]{184}$/;

/** Says what a MAC is of, so that none can stand in for another. */
type Purpose = "call" | "sentence" | "state";

/**
 * Creates the seal with a key of its own, which never leaves the process. A state holds no text: the call and the sentence
 * are in it as keyed MACs, so that a client can neither read a title out of it nor guess one.
 */
export function createStateSeal(deps: { readonly clock: Clock }): StateSeal {
  let made: Promise<CryptoKey> | null = null;
  const key = () =>
    made ??= crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);

  const mac = async (purpose: Purpose, data: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign("HMAC", await key(), labelled(purpose, data)));
  // Compares in constant time: byte by byte, a forger could find a MAC by how long its refusal takes.
  const isMac = async (found: Uint8Array<ArrayBuffer>, purpose: Purpose, data: Uint8Array<ArrayBuffer>) =>
    await crypto.subtle.verify("HMAC", await key(), found, labelled(purpose, data));

  return Object.freeze({
    async make(binding: Binding, sentence: string, approval: string | null): Promise<string> {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const time = new Uint8Array(TIME_BYTES);
      new DataView(time.buffer).setFloat64(0, deps.clock.elapsed() + CONFIRMATION_MS);
      const body = joined(
        nonce,
        time,
        await mac("call", callBytes(nonce, binding)),
        await mac("sentence", sentenceBytes(nonce, sentence)),
        approvalBytes(approval),
      );
      return joined(body, await mac("state", body)).toBase64({ alphabet: "base64url" });
    },

    async open(state: string): Promise<OpenedState | StateProblem> {
      if (!STATE.test(state)) return "invalid";
      const bytes = Uint8Array.fromBase64(state, { alphabet: "base64url" });
      const body = bytes.slice(0, BODY_BYTES);
      if (!await isMac(bytes.slice(BODY_BYTES), "state", body)) return "invalid";
      const nonce = body.slice(0, NONCE_BYTES);
      const expiresAt = new DataView(body.buffer).getFloat64(NONCE_BYTES);
      if (deps.clock.elapsed() >= expiresAt) return "expired";
      const call = body.slice(NONCE_BYTES + TIME_BYTES, NONCE_BYTES + TIME_BYTES + MAC_BYTES);
      const shown = body.slice(NONCE_BYTES + TIME_BYTES + MAC_BYTES, APPROVAL_AT);
      const approval = body.slice(APPROVAL_AT);
      return Object.freeze({
        nonce: nonce.toHex(),
        expiresAt,
        ageMs: deps.clock.elapsed() - (expiresAt - CONFIRMATION_MS),
        approval: approval[0] === 1 ? approval.slice(2).toHex() : null,
        isFor: (binding: Binding) => isMac(call, "call", callBytes(nonce, binding)),
        showed: (sentence: string) => isMac(shown, "sentence", sentenceBytes(nonce, sentence)),
      });
    },
  });
}

function callBytes(nonce: Uint8Array<ArrayBuffer>, { person, tool, args, space }: Binding) {
  // Without its arguments a call has none: `{}` and nothing are the same.
  return joined(nonce, utf8(JSON.stringify([person, tool, space, withSortedMembers(args ?? {})])));
}

function approvalBytes(approval: string | null): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(APPROVAL_BYTES);
  if (approval === null) return bytes;
  bytes[0] = 1;
  bytes.set(Uint8Array.fromHex(approval), 2);
  return bytes;
}

function sentenceBytes(nonce: Uint8Array<ArrayBuffer>, sentence: string) {
  return joined(nonce, utf8(sentence));
}

function labelled(purpose: Purpose, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return joined(utf8(`mana-mcp confirmation ${purpose}\0`), data);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function joined(...parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
