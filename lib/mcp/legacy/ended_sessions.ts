// Sessions that their clients ended, in the store that nodes share: for a node that was not there, or that heard nothing, when the
// others were told. Asked only before a session is made again from its id; a store that is away has told nothing.
import { SESSION_LIFE_MS } from "../../kit/limits.ts";
import { defineStoreScript, type SharedStore } from "../../nodes/shared_store.ts";
import type { StoreKeys } from "../../nodes/store_keys.ts";
import { principalKey } from "../../people/principal.ts";
import type { Person } from "./session_ids.ts";

/** The ended sessions of all nodes, by the name of each session, which begins with the id of the secret and a dot. */
export interface EndedSessions {
  /** Remembers it for as long as the id would be good. Resolves when the store has answered, or will not. Never rejects. */
  add(session: string, person: Person): Promise<void>;
  /** Whether it was ended; null where there is nobody to ask. False where the store did not answer. */
  has(session: string, person: Person): Promise<boolean> | null;
}

/** What {@link createEndedSessions} needs. */
export interface EndedSessionsDeps {
  readonly sharedStore: SharedStore;
  readonly storeKeys: StoreKeys;
}

const ADD = defineStoreScript(`redis.call("SET", KEYS[1], "1", "PX", ARGV[1]) return 1`);
const HAS = defineStoreScript(`return redis.call("EXISTS", KEYS[1])`);

/** The sessions in the store. */
export function createEndedSessions({ sharedStore, storeKeys }: EndedSessionsDeps): EndedSessions {
  // While a secret is replaced nodes have different newest ones, and all that take the session's id have the secret that made it.
  const keyOf = (session: string, person: Person) =>
    storeKeys.keyUnder(session.slice(0, session.indexOf(".")), "ended", principalKey(person), session);
  return Object.freeze({
    async add(session: string, person: Person): Promise<void> {
      await sharedStore.decide(ADD, [keyOf(session, person)], [SESSION_LIFE_MS]);
    },
    has(session: string, person: Person): Promise<boolean> | null {
      if (sharedStore.state() !== "up") return null;
      const asked = sharedStore.decide(HAS, [keyOf(session, person)], []);
      return asked === null ? null : asked.then((reply) => reply === 1);
    },
  });
}
