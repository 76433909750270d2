// Session ids that tell of their session: what `initialize` settled, whose it is and when it began, sealed with AES-256-GCM under
// NODE_SECRET. An id costs no node any memory, and gives nobody anything: each request needs a token of the same person as well.
import { createCipheriv, createDecipheriv, hash } from "node:crypto";
import { z } from "zod";
import { createBoundedCache } from "../../kit/bounded_cache.ts";
import type { Clock } from "../../kit/clock.ts";
import { Refused } from "../../kit/errors.ts";
import { joinBytes } from "../../kit/bytes/join_bytes.ts";
import { MAX_ENDED_SESSIONS, MAX_SESSION_ID_CHARS, NODE_SKEW_MS, SESSION_LIFE_MS } from "../../kit/limits.ts";
import type { JsonObject } from "../../kit/json.ts";
import type { PurposeKey, PurposeKeys } from "../../nodes/node_keys.ts";
import { principalKey } from "../../people/principal.ts";
import { type Negotiated, readNegotiated, settle } from "./negotiated.ts";
import type { MadeId, Person, SessionIds, ToldSession } from "./session_ids.ts";

/**
 * Creates the ids: `kid.` and, in base64url, nonce, ciphertext and tag. All of it is done without a promise: WebCrypto is a trip to
 * another thread, and two requests that bring one id at once must find one session.
 *
 * @param keys for the purpose "session", newest first: the first seals, each of them opens
 */
export function createSealedIds({ keys, clock, random }: SealedIdsDeps): SealedIds {
  const [newest] = keys;
  const byKid = new Map(keys.map((key) => [key.kid, key]));
  /** Names of the sessions that their clients ended. None has to be forgotten: an id ends by itself. */
  const ended = createBoundedCache<string>(MAX_ENDED_SESSIONS);
  const find = (id: string, person: Person): ToldSession | "session-unknown" | "session-foreign" => {
    const session = ended.peek(nameOf(id)) === undefined ? open(byKid, id) : null;
    const age = session === null ? Infinity : clock.calendar() - session.born;
    if (session === null || age >= SESSION_LIFE_MS || age < -NODE_SKEW_MS) return "session-unknown";
    if (session.person !== hashOf(person)) return "session-foreign";
    return { negotiated: session.negotiated, endsAt: session.born + SESSION_LIFE_MS };
  };

  return Object.freeze({
    make(person: Person, initialize: JsonObject): MadeId {
      const born = clock.calendar();
      const session = { negotiated: settle(initialize), born, person: hashOf(person) };
      const id = `${newest.kid}.${seal(newest, random(NONCE_BYTES), encode(session))}`;
      return { id, endsAt: born + SESSION_LIFE_MS };
    },
    read(id: string, person: Person): ToldSession {
      const found = find(id, person);
      if (typeof found === "string") throw new Refused({ reason: found });
      return found;
    },
    end: (id: string) => ended.set(nameOf(id), "ended"),
    nameFor(id: string, person: Person): string | null {
      return typeof find(id, person) === "string" ? null : nameOf(id);
    },
    nameOf,
  });
}

/** Ids that tell of their session. */
export interface SealedIds extends SessionIds {
  /** Names the session in few characters, without being its id: nobody can make a second id of this name that opens. */
  nameOf(id: string): string;
  /** The same, where {@link SessionIds.read} would find a session of this person; null otherwise. */
  nameFor(id: string, person: Person): string | null;
}

/** What {@link createSealedIds} needs. */
export interface SealedIdsDeps {
  readonly keys: PurposeKeys;
  readonly clock: Pick<Clock, "calendar">;
  /** As many random bytes as it is told. */
  readonly random: (count: number) => Uint8Array<ArrayBuffer>;
}

interface SealedSession {
  readonly negotiated: Negotiated;
  /** When `initialize` came; milliseconds since 1970. */
  readonly born: number;
  readonly person: string;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const NONCE_CHARS = 16;
const TAG_BYTES = 16;
/** Of the form that {@link encode} gives; another form gets another number, and older nodes know nothing of such ids. */
const FORM = 1;
const ID = /^([a-z0-9]{1,8})\.([A-Za-z0-9_-]{64,})$/;

/** 128 bits of the person's hash: nobody finds a second person for them. */
function hashOf(person: Person): string {
  return hash("sha256", principalKey(person), "hex").slice(0, 32);
}

/** The id of the secret, and the nonce. */
function nameOf(id: string): string {
  return id.slice(0, id.indexOf(".") + 1 + NONCE_CHARS);
}

function seal({ kid, bytes }: PurposeKey, nonce: Uint8Array, plain: Uint8Array): string {
  const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(new TextEncoder().encode(kid));
  const parts = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return joinBytes(...parts).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Null for everything that none of our keys has sealed. Bounded work, whatever comes: one key, and at most 2 kB. */
function open(keys: ReadonlyMap<string, PurposeKey>, id: string): SealedSession | null {
  const [, kid = "", text = ""] = (id.length > MAX_SESSION_ID_CHARS ? null : ID.exec(id)) ?? [];
  const key = keys.get(kid);
  if (key === undefined) return null;
  try {
    // Strict, so that a session has one id and not several spellings of it.
    const padded = text + "=".repeat((4 - text.length % 4) % 4);
    const sealed = Uint8Array.fromBase64(padded, { alphabet: "base64url", lastChunkHandling: "strict" });
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(new TextEncoder().encode(kid));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return decode(joinBytes(decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()));
  } catch {
    return null;
  }
}

const Head = z.tuple([
  z.literal(FORM),
  z.string(),
  z.number(),
  z.string(),
  z.record(z.string(), z.unknown()),
  z.number(),
]);

/**
 * The length of the head, the head as JSON, and the client's two texts in UTF-16: JSON and UTF-8 may make six bytes of one
 * character, so that a long name would not fit; and a name that was cut may end in half of a character, which UTF-8 cannot say.
 */
function encode({ negotiated, born, person }: SealedSession): Uint8Array {
  const { protocolVersion, clientInfo: { name, version }, capabilities } = negotiated;
  const head: z.infer<typeof Head> = [FORM, protocolVersion, born, person, { ...capabilities }, name.length];
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const text = name + version;
  const plain = new Uint8Array(2 + headBytes.length + 2 * text.length);
  const view = new DataView(plain.buffer);
  view.setUint16(0, headBytes.length);
  plain.set(headBytes, 2);
  for (let at = 0; at < text.length; at++) {
    view.setUint16(2 + headBytes.length + 2 * at, text.charCodeAt(at));
  }
  return plain;
}

/** Null where another version of the gateway has sealed what this version cannot serve. */
function decode(plain: Uint8Array): SealedSession | null {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const textAt = 2 + view.getUint16(0);
  const head = Head.safeParse(JSON.parse(new TextDecoder().decode(plain.subarray(2, textAt))));
  if (!head.success) return null;
  const [, protocolVersion, born, person, capabilities, nameLength] = head.data;
  let text = "";
  for (let at = textAt; at + 1 < plain.length; at += 2) text += String.fromCharCode(view.getUint16(at));
  const clientInfo = { name: text.slice(0, nameLength), version: text.slice(nameLength) };
  const negotiated = readNegotiated({ protocolVersion, clientInfo, capabilities });
  return negotiated === null ? null : { negotiated, born, person };
}
