import { z } from "zod";
import { defineTool, type Tool } from "../../lib/tool/define_tool.ts";

/** Tools that fail with what they were given in hand, as real ones do by mistake. */
export function createHostileTools(): readonly Tool[] {
  const input = z.object({ text: z.string() });
  const output = z.object({ ok: z.boolean() });
  const failing = (verb: string, fail: (text: string) => unknown) =>
    defineTool({
      name: `hostile.${verb}`,
      title: "Fails",
      access: "read",
      description: "Fails with its argument in hand.",
      input,
      output,
      run({ text }) {
        const thrown = fail(text);
        throw thrown;
      },
    });
  return [
    failing("throw", (text) => new Error(text, { cause: new Error(text) })),
    failing("name", (text) => Object.assign(new Error(text), { name: text, code: text, stack: text })),
    failing("string", (text) => text),
    failing("object", (text) => ({ message: text, toString: () => text })),
    failing("class", (text) => {
      const Named = { [text]: class extends Error {} }[text] ?? Error;
      return new Named(text);
    }),
    defineTool({
      name: "hostile.output",
      title: "Breaks its own schema",
      access: "read",
      description: "Answers with something else than it says.",
      input,
      output,
      run: ({ text }) => Promise.resolve(JSON.parse(JSON.stringify({ ok: text, [text]: text }))),
    }),
    defineTool({
      name: "hostile.stray",
      title: "Leaves a promise behind",
      access: "read",
      description: "Fails after it has answered.",
      input,
      output,
      run({ text }) {
        void Promise.reject(new Error(text));
        return Promise.resolve({ ok: true });
      },
    }),
  ];
}
