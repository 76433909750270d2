// The runner as a process under exactly its own rights, before a real backend and a real gateway; a door in front of the gateway holds
// calls back where a test wants a tick to be in the middle.
import assert from "node:assert/strict";
import { z } from "zod";
import { readPersonaSecrets } from "../../../backend/data_folder/ensure_persona_secrets.ts";
import { derivePersonaPassword } from "../../../process/derive_persona_password.ts";
import { runnerFlags } from "../../../runner/settings/permissions.ts";
import { parseSettings } from "../../../runner/settings/settings.ts";
import { type DenoProcess, startDeno } from "../../../scripts/stack/deno_process.ts";
import { signIn } from "../../../scripts/stack/sign_in.ts";
import { startStack } from "../../../scripts/stack/start_stack.ts";
import { makeFolder } from "../../backend/_folder.ts";
import { personaOf } from "./runner_world.ts";

/** Starts a process of the runner with these settings, and exactly the rights for them unless a test wants others. */
export function startRunner(
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): DenoProcess {
  const parsed = parseSettings(env);
  return startDeno({
    name: "The runner",
    args: [
      ...runnerFlags(parsed.ok ? parsed.settings : null),
      ...more,
      new URL("../../../runner/main.ts", import.meta.url).href,
    ],
    env,
  });
}

/** Backend, gateway and a door in front of it, with these personas. */
export async function startServices(names: readonly string[]): Promise<RunningServices> {
  const folder = await makeFolder();
  const stack = await startStack({
    data: folder.path,
    env: { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", BACKEND_PERSONAS: "on", LOG_LEVEL: "warn" },
  });
  const secrets = await readPersonaSecrets(folder.path) ?? assert.fail("the backend made no secrets");
  const token = await signIn(stack.authUrl, "operator@mana.test", secrets.operatorPassword);
  for (const name of names) {
    const { email, archetype, systemPrompt, moduleMix, tickCadence } = personaOf(name);
    const password = await derivePersonaPassword(secrets.seedSecret, email);
    const made = await fetch(`${stack.authUrl}/api/v1/personas/admin`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ email, password, archetype, systemPrompt, moduleMix, tickCadence }),
    });
    assert.equal(made.status, 200, await made.text());
  }
  const door = openDoor(new URL(stack.mcpUrl).origin);
  return {
    door,
    env: {
      PERSONAS_PORT: "0",
      MANA_AUTH_URL: stack.issuer,
      MANA_MCP_URL: door.url,
      MANA_PERSONAS_KEY: secrets.key,
      PERSONA_SEED_SECRET: secrets.seedSecret,
    },
    async ticks() {
      const answer = await fetch(`${stack.authUrl}/api/v1/personas/internal/report`, {
        headers: { "x-service-key": secrets.key },
      });
      return Report.parse(await answer.json()).personas.flatMap(({ ticks }) => ticks);
    },
    async [Symbol.asyncDispose]() {
      await door.close();
      await stack.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** What runs. */
export interface RunningServices extends AsyncDisposable {
  readonly door: Door;
  /** Settings of a runner before these services. */
  readonly env: Readonly<Record<string, string>>;
  /** All ticks of everybody, as the personas API reports them. */
  ticks(): Promise<readonly z.infer<typeof Tick>[]>;
}

const Tick = z.object({
  tickId: z.string(),
  ending: z.string(),
  actions: z.array(z.object({ id: z.string(), toolName: z.string() })),
});
const Report = z.object({ personas: z.array(z.looseObject({ ticks: z.array(Tick) })) });

/** A door in front of the gateway. */
export interface Door {
  readonly url: string;
  /** Resolves when so many calls have come; the last one is held back until {@link Door.release}. */
  holdAt(calls: number): Promise<void>;
  release(): void;
  calls(): number;
  close(): Promise<void>;
}

function openDoor(gateway: string): Door {
  let [calls, heldAt] = [0, Infinity];
  let held = Promise.withResolvers<void>();
  let released = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host");
    const body = await request.text();
    if (headers.get("mcp-method") === "tools/call" && ++calls >= heldAt) {
      held.resolve();
      await released.promise;
    }
    const init = { method: request.method, headers, ...(body === "" ? {} : { body }) };
    return await fetch(gateway + pathname + search, init).catch(() => new Response(null, { status: 502 }));
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async holdAt(count) {
      [heldAt, held, released] = [count, Promise.withResolvers(), Promise.withResolvers()];
      await held.promise;
    },
    release() {
      heldAt = Infinity;
      released.resolve();
    },
    calls: () => calls,
    close: () => {
      released.resolve();
      return server.shutdown();
    },
  };
}
