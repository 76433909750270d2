// The state that a question takes along through the client: sealed, bound to one call and one sentence, good for a while
// (CONFIRMATION_MS). The gateway keeps nothing of an open question.
import type { Clock } from "../../kit/clock.ts";
import { joinBytes } from "../../kit/bytes/join_bytes.ts";
import { withSortedMembers } from "../../kit/json.ts";
import { NODE_SKEW_MS } from "../../kit/limits.ts";
import type { NodeKeys, PurposeKey } from "../../nodes/node_keys.ts";
import type { WriteTimes } from "./write_time.ts";

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

/** A state that a node with one of our keys made and that has not expired. */
export interface OpenedState {
  readonly nonce: string;
  /** Of the secret under which it was made. */
  readonly kid: string;
  /** By {@link StateSeal.now}. */
  readonly expiresAt: number;
  /** How long ago it was made. */
  readonly ageMs: number;
  /** The approval under which the same call waits on the person's page; null where there is none. */
  readonly approval: string | null;
  /** When it was made, and the times of the call's stamps, in milliseconds since 1970; null where no other node could have taken it. */
  readonly times: StateTimes | null;
  /** Whether it was made for this very call. */
  isFor(binding: Binding): Promise<boolean>;
  /** Whether this is the sentence that the person was shown. */
  showed(sentence: string): Promise<boolean>;
}

/** The times of a state that nodes share. */
export interface StateTimes extends WriteTimes {
  readonly askedAt: number;
}

/** What {@link StateSeal.open} says of a state it does not take. */
export type StateProblem = "invalid" | "expired";

/**
 * Makes and reads the state that travels through the client with a question. The gateway keeps nothing per question, so a
 * client that drops one costs nothing.
 */
export interface StateSeal {
  /** `write` is null where no other node can open the state. */
  make(
    binding: Binding,
    sentence: string,
    approval: string | null,
    write: WriteTimes | null,
  ): Promise<string>;
  /** Has no effect of its own: whether the state was used already is for others to say. */
  open(state: string): Promise<OpenedState | StateProblem>;
  /** The clock that states expire by: the nodes' calendar where they share keys, else the process's own time, which nobody sets back. */
  now(): number;
}

const NONCE_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 32;
/** Whether there is an approval, then its id. Four bytes, to come to a multiple of three. */
const APPROVAL_BYTES = 20;
const APPROVAL_ID_BYTES = 16;
const CALL_AT = NONCE_BYTES + 3 * TIME_BYTES;
const SENTENCE_AT = CALL_AT + MAC_BYTES;
const APPROVAL_AT = SENTENCE_AT + MAC_BYTES;
/** nonce, when it was made, the times of the call's stamps, MAC of the call, MAC of the sentence, approval. */
const BODY_BYTES = APPROVAL_AT + APPROVAL_BYTES;
/** A multiple of three bytes: its base64url has neither padding nor spare bits, so a state has one spelling. */
const STATE = /^[A-Za-z0-9_-]{208}$/;

/** Says what a MAC is of, so that none can stand in for another. */
type Purpose = "call" | "sentence" | "state";

/**
 * Creates the seal with keys of the node: a state is opened by every node that has the key. A state holds no text: the call and the
 * sentence are in it as keyed MACs, so that a client can neither read a title out of it nor guess one.
 */
