// The ids of the sessions of 2025 clients. An id is either a random number, good where its session is kept in memory, or it tells of
// the whole session, sealed (sealed_ids.ts): then every node with the same NODE_SECRET makes the session again from it.
import { Refused } from "../../kit/errors.ts";
import type { JsonObject } from "../../kit/json.ts";
import type { Principal } from "../../people/principal.ts";
import type { Negotiated } from "./negotiated.ts";

/** Makes and reads session ids. */
export interface SessionIds {
  /** The id of a new session: visible ASCII, never given before (MCP 2025-11-25, session management). */
  make(person: Person, initialize: JsonObject): MadeId;
  /**
   * The session of an id that this process holds no session for. Throws Refused `session-unknown` where the id tells of none, or of one
   * that is over, and `session-foreign` where it tells of another person's.
   */
  read(id: string, person: Person): ToldSession;
  /** The client ended this session: from now on {@link read} does not know it. */
  end(id: string): void;
}

/** A new id. */
export interface MadeId {
  readonly id: string;
  /** From then on it is good for nothing, in milliseconds since 1970; Infinity where no such time is set. */
  readonly endsAt: number;
}

/** What an id tells of its session. */
export interface ToldSession {
  readonly negotiated: Negotiated;
  /** As {@link MadeId.endsAt}. */
  readonly endsAt: number;
}

/** Whose a session is. */
export type Person = Pick<Principal, "issuer" | "subject">;

/** Ids that tell of nothing: a session is known where it was begun, for as long as it is kept there. */
export function createRandomIds(newId: () => string): SessionIds {
  return Object.freeze({
    make: () => ({ id: newId(), endsAt: Infinity }),
    read(): never {
      throw new Refused({ reason: "session-unknown" });
    },
    end() {},
  });
}

/** A session id of 192 random bits (MCP 2025-11-25: globally unique, cryptographically secure, visible ASCII). */
export function newSessionId(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}
