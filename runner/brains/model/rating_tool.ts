// Ratings, asked for in the same conversation, so that the model speaks of the day it has had: by a tool that it must call and that exists
// nowhere else. An entry that does not hold is no rating.
import { z } from "zod";
import type { OfferedTool, Rating, Turn } from "../../brain/brain.ts";
import type { Answer, Block, ModelRequest } from "./messages_api.ts";

/** The tool's name. A tool of the gateway with this name is left out of the request for ratings. */
export const RATING_TOOL = "rate_modules";

/** What the model is asked. */
export const RATING_WORDS = [
  "Your day is over. Now say honestly what you think of each part of the app that you used today, by the tool",
  `${RATING_TOOL}: 1 is useless, 5 is excellent. The notes say why, by what happened today.`,
].join(" ");

const NOTES_LENGTH = 1_000;
const ENTRY = z.object({
  module: z.string(),
  rating: z.int().min(1).max(5),
  notes: z.string().trim().min(1).max(NOTES_LENGTH),
});

/** Modules that the day's calls went to, each once. */
export function usedModules(tools: readonly OfferedTool[], turns: readonly Turn[]): readonly string[] {
  const moduleOf = new Map(tools.map(({ name, module }) => [name, module]));
  const used = turns.flatMap(({ calls }) => calls.flatMap(({ wish }) => moduleOf.get(wish.tool) ?? []));
  return [...new Set(used)];
}

/** The conversation so far, with the question and the one tool that the model may answer it by. */
export function askForRatings(request: ModelRequest, modules: readonly string[]): ModelRequest {
  const rate = {
    name: RATING_TOOL,
    description: "Says what you think of the parts of the app that you used today.",
    input_schema: {
      type: "object",
      properties: {
        ratings: {
          type: "array",
          items: {
            type: "object",
            properties: {
              module: { type: "string", enum: modules },
              rating: { type: "integer", minimum: 1, maximum: 5 },
              notes: { type: "string", minLength: 1, maxLength: NOTES_LENGTH },
            },
            required: ["module", "rating", "notes"],
            additionalProperties: false,
          },
        },
      },
      required: ["ratings"],
      additionalProperties: false,
    },
  };
  return {
    ...request,
    tools: [...request.tools.filter(({ name }) => name !== RATING_TOOL), rate],
    messages: addWords(request.messages),
    forcedTool: RATING_TOOL,
  };
}

/** The user's words go into the last message where that is the user's: results of tools have to come first in it. */
function addWords(messages: ModelRequest["messages"]): ModelRequest["messages"] {
  const words: Block = { type: "text", text: RATING_WORDS };
  const last = messages.at(-1);
  return last?.role === "user"
    ? [...messages.slice(0, -1), { role: "user", content: [...last.content, words] }]
    : [...messages, { role: "user", content: [words] }];
}

/** Ratings of an answer; without the tool there is none. */
export function readRatings({ toolUses }: Answer, modules: readonly string[]): ReadRatings {
  return readRatingEntries(toolUses.find(({ name }) => name === RATING_TOOL)?.input?.ratings, modules);
}

/** Ratings that hold, one for each module at most. `given` is whatever the model called a list of ratings. */
export function readRatingEntries(given: unknown, modules: readonly string[]): ReadRatings {
  const ratings = new Map<string, Rating>();
  for (const entry of Array.isArray(given) ? given : []) {
    const { data } = ENTRY.safeParse(entry);
    if (data === undefined || !modules.includes(data.module) || ratings.has(data.module)) continue;
    ratings.set(data.module, data);
  }
  return { ratings: [...ratings.values()], broken: modules.length - ratings.size };
}

/** What came of asking. */
export interface ReadRatings {
  readonly ratings: readonly Rating[];
  /** Modules without a rating that holds. */
  readonly broken: number;
}
