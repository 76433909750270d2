// Presentations: decks and their slides (contract: modules, presi).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  changedOutput,
  clearInput,
  createdOutput,
  defineAppTable,
  defineModule,
  defineTool,
  deletedOutput,
  deleteQuestion,
  idsWhere,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const StoredContent = z.looseObject({
  type: z.string(),
  title: z.string().optional(),
  subtitle: z.string().optional(),
  body: z.string().optional(),
  imageUrl: z.string().optional(),
  bulletPoints: z.array(z.string()).optional(),
});

const decks = defineAppTable("presi/decks", { record: "deck", fields: ["title", "description"] });
const slides = defineAppTable("presi/slides", {
  record: "slide",
  fields: ["deckId", "order", "content"],
  as: { content: StoredContent },
  isPart: true,
});

const Id = recordId("deck", "presi.list");
const Title = visibleText(300);
const Slide = z.object({
  type: z.enum(["title", "content", "image", "split"]).default("content"),
  title: z.string().max(500).optional(),
  subtitle: z.string().max(500).optional(),
  body: z.string().max(10_000).optional(),
  bulletPoints: z.array(z.string().max(1_000)).max(30).optional(),
});

const list = defineTool({
  name: "presi.list",
  title: "List presentations",
  access: "read",
  description: "List the presentations of the active space, the ones changed last first.",
  input: z.object({ query: textFilterInput, ...pageInput({ most: 100, usual: 20 }) }),
  output: z.object({ decks: z.array(recordOutput(decks)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ title?: string; description?: string | null }>(
      input.query,
      ({ title, description }) => [title, description],
    );
    const { rows, ...end } = await records.list(decks, {
      ...(match === undefined ? {} : { match }),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      page: input,
    });
    return { decks: [...rows], ...end };
  },
});

const read = defineTool({
  name: "presi.read",
  title: "Read a presentation",
  access: "read",
  description: "Read one presentation with its slides in order.",
  input: z.object({ id: Id, ...pageInput({ most: 200, usual: 100 }) }),
  output: z.object({
    deck: recordOutput(decks),
    slides: z.array(Slide.extend({ id: z.string(), type: z.string(), imageUrl: z.string().optional() })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const deck = await records.get(decks, input.id);
    const { rows, ...end } = await records.list(slides, {
      where: ({ deckId }) => deckId === input.id,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page: input,
    });
    return { deck, slides: rows.map(({ id, content }) => ({ type: "content", ...content, id })), ...end };
  },
});

const create = defineTool({
  name: "presi.create",
  title: "Create a presentation",
  access: "write",
  description: "Make a presentation with its slides in order. Returns the id.",
  input: z.object({
    title: Title,
    description: z.string().max(5_000).optional(),
    slides: z.array(Slide).max(200).default([]),
  }),
  output: createdOutput,
  async run({ title, description = null, slides: given }, { records }) {
    return await records.writeTogether(async (rows) => {
      const { id } = await rows.insert(decks, { title, description });
      for (const [index, content] of given.entries()) {
        await rows.insert(slides, { deckId: id, order: index + 1, content: withoutAbsent(content) });
      }
      return { id };
    });
  },
});

const update = defineTool({
  name: "presi.update",
  title: "Change a presentation",
  access: "write",
  idempotent: true,
  description:
    "Change a presentation's title or description, or its slides: `slides` is the whole list in order. A slide with the `id` " +
    "that {presi.read} gives is kept and changed, one without is new, and one that is left out is removed.",
  input: z.object({
    id: Id,
    title: Title.optional(),
    description: z.string().max(5_000).optional(),
    clear: clearInput(["description"]),
    slides: z.array(Slide.extend({ id: z.string().min(1).max(256).optional() })).max(200).optional(),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const { slides: given, ...about } = patchOf(input, clear);
    const changed = await records.writeTogether(async (rows) => {
      let isChanged = (await rows.update(decks, id, () => about)).changed;
      if (given === undefined) return isChanged;
      const left = new Set(await idsWhere(records, slides, ({ deckId }) => deckId === id));
      for (const [index, { id: slideId, ...content }] of given.entries()) {
        const order = index + 1;
        if (slideId === undefined) {
          await rows.insert(slides, { deckId: id, order, content: withoutAbsent(content) });
          isChanged = true;
          continue;
        }
        if (!left.delete(slideId)) {
          refuseInput(`slides.${index}.id: this deck has no such slide, or it is named twice`);
        }
        const { changed } = await rows.update(slides, slideId, ({ content: before }) => ({
          order,
          content: { ...before, ...withoutAbsent(content) },
        }));
        isChanged ||= changed;
      }
      for (const gone of left) isChanged = await rows.remove(slides, gone) || isChanged;
      return isChanged;
    });
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "presi.delete",
  title: "Delete a presentation",
  access: "destructive",
  view: "approval",
  description:
    "Delete a presentation with its slides. The person is asked first, by the gateway: do not ask them yourself. No tool " +
    "brings it back, only the Mana app where the person uses it.",
  input: z.object({ id: Id }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    return deleteQuestion(decks, await records.get(decks, id));
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      await records.get(decks, id);
      for (const slide of await idsWhere(records, slides, ({ deckId }) => deckId === id)) {
        await rows.remove(slides, slide);
      }
      await rows.remove(decks, id);
    });
    return { ok: true as const, id };
  },
});

/** The given members alone: the app stores no empty ones. */
function withoutAbsent(content: z.output<typeof Slide>): z.input<typeof StoredContent> {
  return StoredContent.parse(
    Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)),
  );
}

/** Presentations. */
export const presiModule: Module = defineModule({
  name: "presi",
  label: "Presentations",
  nouns: ["slides"],
  group: "Studio",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list, read, create, update, remove],
  writes: [decks, slides],
});