export function createStateSeal({ clock, nodeKeys }: StateSealDeps): StateSeal {
  const { isShared } = nodeKeys;
  let imported: Promise<readonly StateKey[]> | null = null;
  const keys = () => imported ??= Promise.all(nodeKeys.derive("confirmation").map(importKey));
  const now = () => isShared ? clock.calendar() : clock.elapsed();

  return Object.freeze({
    now,
    async make(
      binding: Binding,
      sentence: string,
      approval: string | null,
      write: WriteTimes | null,
    ): Promise<string> {
      const [newest] = await keys();
      if (newest === undefined) throw new TypeError("A node has at least one key");
      const { key } = newest;
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const body = joinBytes(
        nonce,
        timeBytes(now(), write?.at ?? 0, write?.aheadAt ?? 0),
        await macOf(key, "call", callBytes(nonce, binding)),
        await macOf(key, "sentence", sentenceBytes(nonce, sentence)),
        approvalBytes(approval),
      );
      return joinBytes(body, await macOf(key, "state", body)).toBase64({ alphabet: "base64url" });
    },

    async open(state: string): Promise<OpenedState | StateProblem> {
      if (!STATE.test(state)) return "invalid";
      const bytes = Uint8Array.fromBase64(state, { alphabet: "base64url" });
      const body = bytes.slice(0, BODY_BYTES);
      const maker = await makerOf(await keys(), bytes.slice(BODY_BYTES), body);
      if (maker === null) return "invalid";
      const { kid, key } = maker;
      const nonce = body.slice(0, NONCE_BYTES);
      const timeAt = (index: number) =>
        new DataView(body.buffer).getFloat64(NONCE_BYTES + index * TIME_BYTES);
      const askedAt = timeAt(0);
      const ageMs = now() - askedAt;
      // No node that we believe makes a state so far ahead; what it wrote would win over everybody's for as long.
      if (ageMs < -NODE_SKEW_MS) return "invalid";
      if (ageMs >= CONFIRMATION_MS) return "expired";
      const approval = body.slice(APPROVAL_AT);
      return Object.freeze({
        nonce: nonce.toHex(),
        kid,
        expiresAt: askedAt + CONFIRMATION_MS,
        ageMs,
        approval: approval[0] === 1 ? approval.slice(APPROVAL_BYTES - APPROVAL_ID_BYTES).toHex() : null,
        times: isShared ? { askedAt, at: timeAt(1), aheadAt: timeAt(2) } : null,
        isFor: (binding: Binding) =>
          isMac(key, body.slice(CALL_AT, SENTENCE_AT), "call", callBytes(nonce, binding)),
        showed: (sentence: string) =>
          isMac(key, body.slice(SENTENCE_AT, APPROVAL_AT), "sentence", sentenceBytes(nonce, sentence)),
      });
    },
  });
}

/** What a seal needs. */
export interface StateSealDeps {
  readonly clock: Clock;
  readonly nodeKeys: NodeKeys;
}

interface StateKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

async function importKey({ kid, bytes }: PurposeKey): Promise<StateKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return { kid, key: await crypto.subtle.importKey("raw", bytes, hmac, false, ["sign", "verify"]) };
}

/** The key that made a state; null for a state of nobody who has one of the keys. */
async function makerOf(
  keys: readonly StateKey[],
  mac: Uint8Array<ArrayBuffer>,
  body: Uint8Array<ArrayBuffer>,
): Promise<StateKey | null> {
  for (const maker of keys) {
    if (await isMac(maker.key, mac, "state", body)) return maker;
  }
  return null;
}

async function macOf(key: CryptoKey, purpose: Purpose, data: Uint8Array<ArrayBuffer>) {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, labelled(purpose, data)));
}

/** Compares in constant time: byte by byte, a forger could find a MAC by how long its refusal takes. */
async function isMac(
  key: CryptoKey,
  found: Uint8Array<ArrayBuffer>,
  purpose: Purpose,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await crypto.subtle.verify("HMAC", key, found, labelled(purpose, data));
}

function timeBytes(...times: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TIME_BYTES * times.length);
  const view = new DataView(bytes.buffer);
  times.forEach((time, index) => view.setFloat64(TIME_BYTES * index, time));
  return bytes;
}

function callBytes(nonce: Uint8Array<ArrayBuffer>, { person, tool, args, space }: Binding) {
  // Without its arguments a call has none: `{}` and nothing are the same.
  return joinBytes(nonce, utf8(JSON.stringify([person, tool, space, withSortedMembers(args ?? {})])));
}

function approvalBytes(approval: string | null): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(APPROVAL_BYTES);
  if (approval === null) return bytes;
  bytes[0] = 1;
  bytes.set(Uint8Array.fromHex(approval), APPROVAL_BYTES - APPROVAL_ID_BYTES);
  return bytes;
}

function sentenceBytes(nonce: Uint8Array<ArrayBuffer>, sentence: string) {
  return joinBytes(nonce, utf8(sentence));
}

function labelled(purpose: Purpose, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return joinBytes(utf8(`mana-mcp confirmation ${purpose}\0`), data);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
