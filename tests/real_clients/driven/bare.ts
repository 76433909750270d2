/** A client that is none: it sends requests and hands on what is answered, as the gateway wrote it. */
import { z } from "zod";
import { modernRequest } from "../../_support/mcp_request.ts";
import type { Handed } from "../models/played_model.ts";
import { handedOf, ListedTools } from "../protocol_answers.ts";
import type { DrivenClient, Job, JobCall } from "./driven_client.ts";

/** The general check is made with it: what it finds, the gateway itself sends. */
export const BARE: Omit<DrivenClient, "name"> = {
  nameOf: (_server, tool) => tool,
  async drive(job) {
    const list = await ask(job, "mana", "tools/list", {});
    const handed: Handed[] = [];
    for (const call of job.turns.flat()) handed.push(await makeCall(job, call));
    return { tools: ListedTools.parse(list.result), handed };
  },
};

async function makeCall(job: Job, { server, tool, args }: JobCall): Promise<Handed> {
  const { result, error } = await ask(job, server, "tools/call", { name: tool, arguments: args });
  return error === undefined ? handedOf(result) : { failed: error.message };
}

const Answer = z.looseObject({
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

async function ask({ url, headers }: Job, server: string, method: string, params: Record<string, unknown>) {
  const request = modernRequest(null, method, params, { url, headers: headers[server] ?? {} });
  return Answer.parse(await (await fetch(request)).json());
}
