// Links between records of any modules. A link is two rows with one `pairId`: `forward` and `reverse`, with source and target
// swapped (contract: modules, links). The copies of titles that the rows may hold are plaintext, so tools neither write nor show them.
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  createdOutput,
  defineAppTable,
  defineModule,
  defineTool,
  deletedOutput,
  deleteQuestion,
  type Module,
  pageInput,
  pageOutput,
  type ReadRecords,
  refuseInput,
} from "../../lib/tool/authoring.ts";
import { demandEnd, LINKABLE, moduleOfEnd, type StoredEnd, storedEnd } from "./link_ends.ts";

const links = defineAppTable("links/links", {
  record: "link",
  fields: [
    "pairId",
    "direction",
    "sourceApp",
    "sourceCollection",
    "sourceId",
    "targetApp",
    "targetCollection",
    "targetId",
    "linkType",
  ],
});

type Link = Partial<z.infer<typeof links.row>> & { readonly id?: string };

/** What a link says of its source, and what its other row says. Other types say the same in both directions. */
const INVERSE: ReadonlyMap<string, string> = new Map([
  ["blocks", "blocked-by"],
  ["blocked-by", "blocks"],
  ["parent", "child"],
  ["child", "parent"],
]);

const Module = z.enum(LINKABLE);
const RecordId = z.string().min(1).max(256);
const End = z.object({ module: Module, id: RecordId });

const list = defineTool({
  name: "links.list",
  title: "List links",
  access: "read",
  description:
    "List links between records, newest first: all of them, or those of one record, which is then `from`. The tools of a linked " +
    "record's module read it. Links to what this client may not read are left out.",
  input: z.object({
    module: Module.optional(),
    recordId: RecordId.optional().describe("with `module`: only links of this record"),
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    links: z.array(z.object({
      id: z.string(),
      linkType: z.string(),
      from: z.object({ module: z.string(), id: z.string() }),
      to: z.object({ module: z.string(), id: z.string() }),
    })),
    ...pageOutput,
  }),
  async run(input, { records, allows }) {
    const { module, recordId } = input;
    if ((module === undefined) !== (recordId === undefined)) {
      refuseInput("give `module` and `recordId` together, or neither");
    }
    const end = module === undefined || recordId === undefined ? null : storedEnd({ module, id: recordId });
    const { rows, ...rest } = await records.list(links, {
      // That a record is there says something of its module: of a dream, of a cycle.
      where: (link) =>
        (end === null ? link.direction !== "reverse" : isAt(link, end)) &&
        modulesOf(link).every((one) => allows(one, "read")),
      page: input,
    });
    return { links: rows.map(shownLink), ...rest };
  },
});

const save = defineTool({
  name: "links.save",
  title: "Link two records",
  access: "write",
  idempotent: true,
  description:
    "Link two records. `linkType` says what `from` is to `to`: it blocks it, or is its parent. Returns the link's id, the old one " +
    "where the link is there already.",
  input: z.object({
    from: End,
    to: End,
    linkType: z.enum(["related", "blocks", "blocked-by", "parent", "child", "attachment", "reference"])
      .default("related"),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ from, to, linkType }, { records, demand }) {
    demand(from.module, "read");
    demand(to.module, "read");
    if (from.module === to.module && from.id === to.id) {
      refuseInput("to: a record cannot be linked to itself");
    }
    const [source, target] = [storedEnd(from), storedEnd(to)];
    const forward = linkOf(source, target, linkType);
    const reverse = linkOf(target, source, INVERSE.get(linkType) ?? linkType);
    return await records.writeTogether(async (rows) => {
      await demandEnd(records, from);
      await demandEnd(records, to);
      const [same] = await linksWhere(records, (link) => isSame(link, forward));
      if (same?.pairId !== undefined) return { id: same.pairId, changed: false };
      const pairId = rows.newId(links);
      await rows.insert(links, { ...forward, pairId, direction: "forward" });
      await rows.insert(links, { ...reverse, pairId, direction: "reverse" });
      return { id: pairId, changed: true };
    });
  },
});

