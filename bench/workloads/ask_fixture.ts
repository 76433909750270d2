import { z } from "zod";
import { answerKey, Fixture } from "../servers/fixture.ts";
import type { RequestShape } from "../load/job.ts";
import { type Era, listTools, spacesList } from "./requests.ts";

/** The product has these on top of the eleven tools that all servers have in common. */
const EXTRA = /_delete$|^notes_read$/;
const Envelope = z.object({
  result: z.looseObject({
    tools: Fixture.shape.tools.optional(),
    structuredContent: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** Asks a running gateway for what the other servers are given. Throws TypeError when it is not as expected. */
export async function askFixture(host: string, token: string): Promise<Fixture> {
  const answers: Record<string, string> = {};
  for (const era of ["modern", "legacy"] as const) {
    answers[answerKey(era, "tools/list")] = await ask(host, token, era, listTools(era));
    answers[answerKey(era, "spaces_list")] = await ask(host, token, era, spacesList(era));
  }
  const part = (what: string) =>
    Envelope.parse(JSON.parse(answers[answerKey("modern", what)] ?? "null")).result;
  const { tools } = part("tools/list");
  const { structuredContent } = part("spaces_list");
  if (tools === undefined || structuredContent === undefined) {
    throw new TypeError("Cannot read the gateway's answers: no tools or no result");
  }
  return Fixture.parse({
    tools: tools.filter(({ name }) => !EXTRA.test(name)),
    spaces: structuredContent,
    answers,
  });
}

async function ask(host: string, token: string, era: Era, shape: RequestShape): Promise<string> {
  const response = await fetch(`http://${host}${shape.path}`, {
    method: shape.method,
    headers: { ...shape.headers, authorization: `Bearer ${token}` },
    body: shape.body,
  });
  const text = await response.text();
  const body = text.startsWith("{") ? text : /^data: ?(\{.*)$/m.exec(text)?.[1] ?? "";
  if (response.status !== 200 || !body.includes(shape.marker)) {
    throw new TypeError(`Cannot read the gateway's answer (${era}, status ${response.status}): ${text}`);
  }
  return body;
}
