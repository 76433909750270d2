// Where each module keeps the tags of its records, which differs from module to module (contract: modules). Ids that a record has
// already are kept, whether or not a tag has them: the Mana apps know tags that never reach the sync service.
import { z } from "zod";
import {
  defineAppTable,
  demandReadable,
  type ReadRecords,
  refuseInput,
  type RowsTogether,
} from "../../lib/tool/authoring.ts";
import { events } from "../day/calendar/tables.ts";
import { notes } from "../day/notes.ts";
import { tasks } from "../day/tasks.ts";
import { timeEntries } from "../money/time_entries.ts";
import { contacts } from "./contacts.ts";

/** The modules whose records can be tagged. */
export const TAGGABLE = ["todo", "calendar", "notes", "contacts", "times"] as const;

/** Puts tags on a record and takes tags off it. False where nothing changes. Throws Refused `record-not-found`. */
export const TAGGED: { readonly [M in typeof TAGGABLE[number]]: Tagging } = {
  async notes({ records, rows }, noteId, { add, remove }) {
    await records.get(notes, noteId);
    const own: { readonly id: string; readonly tagId: string }[] = [];
    await records.scan(noteTags, { where: (row) => row.noteId === noteId }, ({ id, tagId }) => {
      if (tagId !== undefined) own.push({ id, tagId });
    });
    const missing = new Set(add.filter((tag) => !own.some(({ tagId }) => tagId === tag)));
    const removed = own.filter(({ tagId }) => remove.includes(tagId));
    for (const { id } of removed) await rows.remove(noteTags, id);
    for (const tagId of missing) await rows.insert(noteTags, { noteId, tagId });
    return missing.size + removed.length > 0;
  },
  async todo({ rows }, id, change) {
    const { changed } = await rows.update(tasks, id, (task) => {
      demandReadable(tasks, task, ["metadata"]);
      const { metadata } = task;
      const labels = Labels.safeParse(metadata ?? {});
      if (!labels.success) refuseInput("the tags of this record cannot be read, so they stay as they are");
      const ids = changedIds(labels.data.labelIds ?? [], change);
      return ids && { metadata: { ...metadata, labelIds: ids } };
    });
    return changed;
  },
  async times({ rows }, id, change) {
    const { changed } = await rows.update(timeEntries, id, (entry) => {
      demandReadable(timeEntries, entry, ["tags"]);
      const ids = changedIds(entry.tags ?? [], change);
      return ids && { tags: ids };
    });
    return changed;
  },
  async calendar({ rows }, id, change) {
    const { changed } = await rows.update(events, id, (event) => {
      demandReadable(events, event, ["tagIds"]);
      const ids = changedIds(event.tagIds ?? [], change);
      return ids && { tagIds: ids };
    });
    return changed;
  },
  async contacts({ rows }, id, change) {
    const { changed } = await rows.update(contacts, id, (contact) => {
      demandReadable(contacts, contact, ["tagIds"]);
      const ids = changedIds(contact.tagIds ?? [], change);
      return ids && { tagIds: ids };
    });
    return changed;
  },
};

/** A row that joins a note and a tag: at most one for each pair, and a new one when a tag comes back. */
const noteTags = defineAppTable("notes/noteTags", {
  record: "tag of a note",
  isPart: true,
  fields: ["noteId", "tagId"],
});

/** What {@link TAGGED} writes. */
export const TAGGED_TABLES = [tasks, events, noteTags, contacts, timeEntries] as const;

/** One way to keep tags. */
type Tagging = (places: TagPlaces, id: string, change: TagChange) => Promise<boolean>;

/** What a change of tags reads and writes. */
interface TagPlaces {
  readonly records: ReadRecords;
  readonly rows: RowsTogether;
}

/** Ids of tags. */
interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** As much of a task's `metadata` as tags need; its other members are other writers' own. */
const Labels = z.looseObject({ labelIds: z.array(z.string()).nullish() });

/** The ids after a change, in their order; null where it changes nothing. */
function changedIds(before: readonly string[], { add, remove }: TagChange): string[] | null {
  const kept = before.filter((id) => !remove.includes(id));
  const after = new Set([...kept, ...add]);
  return kept.length === before.length && after.size === new Set(before).size ? null : [...after];
}
