// What gateways tell each other through the store: sealed, with time and number in it, never stored, lost when nobody listens. Each
// message is a hint to look again, or what a client brought to another gateway than the one that needs it (an answer, the same call).
// Whoever runs the store can drop a message or hold it back for a while, and can have none heard twice, or after a later one.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { Clock } from "../kit/clock.ts";
import { isJsonObject } from "../kit/json.ts";
import { NODE_SKEW_MS } from "../kit/limits.ts";
import type { NodeKeys } from "./node_keys.ts";
import { createMessageSeal } from "./message_seal.ts";
import type { SharedStore } from "./shared_store.ts";
import type { StoreKeys } from "./store_keys.ts";

/** Messages between gateways. */
export interface NodeMessages {
  /** Names this gateway among the others, in messages and in ids that lead back to it: 16 hex digits, random at each start. */
  readonly nodeId: string;
  /**
   * Tells all other gateways. False where the message was not sent: no store, the store is away, the body is too long, or too many
   * were sent. True is no promise that anybody has heard.
   */
  send(kind: NodeMessageKind, body: unknown): boolean;
  /** Hears what other gateways send. `parse` returns null for a body that is not as expected. Returns how to stop. */
  on<Body>(
    kind: NodeMessageKind,
    parse: (body: unknown) => Body | null,
    handle: (body: Body) => void,
  ): () => void;
  /** Hears nothing any more. */
  close(): void;
}

/** What a message is about. */
export type NodeMessageKind =
  | "revoked"
  | "changed"
  | "session-ended"
  | "answer"
  | "subscribed"
  | "unfinished-write";

/** Characters of a body as JSON: an answer of a legacy client to a form is the longest. */
const MAX_BODY_CHARS = 64 * 1024;
/**
 * Messages of one kind and second, sent and heard: beyond them hints are worth less than the work they make. Each kind is counted apart:
 * neither people who write much nor what people make a gateway send for their sessions keep news of revoked access from being told.
 */
const MAX_SENT_PER_SECOND = 200;
const MAX_HEARD_PER_SECOND = 2_000;
/** Texts of one second that are opened, whoever wrote them. Opening one takes some 10 µs. */
const MAX_OPENED_PER_SECOND = 5_000;

/** Gateways whose last message is known: more than there are, with those that were started again in the last half minute. */
const MAX_HEARD_NODES = 4_000;

type Handler = (body: unknown) => void;

/** Creates the messages. Without a store nothing is sent and nothing subscribed. */
export function createNodeMessages(deps: {
  readonly store: SharedStore;
  readonly keys: NodeKeys;
  readonly storeKeys: StoreKeys;
  readonly clock: Clock;
}): NodeMessages {
  const nodeId = crypto.getRandomValues(new Uint8Array(8)).toHex();
  if (deps.store.state() === "none") {
    return Object.freeze({ nodeId, send: () => false, on: () => () => {}, close: () => {} });
  }
  const { store, clock, storeKeys: { channels } } = deps;
  const seal = createMessageSeal(deps.keys);
  const handlers = new Map<NodeMessageKind, Set<Handler>>();
  const maySend = createRates(clock, MAX_SENT_PER_SECOND);
  const mayHear = createRates(clock, MAX_HEARD_PER_SECOND);
  const mayOpen = createRate(clock, MAX_OPENED_PER_SECOND);
  const lastOf = createBoundedCache<Pick<Message, "number">>(MAX_HEARD_NODES);
  let sent = 0;
  const hear = (text: string) => {
    // Whoever can write into the store could flood every gateway.
    if (text.length > 2 * MAX_BODY_CHARS || !mayOpen()) return;
    const message = parseMessage(seal.open(text), clock.calendar());
    if (message === null || message.node === nodeId) return;
    const { node, number, kind } = message;
    if (number <= (lastOf.peek(node)?.number ?? 0)) return;
    lastOf.set(node, { number });
    if (!mayHear(kind)) return;
    for (const handle of handlers.get(kind) ?? []) handle(message.body);
  };
  const stops = channels.map((channel) => store.subscribe(channel, hear));
  return Object.freeze({
    nodeId,
    send(kind: NodeMessageKind, body: unknown): boolean {
      const [channel] = channels;
      if (channel === undefined || store.state() !== "up") return false;
      const text = JSON.stringify({ kind, node: nodeId, number: sent + 1, at: clock.calendar(), body });
      if (text.length > MAX_BODY_CHARS || !maySend(kind)) return false;
      sent++;
      store.publish(channel, seal.seal(text));
      return true;
    },
    on<Body>(
      kind: NodeMessageKind,
      parse: (body: unknown) => Body | null,
      handle: (body: Body) => void,
    ): () => void {
      const handler: Handler = (body) => {
        const parsed = parse(body);
        if (parsed !== null) handle(parsed);
      };
      const of = handlers.get(kind) ?? new Set();
      handlers.set(kind, of.add(handler));
      return () => void of.delete(handler);
    },
    close: () => stops.forEach((stop) => stop()),
  });
}

interface Message {
  readonly kind: NodeMessageKind;
  readonly node: string;
  /** Of the messages of its gateway, from 1. */
  readonly number: number;
  readonly body: unknown;
}

const KINDS: readonly NodeMessageKind[] = [
  "revoked",
  "changed",
  "session-ended",
  "answer",
  "subscribed",
  "unfinished-write",
];

/** The message; null where the text is none of a gateway, or old: whoever runs the store could send it again (replay). */
function parseMessage(text: string | null, now: number): Message | null {
  if (text === null) return null;
  const message: unknown = JSON.parse(text);
  if (!isJsonObject(message)) return null;
  const { node, number, at, body } = message;
  const kind = KINDS.find((known) => known === message.kind);
  if (kind === undefined || typeof node !== "string") return null;
  if (typeof at !== "number" || typeof number !== "number") return null;
  return Math.abs(now - at) <= NODE_SKEW_MS ? { kind, node, number, body } : null;
}

/** Whether one more of a kind fits into this second. */
function createRates(clock: Clock, perSecond: number): (kind: NodeMessageKind) => boolean {
  const rates = new Map(KINDS.map((kind) => [kind, createRate(clock, perSecond)]));
  return (kind) => rates.get(kind)?.() === true;
}

/** Whether one more fits into this second. */
function createRate(clock: Clock, perSecond: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(clock.elapsed() / 1000);
    if (now !== second) [second, count] = [now, 0];
    return ++count <= perSecond;
  };
}
