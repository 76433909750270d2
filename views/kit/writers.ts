// Who else wrote in the records of an answer, as the gateway notes it beside the result.
import { type JsonObject, objectOf, textsOf } from "../host/parse.ts";

/** In words, by the ids of the records. */
export function writersOf(meta: JsonObject): ReadonlyMap<string, string> {
  const rows = objectOf(objectOf(meta["mana/provenance"]).rows);
  return new Map(
    Object.entries(rows).map(([id, labels]) => [
      id,
      textsOf(labels).includes("member")
        ? "Written by somebody else in this space"
        : "Written by another app",
    ]),
  );
}
