/** Speaks MCP over the pipes of a process, as a desktop client does, and says yes to every question. */
import { z } from "zod";
import { CLIENT_MS, type ClientRun, spawnClient } from "../run_client.ts";

/** A connected server. */
export interface StdioServer extends AsyncDisposable {
  /** Sends a request and resolves with its result; rejects with the error, or when the process ends. */
  ask(method: string, params: unknown): Promise<unknown>;
}

const REVISION = "2025-11-25";
const Message = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({
    requestedSchema: z.looseObject({ properties: z.looseObject({}).default({}) }).optional(),
  })
    .optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** Starts the process and initializes. The process is killed after {@link CLIENT_MS}. */
export async function startStdioServer({ program, args, home, env = {} }: ClientRun): Promise<StdioServer> {
  const child = await spawnClient({ program, args, home, env }, "piped");
  const timer = setTimeout(() => child.kill("SIGKILL"), CLIENT_MS);
  const writer = child.stdin.getWriter();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;

  const send = (message: Record<string, unknown>) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`));
  const take = async (line: string) => {
    const { id, method, params, result, error } = Message.parse(JSON.parse(line));
    if (method !== undefined) {
      if (id === undefined) return;
      const properties = Object.keys(params?.requestedSchema?.properties ?? {});
      const content = Object.fromEntries(properties.map((name) => [name, true]));
      return await send({ id, result: method === "elicitation/create" ? { action: "accept", content } : {} });
    }
    const asked = waiting.get(Number(id));
    waiting.delete(Number(id));
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error.message));
  };
  const reading = (async () => {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim() !== "") await take(line);
    }
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended`));
  })();
  const words = new Response(child.stderr).text();

  const ask = async (method: string, params: unknown) => {
    const asked = Promise.withResolvers<unknown>();
    const id = ++count;
    waiting.set(id, asked);
    await send({ id, method, params });
    return await asked.promise;
  };
  const stop = async () => {
    clearTimeout(timer);
    child.kill("SIGTERM");
    await Promise.allSettled([reading, words, child.status]);
    await writer.close().catch(() => {});
  };
  try {
    await ask("initialize", {
      protocolVersion: REVISION,
      capabilities: { elicitation: { form: {} } },
      clientInfo: { name: "desktop", version: "1.0.0" },
    });
  } catch (error) {
    await stop();
    throw new Error(`${program} offers no server: ${await words}`, { cause: error });
  }
  await send({ method: "notifications/initialized" });
  return { ask, [Symbol.asyncDispose]: stop };
}
