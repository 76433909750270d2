// Who, from where and with what, as the log may say it. Gives nothing back: a pseudonym cannot be turned into what it stands for.
import { hash } from "node:crypto";
import { createBoundedCache } from "../kit/bounded_cache.ts";

/** Pseudonyms: equal for equal input, and nothing else can be read from them. */
export interface Pseudonyms {
  /** Of a person, by their key over all issuers. */
  person(key: string): string;
  /** Of the client software, by the name it gave itself. */
  agent(name: string): string;
  /** Of a space, by its id. */
  space(id: string): string;
  /** Of a call's arguments: tells repeated calls from new ones. */
  digest(args: unknown): string;
}

/** Hex digits of a pseudonym: 64 bits, no collision among the people of one gateway. */
const DIGITS = 16;
/** Pseudonyms cached per kind, so that none is computed for every call. The ones used longest ago go (flood of new identities). */
const MAX_CACHED = 10_000;

/**
 * Creates pseudonyms under one key: SHA-256 over key and text, of which a quarter is shown, so that nothing can be appended
 * to it (length extension). Keyed, since ids and short notes are guessable: a plain hash of `buy milk` is found by trying.
 * With a key made at start and kept nowhere, lines of two runs cannot be joined and nobody can check a guess later, the
 * operator included. Under a key that several gateways share, their lines can be joined, and who has the key can check whether a
 * line is of somebody whom they name. What a person wrote is never under such a key.
 * The one-shot hash takes a third of the time of an HMAC here, which is most of what a log line costs.
 *
 * @param key for who and where, 32 bytes
 * @param digestKey for arguments, 32 bytes of this process alone
 */
export function createPseudonyms(key: Uint8Array, digestKey: Uint8Array): Pseudonyms {
  const [prefix, digestPrefix] = [key.toHex(), digestKey.toHex()];
  const caches = {
    person: createBoundedCache<string>(MAX_CACHED),
    agent: createBoundedCache<string>(MAX_CACHED),
    space: createBoundedCache<string>(MAX_CACHED),
  };
  // The kind is part of what is hashed: a client named like a person must not get the person's pseudonym.
  const mark = (kind: string, text: string): string =>
    hash("sha256", `${kind === "args" ? digestPrefix : prefix}${kind}\0${text}`, "hex").slice(0, DIGITS);
  const nothing = mark("args", "{}");
  const pseudonym = (kind: keyof typeof caches, text: string): string => {
    const known = caches[kind].get(text);
    if (known !== undefined) return known;
    const made = mark(kind, text);
    caches[kind].set(text, made);
    return made;
  };
  return Object.freeze({
    person: (id: string) => pseudonym("person", id),
    agent: (name: string) => pseudonym("agent", name),
    space: (id: string) => pseudonym("space", id),
    digest(args: unknown): string {
      const text = JSON.stringify(args) ?? "";
      return text === "{}" ? nothing : mark("args", text); // not cached: it is made of what a person wrote
    },
  });
}
