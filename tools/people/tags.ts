// Tags: words that a person puts on records of any module, and the groups in which they stand. How a tag is put on a record is
// tag_places.ts. The Mana apps may know tags that have no row here, so an id without a row is kept (contract: modules, tags).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  changedOutput,
  clearInput,
  colorInput,
  createdOutput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  type ReadRecords,
  recordId,
  recordOutputOf,
  refuseInput,
  rowsThatFit,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { TAGGABLE, TAGGED, TAGGED_TABLES } from "./tag_places.ts";

const tags = defineAppTable("tags/tags", {
  record: "tag",
  fields: ["name", "color", "icon", "groupId", "sortOrder"],
});

const groups = defineAppTable("tags/tagGroups", {
  record: "tag group",
  fields: ["name", "color", "sortOrder"],
});

const LISTED = ["name", "color", "icon", "groupId"] as const;
const GROUP_LISTED = ["name", "color"] as const;
/** Tags that the apps have from the start, with or without a row. */
const DEFAULT_TAGS: readonly string[] = ["tag-arbeit", "tag-persoenlich", "tag-familie", "tag-wichtig"];
/** Most groups that a result has room for beside tags. */
const MAX_GROUPS = 50;

const Id = recordId("tag", "tags.list");
const TagIds = z.array(z.string().min(1).max(256)).max(50).default([]);

const list = defineTool({
  name: "tags.list",
  title: "List tags",
  access: "read",
  description:
    "List the person's tags, and on the first page the groups in which they stand. Records may have tags that are not listed.",
  input: z.object(pageInput({ most: 200, usual: 100 })),
  output: z.object({
    tags: z.array(recordOutputOf(tags, LISTED)),
    groups: z.array(recordOutputOf(groups, GROUP_LISTED)).optional(),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const order = [{ field: "sortOrder", missing: 0 }, { field: "createdAt", missing: "" }] as const;
    const { rows, ...end } = await records.list(tags, { order, show: LISTED, page: input });
    if (input.cursor !== undefined) return { tags: [...rows], ...end };
    const { rows: found } = await records.list(groups, {
      order,
      show: GROUP_LISTED,
      page: { limit: MAX_GROUPS },
    });
    // A full page of tags leaves little room: groups beyond it are left out, rather than the whole answer refused.
    const fitting = rowsThatFit<unknown>([...rows, ...found]).length;
    return { tags: [...rows], groups: found.slice(0, Math.max(0, fitting - rows.length)), ...end };
  },
});

const save = defineTool({
  name: "tags.save",
  title: "Save a tag",
  access: "write",
  description: "Make a new tag, or with `id` rename, recolour or regroup a tag; what is left out stays.",
  input: z.object({
    id: Id.optional(),
    name: visibleText(100).optional().describe("needed for a new tag"),
    color: colorInput.optional(),
    icon: z.string().max(40).optional(),
    groupId: z.string().max(256).optional().describe("a group of {tags.list}"),
    clear: clearInput(["icon", "groupId"]),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    const { name, groupId } = given;
    if (typeof name === "string") await demandFreeName(records, name, id);
    if (typeof groupId === "string" && await records.count(groups, (group) => group.id === groupId) === 0) {
      refuseInput("groupId: no group has this id, see {tags.list}");
    }
    if (id !== undefined) {
      const { changed } = await records.update(tags, id, () => given);
      return { id, changed };
    }
    if (name === undefined) refuseInput("name: a new tag needs one");
    const tag = await records.insert(tags, { ...given, name }, { lastBy: "sortOrder" });
    return { id: tag.id, changed: true };
  },
});

const assign = defineTool({
  name: "tags.assign",
  title: "Tag a record",
  access: "write",
  idempotent: true,
  description:
    "Put tags on a record of another module, or take them off. Its other tags stay. Ids of tags are those of {tags.list}.",
  input: z.object({
    module: z.enum(TAGGABLE).describe("the module whose list gives the record's id"),
    id: z.string().min(1).max(256).describe("the record's id"),
    add: TagIds,
    remove: TagIds,
  }),
  output: changedOutput,
  async run({ module, id, add, remove }, { records, demand }) {
    demand(module, "write");
    if (add.length + remove.length === 0) {
      refuseInput("nothing to change: give ids of tags in `add` or `remove`");
    }
    const both = add.find((tag) => remove.includes(tag));
    if (both !== undefined) refuseInput(`the tag ${JSON.stringify(both)} is in \`add\` and in \`remove\``);
    await demandTags(records, add);
    const changed = await records.writeTogether((rows) =>
      TAGGED[module]({ records, rows }, id, { add, remove })
    );
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(tags, {
  name: "tags.delete",
  title: "Delete a tag",
  listedBy: "tags.list",
  titleOf: ({ name }) => name,
});

/** Refuses a name that another tag has: two tags of one name cannot be told apart in a list. */
async function demandFreeName(records: ReadRecords, name: string, id: string | undefined): Promise<void> {
  const wanted = comparable(name);
  let taken: string | undefined;
  await records.scan(tags, { where: (tag) => tag.id !== id }, (tag) => {
    if (tag.name !== undefined && comparable(tag.name) === wanted) taken = tag.id;
  });
  if (taken !== undefined) {
    refuseInput(`name: the tag with the id ${JSON.stringify(taken)} is called so already`);
  }
}

function comparable(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}

/** Refuses ids that are no tags. Only those that are added: ids that a record has already may have no row. */
async function demandTags(records: ReadRecords, ids: readonly string[]): Promise<void> {
  const unknown = new Set(ids.filter((id) => !DEFAULT_TAGS.includes(id)));
  if (unknown.size === 0) return;
  await records.count(tags, ({ id }) => unknown.delete(id));
  const [first] = unknown;
  if (first !== undefined) refuseInput(`add: no tag has the id ${JSON.stringify(first)}, see {tags.list}`);
}

/** Tags. */
export const tagsModule: Module = defineModule({
  name: "tags",
  label: "Tags",
  nouns: ["tag"],
  group: "People",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list, save, assign, remove],
  writes: [tags, ...TAGGED_TABLES],
});