const remove = defineTool({
  name: "links.delete",
  title: "Delete a link",
  access: "destructive",
  view: "approval",
  description:
    "Delete a link; the records stay. The person is asked first, by the gateway: do not ask them yourself. {links.save} makes the " +
    "link anew.",
  input: z.object({ id: RecordId.describe("the link's id, exactly as {links.list} gives it") }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    const [link] = await pairOf(records, id);
    if (link === undefined) return await noLink(records, id);
    const { linkType, from, to } = shownLink(link);
    return deleteQuestion(links, {
      id,
      title: `${linkType}: ${from.module} ${from.id}, ${to.module} ${to.id}`,
    });
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      const pair = await pairOf(records, id);
      if (pair.length === 0) await noLink(records, id);
      for (const row of pair) await rows.remove(links, row.id);
    });
    return { ok: true as const, id };
  },
});

/**
 * The rows of a link, the forward one first. Of rows that share the pair's id by accident only those between the same two records
 * count: the person is asked about one link, and only this link goes.
 */
async function pairOf(records: ReadRecords, pairId: string): Promise<readonly StoredLink[]> {
  const rows = await linksWhere(records, (link) => (link.pairId ?? link.id) === pairId);
  const first = rows.find(({ direction }) => direction === "forward") ?? rows[0];
  if (first === undefined) return [];
  return [
    first,
    ...rows.filter((row) => row !== first && (isBetween(row, first) || isMirror(row, first))),
  ];
}

type StoredLink = Link & { readonly id: string };

async function linksWhere(
  records: ReadRecords,
  where: (link: Link) => boolean,
): Promise<readonly StoredLink[]> {
  const found: StoredLink[] = [];
  await records.scan(links, { where }, (link) => void found.push(link));
  return found;
}

/** Refuses a link that is not there in the words of all tools. A row whose own id this is belongs to a link with another id. */
async function noLink(records: ReadRecords, id: string): Promise<never> {
  const { pairId = "" } = await records.get(links, id);
  return refuseInput(`id: this is a part of the link with the id ${JSON.stringify(pairId)}`);
}

/** A link as its source sees it. */
function shownLink(link: StoredLink) {
  return {
    id: link.pairId ?? link.id,
    linkType: link.linkType ?? "related",
    from: { module: moduleOfEnd(link.sourceApp, link.sourceCollection), id: link.sourceId ?? "" },
    to: { module: moduleOfEnd(link.targetApp, link.targetCollection), id: link.targetId ?? "" },
  };
}

/** The modules whose scopes say who may see a link: that of each end, named as its app where no tool links its records. */
function modulesOf({ sourceApp, sourceCollection, targetApp, targetCollection }: Link): string[] {
  return [moduleOfEnd(sourceApp, sourceCollection), moduleOfEnd(targetApp, targetCollection)]
    .map((module) => module.split("/", 1)[0] ?? "");
}

function linkOf(source: StoredEnd, target: StoredEnd, linkType: string) {
  return {
    sourceApp: source.app,
    sourceCollection: source.collection,
    sourceId: source.id,
    targetApp: target.app,
    targetCollection: target.collection,
    targetId: target.id,
    linkType,
  };
}

function isAt(link: Link, { app, collection, id }: StoredEnd): boolean {
  return link.sourceId === id && link.sourceApp === app && link.sourceCollection === collection;
}

function isSame(link: Link, other: Link): boolean {
  return link.linkType === other.linkType && isBetween(link, other);
}

/** Whether two rows have the same source and the same target. */
function isBetween(link: Link, other: Link): boolean {
  return ENDS.every(([source, target]) => link[source] === other[source] && link[target] === other[target]);
}

/** Whether a row is the other one in the other direction. */
function isMirror(link: Link, other: Link): boolean {
  return ENDS.every(([source, target]) => link[source] === other[target] && link[target] === other[source]);
}

const ENDS = [
  ["sourceApp", "targetApp"],
  ["sourceCollection", "targetCollection"],
  ["sourceId", "targetId"],
] as const;

/** Links. */
export const linksModule: Module = defineModule({
  name: "links",
  label: "Links",
  nouns: ["link"],
  group: "People",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list, save, remove],
  writes: [links],
});
