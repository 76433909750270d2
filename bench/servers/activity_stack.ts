// The embedded backend with people whose apps have changed a lot, and a gateway of its own in front of it.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Caller } from "../wrk/write_requests.ts";
import { startGateway } from "./gateway.ts";
import { startProcess } from "./process.ts";
import { freePort, type RunningServer } from "./running_server.ts";

/** Both, running. */
export interface ActivityStack {
  readonly gateway: RunningServer;
  /** Shows the page of a person, by their number; resolves to its calls. Throws Error where the page shows none. */
  show(person: number): Promise<number>;
  /** The people, each by the header with their token. */
  callers(): Promise<Caller[]>;
  stop(): Promise<void>;
}

/** Starts them. Throws Error when one of them does not come up. */
export async function startActivityStack(people: number, changes: number): Promise<ActivityStack> {
  const port = freePort();
  const gatewayPort = freePort();
  const url = `http://127.0.0.1:${port}`;
  const main = fileURLToPath(new URL("./activity_backend.ts", import.meta.url));
  const backend = startProcess("The embedded backend", Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--allow-net=127.0.0.1",
      "--allow-env=PORT,GATEWAY_PORT,PEOPLE,CHANGES",
      "--ignore-env",
      main,
    ],
    env: {
      PORT: String(port),
      GATEWAY_PORT: String(gatewayPort),
      PEOPLE: String(people),
      CHANGES: String(changes),
    },
  });
  await backend.line();
  backend.drain();
  const gateway = await startGateway(url, undefined, { PORT: String(gatewayPort) });
  return {
    gateway,
    async show(person) {
      const response = await fetch(`${url}/bench/activity?person=${person}`);
      const text = await response.text();
      const shown = Shown.safeParse(JSON.parse(text));
      if (!shown.success) throw new Error(`The page shows nothing: ${text.slice(0, 500)}`);
      return shown.data.answer.calls.length;
    },
    async callers() {
      const response = await fetch(`${url}/bench/tokens`);
      const tokens = z.array(z.string()).parse(await response.json());
      return tokens.map((token) => ({ authorization: `Bearer ${token}` }));
    },
    async stop() {
      await gateway.stop();
      await backend.stop();
    },
  };
}

const Shown = z.object({
  ok: z.literal(true),
  answer: z.object({ calls: z.array(z.unknown()).min(1), missing: z.array(z.unknown()).max(0) }),
});
