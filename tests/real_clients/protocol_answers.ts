/** Answers of the protocol, in the form in which {@link checkClient} compares them. */
import { z } from "zod";
import type { Handed, OfferedTool } from "./models/played_model.ts";

/** The result of `tools/list`. */
export const ListedTools = z.object({
  tools: z.array(z.looseObject({ name: z.string(), description: z.string(), inputSchema: z.unknown() })),
}).transform(({ tools }): OfferedTool[] =>
  tools.map(({ name, description, inputSchema }) => ({ name, description, schema: inputSchema }))
);

const Result = z.looseObject({
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

/** The result of `tools/call`, as a host would hand it on. Throws for what is no result. */
export function handedOf(value: unknown): Handed {
  const { content, structuredContent, isError } = Result.parse(value);
  const text = content.map((block) => block.text ?? "").join("\n");
  return { text, isError, ...(structuredContent === undefined ? {} : { structured: structuredContent }) };
}
