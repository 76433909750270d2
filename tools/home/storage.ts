// Files and folders: what assistants can do with them, never with the bytes. The rows are what the web app stores (contract:
// modules, storage). Nothing is deleted here: the trash of the apps keeps it, to be restored. Where a folder lies is told by
// `parentFolderId` alone: the apps leave its `path` as it was when it moves.
import { z } from "zod";
import {
  changedOutput,
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  type ReadRecords,
  recordId,
  recordOutput,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { pathTo, type TreeNode } from "./tree.ts";

const files = defineAppTable("storage/files", {
  record: "file",
  fields: ["name", "mimeType", "size", "parentFolderId", "isFavorite", "isDeleted"],
});

const folders = defineAppTable("storage/folders", {
  record: "folder",
  fields: ["name", "description", "color", "parentFolderId", "isFavorite", "isDeleted"],
});

const Kind = z.enum(["file", "folder"]);
const FolderId = recordId("folder", "storage.list");
/** Stands for no folder in an input: null there counts as left out. */
const TOP = "top";

const list = defineTool({
  name: "storage.list",
  title: "List files or folders",
  access: "read",
  description:
    "List the person's files, newest first, or the folders by name; what is in the trash (`isDeleted`) only on request. " +
    "Files cannot be opened here.",
  input: z.object({
    kind: Kind.default("file"),
    folderId: FolderId.optional().describe(`only what lies directly in this folder; "${TOP}": in none`),
    onlyFavorites: z.boolean().default(false),
    inTrash: z.boolean().default(false),
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    entries: z.array(
      recordOutput(files).extend({
        description: z.string().nullable().optional(),
        color: z.string().nullable().optional(),
      }),
    ),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const where = (entry: Entry) =>
      (input.folderId === undefined || (entry.parentFolderId ?? TOP) === input.folderId) &&
      (!input.onlyFavorites || entry.isFavorite === true) && (entry.isDeleted === true) === input.inTrash;
    const match = textFilter(input.query, ({ name, description }: Entry) => [name, description]);
    if (input.kind === "file") {
      const { rows, ...end } = await records.list(files, { where, match, page: input });
      return { entries: [...rows], ...end };
    }
    const order = [{ field: "name", missing: "" }] as const;
    const { rows, ...end } = await records.list(folders, { where, match, order, page: input });
    return { entries: [...rows], ...end };
  },
});

const organise = defineTool({
  name: "storage.organise",
  title: "Rename, move or trash a file or folder",
  access: "write",
  idempotent: true,
  description:
    "Rename a file or folder, move it, mark it as a favourite, put it into the trash or restore it from there. What " +
    "lies in a folder goes with it. Nothing is deleted here.",
  input: z.object({
    kind: Kind,
    id: recordId("file or folder", "storage.list"),
    name: visibleText(255).optional(),
    folderId: FolderId.optional().describe(`moves it into this folder; "${TOP}": out of all folders`),
    isFavorite: z.boolean().optional(),
    inTrash: z.boolean().optional().describe("true: into the trash; false: restores it"),
  }),
  output: changedOutput,
  async run({ kind, id, ...input }, { records }) {
    const { folderId, inTrash, ...given } = patchOf(input);
    if (folderId !== undefined && folderId !== TOP) {
      await checkMove(records, folderId, kind === "folder" ? id : null);
    }
    const patch = {
      ...given,
      ...(folderId === undefined ? {} : { parentFolderId: folderId === TOP ? null : folderId }),
      ...(inTrash === undefined ? {} : { isDeleted: inTrash }),
    };
    const { changed } = kind === "file"
      ? await records.update(files, id, () => patch)
      : await records.update(folders, id, () => patch);
    return { ok: true as const, changed };
  },
});

/** Throws Refused for a folder that is not there, is in the trash, or lies within the folder that moves. */
async function checkMove(records: ReadRecords, folderId: string, moved: string | null): Promise<void> {
  const { isDeleted } = await records.get(folders, folderId);
  if (isDeleted === true) refuseInput("folderId: this folder is in the trash");
  if (moved === null) return;
  const all = new Map<string, TreeNode>();
  await records.scan(folders, {}, ({ id, parentFolderId = null }) => {
    all.set(id, { id, parentId: parentFolderId });
  });
  if (pathTo(all, folderId).some(({ id }) => id === moved)) {
    refuseInput("folderId: it lies within the folder that is to move");
  }
}

/** What a listing looks at. */
interface Entry {
  readonly name?: string;
  readonly description?: string | null;
  readonly parentFolderId?: string | null | undefined;
  readonly isFavorite?: boolean;
  readonly isDeleted?: boolean;
}

/** Files. */
export const storageModule: Module = defineModule({
  name: "storage",
  label: "Files",
  nouns: ["file"],
  group: "Home",
  spaceTypes: ["personal", "brand", "club", "family", "team", "practice"],
  actions: { update: "organise" },
  tools: [list, organise],
  writes: [files, folders],
  resource: defineResource({ module: "storage", title: "Files", table: files }),
});
