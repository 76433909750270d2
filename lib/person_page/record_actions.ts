// What the pages ask about the person's records where they choose what an app may see: how many records a choice shows, and which
// tags there are. Contract: auth-vault, section 13.
import { z } from "zod";
import { COLLECTIONS_PER_QUESTION } from "../kit/limits.ts";
import { type CountDeps, countRecords } from "./count_records.ts";
import { listTags, type ListTagsDeps } from "./list_tags.ts";
import { definePersonAction, type PersonAction } from "./person_action.ts";

/** `records/count` and `records/tags`. */
export function recordActions(deps: RecordActionsDeps): readonly PersonAction[] {
  return [
    definePersonAction({
      name: "records/count",
      kind: "page",
      // `within` and not `spaces`, which is what the sign-in server calls all spaces of the person.
      input: z.strictObject({
        document: z.record(z.string(), z.unknown()),
        collections: Collections,
        within: z.array(z.string().max(256)).max(10_000).nullable(),
      }),
      run: (question, call) => countRecords(deps, question, call),
    }),
    definePersonAction({
      name: "records/tags",
      kind: "page",
      input: z.strictObject({ collections: Collections }),
      run: ({ collections }, call) => listTags(deps, collections, call),
    }),
  ];
}

/** What the actions need. */
export type RecordActionsDeps = ListTagsDeps & CountDeps;

/** Any app and table may be asked about: a table that nobody writes has no records. */
const Collections = z.array(z.string().max(128).regex(/^[a-z]\w*\/[a-z]\w*$/i)).max(COLLECTIONS_PER_QUESTION);
