// What gateways tell each other of pushes: that there is something new for a person, or in a space, and never what. It is a reason to
// look now. A message that is lost costs the time until the sync service's own hint or the next look; none is a reason to skip a pull.
import { isJsonObject } from "../../kit/json.ts";
import { areMarks, type Marks } from "../../nodes/marks.ts";
import type { NodeMessages } from "../../nodes/node_messages.ts";
import { type Principal, principalKey } from "../../people/principal.ts";

/** Tells of pushes, and hears of those of other gateways. */
export interface ChangeNews {
  /** A push of this app is stored, or may be; `spaces` are those that its changes name. */
  wrote(principal: Principal, app: string, spaces: Iterable<string>): void;
  /** News of this app is wanted for a person: what they write elsewhere, and what anybody writes in a space. Returns how to stop. */
  watch(principal: Principal, app: string, space: string | undefined): () => void;
  /** `listener` is told of whose app there is news, `person` being a `principalKey`. */
  onHeard(listener: (person: string, app: string) => void): void;
}

/** Dependencies of {@link createChangeNews}. */
export interface ChangeNewsDeps {
  readonly marks: Marks;
  readonly messages: Pick<NodeMessages, "send" | "on">;
}

/** Spaces that one message names: a write touches one, a write of several rows a few. */
const MAX_SPACES = 8;

/** Starts with nobody who wants news. */
export function createChangeNews({ marks, messages }: ChangeNewsDeps): ChangeNews {
  const watched = new Map<string, Set<Watched>>();
  const listeners: ((person: string, app: string) => void)[] = [];
  messages.on("changed", parseChanged, (told) => {
    const found = new Map<string, Watched>();
    for (const mark of told.flat()) {
      for (const each of watched.get(mark) ?? []) found.set(`${each.person} ${each.app}`, each);
    }
    for (const { person, app } of found.values()) for (const listener of listeners) listener(person, app);
  });
  return Object.freeze({
    wrote({ subject }: Principal, app: string, spaces: Iterable<string>): void {
      const named = [...new Set(spaces)].slice(0, MAX_SPACES);
      messages.send("changed", {
        of: [
          marks.all("person-app", subject, app),
          ...named.map((space) => marks.all("space-app", space, app)),
        ],
      });
    },
    watch(principal: Principal, app: string, space: string | undefined): () => void {
      const wanted: Watched = { person: principalKey(principal), app };
      const under = [marks.own("person-app", principal.subject, app)];
      if (space !== undefined) under.push(marks.own("space-app", space, app));
      for (const mark of under) watched.getOrInsertComputed(mark, () => new Set()).add(wanted);
      return () => {
        for (const mark of under) {
          const same = watched.get(mark);
          same?.delete(wanted);
          if (same?.size === 0) watched.delete(mark);
        }
      };
    },
    onHeard: (listener: (person: string, app: string) => void) => void listeners.push(listener),
  });
}

interface Watched {
  readonly person: string;
  readonly app: string;
}

function parseChanged(body: unknown): readonly (readonly string[])[] | null {
  if (!isJsonObject(body) || !Array.isArray(body.of) || body.of.length > MAX_SPACES + 1) return null;
  const told: unknown[] = body.of;
  return told.every(areMarks) ? told : null;
}
