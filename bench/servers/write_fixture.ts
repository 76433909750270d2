// Asks a running gateway for what the servers it is compared with are given, so that it can never be out of date.
import { z } from "zod";
import { listTools, spacesList } from "../workloads/requests.ts";
import { USUAL } from "../workloads/workloads.ts";
import { checkAnswer } from "../wrk/check_answer.ts";
import { answerKey, Fixture } from "./fixture.ts";
import { startGateway } from "./gateway.ts";
import type { Upstream } from "./upstream.ts";

/** Writes the fixture of a gateway. Throws Error for an answer that is wrong. */
export async function writeFixture(path: string, upstream: Upstream): Promise<void> {
  const gateway = await startGateway(upstream.url);
  try {
    const [caller = {}] = await upstream.callers(USUAL, 1);
    const answers: Record<string, string> = {};
    for (const era of ["modern", "legacy"] as const) {
      answers[answerKey(era, "tools/list")] = await checkAnswer(gateway.host, listTools(era), caller);
      answers[answerKey(era, "spaces_list")] = await checkAnswer(gateway.host, spacesList(era), caller);
    }
    const answer = (what: string): unknown => JSON.parse(answers[answerKey("modern", what)] ?? "");
    const List = z.object({ result: z.object({ tools: Fixture.shape.tools }) });
    const Call = z.object({ result: z.object({ structuredContent: Fixture.shape.spaces }) });
    const { tools } = List.parse(answer("tools/list")).result;
    const { structuredContent: spaces } = Call.parse(answer("spaces_list")).result;
    await Deno.writeTextFile(path, JSON.stringify({ tools, spaces, answers }));
  } finally {
    await gateway.stop();
  }
}
