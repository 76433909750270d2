import assert from "node:assert/strict";
import { z } from "zod";
import { parsePostgresAddress } from "../../sign_in/database/postgres_address.ts";
import { backendPermissions } from "../../backend/permissions.ts";
import { CACHE_VARIABLES } from "../../scripts/stack/deno_process.ts";
import { makeFolder } from "./_folder.ts";

/** A backend as a process of its own, under exactly its permissions; `await using` ends it. */
export interface BackendProcess extends AsyncDisposable {
  readonly auth: string;
  readonly sync: string;
  readonly issuer: string;
  readonly pid: number;
  /** Sends a signal and waits for the end. */
  stop(signal: Deno.Signal): Promise<{ code: number; stderr: string; stdout: string }>;
}

/** Settings besides the ports, which are 0, and the folder. */
export type BackendEnvironment = Readonly<Record<string, string>>;

const Listening = z.object({ event: z.literal("listening"), auth: z.url(), sync: z.url(), issuer: z.url() });

/** Starts a backend on a folder. @throws {AssertionError} when it ends before it listens */
export async function startBackend(
  data: string,
  environment: BackendEnvironment = {},
): Promise<BackendProcess> {
  const child = spawn(data, environment);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = child.status;
  const line = await Promise.race([stdout.line(), ended.then(() => undefined)]);
  if (line === undefined) assert.fail(`The backend ended before it listened: ${await stderr.all()}`);
  const { auth, sync, issuer } = Listening.parse(JSON.parse(line));
  const stop = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    const { code } = await ended;
    return { code, stdout: await stdout.all(), stderr: await stderr.all() };
  };
  return {
    auth,
    sync,
    issuer,
    pid: child.pid,
    stop,
    [Symbol.asyncDispose]: async () => void await stop("SIGKILL"),
  };
}

/** Runs a backend that is expected to end by itself. */
export async function runBackend(data: string, environment: BackendEnvironment) {
  const child = spawn(data, environment);
  const { code, stderr } = await child.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** A folder that outlives several processes on it. */
export { makeFolder };

function spawn(data: string, environment: BackendEnvironment): Deno.ChildProcess {
  const port = Number(environment.BACKEND_PORT ?? 0);
  const syncPort = Number(environment.BACKEND_SYNC_PORT ?? 0);
  const env: Record<string, string> = {
    BACKEND_PORT: String(port),
    BACKEND_SYNC_PORT: String(syncPort),
    BACKEND_DATA: data,
    ...environment,
  };
  for (const name of CACHE_VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const signInDatabase = parsePostgresAddress(environment.SIGN_IN_DATABASE_URL ?? "");
  const flags = backendPermissions({ host: "127.0.0.1", port, syncPort, data, signInDatabase });
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...flags, "backend/main.ts"],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads a stream to its end, and tells its first line as soon as it is there. */
function collect(stream: ReadableStream<Uint8Array>) {
  const first = Promise.withResolvers<string | undefined>();
  const all = (async () => {
    let text = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) first.resolve(text.slice(0, end));
    }
    first.resolve(undefined);
    return text;
  })();
  return { line: () => first.promise, all: () => all };
}
