// Recipes: what is needed, how it is cooked, for how many. The rows are what the web app stores (contract: modules, recipes).
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  recordOutputOf,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const recipes = defineAppTable("recipes/recipes", {
  record: "recipe",
  fields: [
    "title",
    "description",
    "ingredients",
    "steps",
    "servings",
    "prepTimeMin",
    "cookTimeMin",
    "difficulty",
    "tags",
    "isFavorite",
  ],
});

const LISTED = [
  "title",
  "servings",
  "prepTimeMin",
  "cookTimeMin",
  "difficulty",
  "tags",
  "isFavorite",
] as const;

const Id = recordId("recipe", "recipes.list");
const Title = visibleText(300);
const Amount = z.string().max(40).default("");

/** What a new recipe and a changed one take alike. */
const fields = {
  description: z.string().max(5_000).optional(),
  ingredients: z.array(z.strictObject({
    name: visibleText(200),
    amount: Amount.describe('as text: "250", "1/2"'),
    unit: Amount,
  })).max(100).optional(),
  steps: z.array(visibleText(2_000)).max(60).optional(),
  servings: z.int().min(1).max(1_000).optional(),
  prepTimeMin: z.int().min(0).max(100_000).optional(),
  cookTimeMin: z.int().min(0).max(100_000).optional(),
  difficulty: choices("recipes/recipes", "difficulty").optional(),
  tags: z.array(visibleText(100)).max(50).optional(),
  isFavorite: z.boolean().optional(),
} as const;

const create = defineTool({
  name: "recipes.create",
  title: "Create a recipe",
  access: "write",
  description: "Add a recipe with its ingredients and steps, for 4 servings unless said.",
  input: z.object({ title: Title, ...fields }),
  output: createdOutput,
  async run({ title, ...input }, { records }) {
    const { id } = await records.insert(recipes, { title, ...filledFields(input) });
    return { id };
  },
});

const list = defineTool({
  name: "recipes.list",
  title: "List recipes",
  access: "read",
  description: "List recipes, the ones changed last first. {recipes.read} gives ingredients and steps.",
  input: z.object({
    query: textFilterInput,
    ingredient: z.string().max(200).optional().describe("words in one ingredient's name"),
    tag: z.string().max(100).optional(),
    onlyFavorites: z.boolean().default(false),
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({ recipes: z.array(recordOutputOf(recipes, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const hasWords = textFilter(input.query, textsOf);
    const isIngredient = textFilter(input.ingredient, (name: unknown) => [name]);
    const tag = input.tag?.trim().toLowerCase() ?? "";
    const { rows, ...end } = await records.list(recipes, {
      where: (recipe) =>
        (!input.onlyFavorites || recipe.isFavorite === true) &&
        (tag === "" || recipe.tags?.some((own) => own.toLowerCase() === tag) === true),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      match: hasWords === undefined && isIngredient === undefined
        ? undefined
        : (recipe) =>
          (hasWords === undefined || hasWords(recipe)) &&
          (isIngredient === undefined || namesOf(recipe).some(isIngredient)),
      show: LISTED,
      page: input,
    });
    return { recipes: rows.map((recipe) => ({ ...recipe, ...sealedTitle(recipe) })), ...end };
  },
});

const read = defineTool({
  name: "recipes.read",
  title: "Read a recipe",
  access: "read",
  description: "Read one recipe in full: ingredients for its `servings`, and steps.",
  input: z.object({ id: Id }),
  output: z.object({ recipe: recordOutput(recipes) }),
  async run({ id }, { records }) {
    const recipe = await records.get(recipes, id);
    return { recipe: { ...recipe, ...sealedTitle(recipe) } };
  },
});

const update = defineTool({
  name: "recipes.update",
  title: "Change a recipe",
  access: "write",
  idempotent: true,
  description:
    "Change fields of a recipe. `ingredients`, `steps` and `tags` are replaced whole: read them with {recipes.read} first.",
  input: z.object({
    id: Id,
    title: Title.optional(),
    ...fields,
    clear: clearInput(["description", "prepTimeMin", "cookTimeMin"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const { description, ...patch } = patchOf(input, clear);
    const { changed } = await records.update(recipes, id, () => ({
      ...patch,
      // A recipe without a description has an empty text.
      ...(description === undefined ? {} : { description: description ?? "" }),
    }));
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(recipes, {
  name: "recipes.delete",
  title: "Delete a recipe",
  listedBy: "recipes.list",
  titleOf: (recipe) => ({ ...recipe, ...sealedTitle(recipe) }).title,
});

/** Recipes. */
export const recipesModule: Module = defineModule({
  name: "recipes",
  label: "Recipes",
  nouns: ["recipe"],
  group: "Leisure",
  spaceTypes: ["personal", "family"],
  tools: [create, list, read, update, remove],
  writes: [recipes],
  resource: defineResource({ module: "recipes", title: "Recipes", table: recipes }),
});

interface Recipe {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly ingredients?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly unreadable?: readonly string[] | undefined;
}

function textsOf(recipe: Recipe): readonly unknown[] {
  return [recipe.title, recipe.description, recipe.tags, namesOf(recipe)];
}

function namesOf({ ingredients = [] }: Recipe): readonly unknown[] {
  return ingredients.map(({ name }) => name);
}

/**
 * The web app duplicates a recipe by putting "Kopie von " before the title that is still sealed (contract: modules, recipes).
 * Such a title tells nothing, and is given as unreadable.
 */
function sealedTitle({ title = "", unreadable = [] }: Recipe): { title?: undefined; unreadable?: string[] } {
  return /^(?:Kopie von )+enc:\d/.test(title)
    ? { title: undefined, unreadable: [...unreadable, "title"] }
    : {};
}
