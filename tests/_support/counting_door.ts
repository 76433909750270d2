// A gateway for tests of the pages on which a person narrows an app: it has three tags and a few words, and counts 42 of 310 records
// wherever a document narrows.
import type { DoorAnswer } from "../../sign_in/gateway/gateway_door.ts";
import { createPlayedDoor, type PlayedDoor } from "./played_door.ts";

/** Creates the gateway. */
export function createCountingDoor(): CountingDoor {
  const played = createPlayedDoor();
  const door: CountingDoor = Object.assign(played, { counted: [], isDown: false });
  door.answer = (action, body) => {
    if (!action.startsWith("records/")) return undefined;
    if (door.isDown) return { isOk: false, code: "gateway-down", body: undefined };
    if (action === "records/tags") return yes({ tags: TAGS, words: WORDS, missing: [] });
    door.counted.push(body);
    const collections = [body["collections"] ?? []].flat();
    const isNarrowed = /"(where|fields|spaces)":/.test(JSON.stringify(body["document"]));
    const counts = collections.map((collection) => ({ collection, shown: isNarrowed ? 42 : 310, all: 310 }));
    return yes({ counts, missing: [] });
  };
  return door;
}

/** A gateway that counts. */
export interface CountingDoor extends PlayedDoor {
  /** Every question of how many records there are. */
  readonly counted: Readonly<Record<string, unknown>>[];
  /** Whether nobody answers. */
  isDown: boolean;
}

/** The person's tags. */
export const TAGS = ["Work", "Family ☕", "Trip to the sea"].map((name, index) => ({
  id: `tag-${index}`,
  name,
}));

/** The words in their journal. */
export const WORDS = {
  "journal/journalEntries": ["thanks", "work", "evenings with the children at the lake"],
};

function yes(body: unknown): DoorAnswer {
  return { isOk: true, body };
}
