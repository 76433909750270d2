// Writing drafts and their versions: what assistants can do with them. A draft always has a version that it points at
// (contract: modules, writing, rule 1).
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  counted,
  createdOutput,
  defineModule,
  defineTool,
  deletedOutput,
  deleteQuestion,
  demandReadable,
  idsWhere,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { BRIEFING, drafts, Kind, Text, versions, WORDS, wordsIn } from "./writing_drafts.ts";
import { saveVersion } from "./writing_versions.ts";

const Id = recordId("draft", "writing.list");
const Status = choices("writing/writingDrafts", "status");
const LISTED = ["kind", "status", "title", "isFavorite"] as const;

const list = defineTool({
  name: "writing.list",
  title: "List drafts",
  access: "read",
  description:
    "List the person's writing drafts (blog posts, essays, letters and others), the ones changed last first.",
  input: z.object({
    kind: Kind.optional(),
    status: Status.optional(),
    query: textFilterInput,
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ drafts: z.array(recordOutputOf(drafts, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ title?: string; briefing?: { topic: string } }>(
      input.query,
      ({ title, briefing }) => [title, briefing?.topic],
    );
    const { rows, ...end } = await records.list(drafts, {
      where: ({ kind, status }) =>
        (input.kind === undefined || kind === input.kind) &&
        (input.status === undefined || status === input.status),
      ...(match === undefined ? {} : { match }),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      show: LISTED,
      page: input,
    });
    return { drafts: [...rows], ...end };
  },
});

const read = defineTool({
  name: "writing.read",
  title: "Read a draft",
  access: "read",
  description:
    "Read one draft: its briefing, its versions, and the text of the current version, or of `versionId`. `content` begins at " +
    "`offset`; `nextOffset` is where to go on.",
  input: z.object({
    id: Id,
    versionId: z.string().min(1).max(256).optional(),
    offset: z.int().min(0).default(0),
  }),
  output: z.object({
    draft: recordOutputOf(drafts, ["kind", "status", "title", "briefing", "isFavorite"]),
    versions: z.array(z.object({ id: z.string(), versionNumber: z.number(), wordCount: z.number() })),
    versionId: z.string().nullable(),
    content: z.string().optional(),
    contentChars: z.number(),
    nextOffset: z.number().optional(),
  }),
  async run({ id, versionId, offset }, { records }) {
    const { currentVersionId, ...draft } = await records.get(drafts, id);
    const all: { id: string; versionNumber: number; wordCount: number }[] = [];
    await records.lookThrough(versions, (version) => {
      if (version.draftId !== id) return;
      all.push({
        id: version.id,
        versionNumber: version.versionNumber ?? 0,
        wordCount: version.wordCount ?? 0,
      });
    });
    all.sort((a, b) => b.versionNumber - a.versionNumber);
    const shown = versionId ?? all.find((version) => version.id === currentVersionId)?.id ?? all[0]?.id;
    const about = { draft, versions: all.slice(0, MAX_VERSIONS) };
    if (shown === undefined) return { ...about, versionId: null, content: "", contentChars: 0 };
    if (!all.some((version) => version.id === shown)) {
      refuseInput("versionId: this draft has no such version");
    }
    const { record, chars, nextOffset } = await records.getPortion(versions, shown, "content", offset);
    if (offset > chars) refuseInput(`offset: the content has only ${counted(chars, "character")}`);
    return { ...about, versionId: shown, content: record.content, contentChars: chars, nextOffset };
  },
});

/** Versions that are told of a draft, the newest. */
const MAX_VERSIONS = 50;

const create = defineTool({
  name: "writing.create",
  title: "Start a draft",
  access: "write",
  description: "Start a draft with its first version. `content` may be empty. Returns the draft's id.",
  input: z.object({
    title: visibleText(500),
    kind: Kind.default("other"),
    content: Text.default(""),
    ...BRIEFING,
  }),
  output: createdOutput.extend({ versionId: z.string() }),
  async run({ title, kind, content, ...briefing }, { records }) {
    return await records.writeTogether(async (rows) => {
      // Each points at the other: the version comes first, so that no draft is ever without one.
      const id = rows.newId(drafts);
      const version = await rows.insert(versions, {
        draftId: id,
        versionNumber: 1,
        content,
        wordCount: wordsIn(content),
      });
      await rows.insert(drafts, {
        kind,
        title,
        briefing: {
          topic: briefing.topic ?? title,
          audience: briefing.audience ?? null,
          tone: briefing.tone ?? null,
          language: briefing.language ?? "de",
          targetLength: { type: "words", value: WORDS[kind] },
          extraInstructions: briefing.extraInstructions ?? null,
          useResearch: false,
        },
        currentVersionId: version.id,
      }, { id });
      return { id, versionId: version.id };
    });
  },
});

const update = defineTool({
  name: "writing.update",
  title: "Change a draft",
  access: "write",
  idempotent: true,
  description:
    "Change a draft's title, kind, status, favourite or briefing: give only what changes. The text is changed by " +
    "{writing.save_version}.",
  input: z.object({
    id: Id,
    title: visibleText(500).optional(),
    kind: Kind.optional(),
    status: Status.exclude(["published"]).optional().describe("publishing is the person's"),
    isFavorite: z.boolean().optional(),
    ...BRIEFING,
    clear: clearInput(["audience", "tone", "extraInstructions"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const { topic, audience, tone, language, extraInstructions, ...given } = patchOf(input, clear);
    const about = { topic, audience, tone, language, extraInstructions };
    const changes = Object.entries(about).filter(([, value]) => value !== undefined);
    const { changed } = await records.update(drafts, id, (draft) => {
      if (changes.length === 0) return given;
      demandReadable(drafts, draft, ["briefing"]);
      return draft.briefing === undefined
        ? given
        : { ...given, briefing: { ...draft.briefing, ...Object.fromEntries(changes) } };
    });
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "writing.delete",
  title: "Delete a draft",
  access: "destructive",
  view: "approval",
  description:
    "Delete a draft with all its versions. The person is asked first, by the gateway: do not ask them yourself. No tool " +
    "brings it back, only the Mana app where the person uses it.",
  input: z.object({ id: Id }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    return deleteQuestion(drafts, await records.get(drafts, id));
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      await records.get(drafts, id);
      for (const version of await idsWhere(records, versions, ({ draftId }) => draftId === id)) {
        await rows.remove(versions, version);
      }
      await rows.remove(drafts, id);
    });
    return { ok: true as const, id };
  },
});

/** Writing drafts. */
export const writingModule: Module = defineModule({
  name: "writing",
  label: "Writing",
  nouns: ["draft"],
  group: "Studio",
  spaceTypes: ["personal"],
  tools: [list, read, create, update, saveVersion, remove],
  writes: [drafts, versions],
});
