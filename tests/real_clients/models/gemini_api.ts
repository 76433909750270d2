/** The API of Gemini, streaming, as far as Gemini CLI uses it (ai.google.dev: generateContent, function calling). */
import { z } from "zod";
import type { Handed, ModelApi } from "./played_model.ts";

const Part = z.looseObject({
  functionCall: z.looseObject({ id: z.string() }).optional(),
  functionResponse: z.looseObject({
    id: z.string(),
    response: z.union([z.object({ output: z.string() }), z.object({ error: z.string() })]),
  }).optional(),
});
const Request = z.object({
  tools: z.array(z.looseObject({
    functionDeclarations: z.array(z.looseObject({
      name: z.string(),
      description: z.string().default(""),
      parametersJsonSchema: z.unknown(),
    })).default([]),
  })).default([]),
  contents: z.array(z.object({ parts: z.array(Part) })),
});

/** What Gemini CLI itself puts around the text of a result. */
const UNTRUSTED = /^<untrusted_context>\n([^]*)\n<\/untrusted_context>$/;
/** What Gemini CLI itself puts before a refusal: the model is handed the call and the result, both as JSON. */
const REPORTED = /^MCP tool '[^']+' reported tool error for function call: [^]* with response: (\[[^]*\])$/;
const Reported = z.array(z.object({
  functionResponse: z.object({
    response: z.object({ content: z.array(z.looseObject({ text: z.string().default("") })) }),
  }),
})).length(1);

/** Gemini CLI's side of {@link playModel}. */
export const GEMINI: ModelApi = {
  path: ":streamGenerateContent",
  read(body) {
    const { tools, contents } = Request.parse(body);
    const declared = tools.flatMap(({ functionDeclarations }) => functionDeclarations);
    if (declared.length === 0) return null;
    return {
      tools: declared.map(({ name, description, parametersJsonSchema }) => ({
        name,
        description,
        schema: parametersJsonSchema,
      })),
      handed: handedOf(contents.flatMap(({ parts }) => parts)),
    };
  },
  answer(count, next) {
    const calls = next.map(({ name, args }, index) => ({
      functionCall: { id: `call_${count}_${index}`, name, args },
    }));
    return [answerOf(calls.length > 0 ? calls : [{ text: "Done." }])];
  },
  frame: (event) => `data: ${JSON.stringify(event)}\n\n`,
  other: (path) => path.endsWith(":countTokens") ? { totalTokens: 1 } : answerOf([{ text: "{}" }]),
};

function answerOf(parts: readonly unknown[]): unknown {
  return {
    candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: "stand-in",
  };
}

/** What was handed for each call, in the order of the calls. */
function handedOf(parts: readonly z.infer<typeof Part>[]): Handed[] {
  const results = new Map(
    parts.flatMap(({ functionResponse: one }) => one === undefined ? [] : [[one.id, one.response] as const]),
  );
  return parts.flatMap(({ functionCall }): Handed[] => {
    const response = results.get(functionCall?.id ?? "");
    if (response === undefined) return [];
    if ("output" in response) return [{ text: response.output.replace(UNTRUSTED, "$1"), isError: false }];
    return [{ text: refusalOf(response.error), isError: true }];
  });
}

function refusalOf(error: string): string {
  const [, json] = REPORTED.exec(error) ?? [];
  if (json === undefined) return error;
  const { success, data } = Reported.safeParse(JSON.parse(json));
  // What is no result of a tool, an HTTP error for example, has no content.
  if (!success) return error;
  return data
    .flatMap(({ functionResponse }) => functionResponse.response.content)
    .map(({ text }) => text)
    .join("\n");
}
