// One wish, said to a model that has the server's instructions and the tools of the profile. Its calls are really made, in a world of
// their own, so that it can look for an id before it uses it. It ends with the call that was needed, or when the model calls nothing.
import type { Block, Message, MessagesApi } from "../../../runner/brains/model/messages_api.ts";
import type { WishWorld } from "../fixtures.ts";
import { type Choice, toolOf, type Wish } from "../requests.ts";

/** Answers of a model for one wish: to look, to act, and room for a mistake. */
const MAX_ANSWERS = 5;

/** The calls that the model chose, in their order, with `$milk` and the like in the place of ids. */
export async function askForWish(
  api: MessagesApi,
  world: WishWorld,
  { says, profile, needs }: Wish,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  const shown = await world.shown(profile);
  const tools = shown.map(({ name, description, inputSchema }) => ({
    name,
    description,
    input_schema: inputSchema,
  }));
  const system = `${SITUATION}\n\n${await world.instructions(profile)}`;
  const messages: Message[] = [{ role: "user", content: [{ type: "text", text: says }] }];
  const choices: Choice[] = [];
  for (let answers = 0; answers < MAX_ANSWERS; answers++) {
    const { content, toolUses } = await api.ask({ system, tools, messages }, signal);
    if (toolUses.length === 0) break;
    const results: Block[] = [];
    for (const { id, name, input } of toolUses) {
      const { refusal, text } = await world.call(profile, name, input ?? {});
      choices.push({ tool: name, arguments: withWords(world, input ?? {}) });
      results.push({
        type: "tool_result",
        tool_use_id: id,
        content: refusal ?? text,
        is_error: refusal !== null,
      });
    }
    if (toolUses.some(({ name }) => name === toolOf(needs))) break;
    messages.push({ role: "assistant", content }, { role: "user", content: results });
  }
  return choices;
}

/** What every client tells a model, and that nobody is there to be asked back. */
const SITUATION =
  "You are the assistant of one person, and have a server's tools for it. Today is Sunday, 2026-03-01, 13:00 in Europe/Berlin. " +
  "Do what the person says; they have left and answer no questions. What the server says of itself:";

/** The arguments with words in the place of the ids that they stand for, so that they hold in another world. */
function withWords({ ids }: WishWorld, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const words = new Map([...ids].map(([word, id]) => [id, word]));
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" ? words.get(value) ?? value : value,
    ]),
  );
}
