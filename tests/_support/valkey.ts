// A real server for what gateways share: Debian's redis-server, unprivileged, without a disk, on a free port of this computer. A test
// can kill it, stop it (it then hangs with its connections open), let it go on, and start it again on the same port, empty.
import assert from "node:assert/strict";
import { freePort } from "../../scripts/stack/free_port.ts";
import { print } from "../../scripts/print.ts";

/** Where Debian has it; the task may run no other program but Deno. */
const REDIS_SERVER = "/usr/bin/redis-server";

/** Whether there is a server to try. Prints why not. */
export function isValkeyInstalled(): boolean {
  try {
    if (Deno.statSync(REDIS_SERVER).isFile) return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  print(`Not tested: what gateways share in a real store, because ${REDIS_SERVER} is not installed`);
  return false;
}

/** A running server. */
export interface Valkey extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** It hangs, its connections stay open (SIGSTOP). */
  stop(): void;
  /** It goes on after {@link stop} (SIGCONT). */
  goOn(): void;
  /** Starts it again after {@link kill}, on the same port, with nothing in it. */
  restart(): Promise<void>;
}

/** Starts a server; `settings` are lines of its configuration. */
export async function startValkey(settings: readonly string[] = []): Promise<Valkey> {
  const port = freePort();
  let running: Running | null = await start(port, settings);
  const signal = (name: Deno.Signal) => running?.child.kill(name);
  const kill = async () => {
    const ended = running;
    running = null;
    // A process that is stopped ends for this signal all the same.
    ended?.child.kill("SIGKILL");
    await ended?.child.status;
    await ended?.said;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    stop: () => signal("SIGSTOP"),
    goOn: () => signal("SIGCONT"),
    async restart() {
      assert.equal(running, null);
      running = await start(port, settings);
    },
    [Symbol.asyncDispose]: kill,
  };
}

interface Running {
  readonly child: Deno.ChildProcess;
  readonly said: Promise<string>;
}

async function start(port: number, settings: readonly string[]): Promise<Running> {
  const child = new Deno.Command(REDIS_SERVER, {
    args: ["-"],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = [
    ...settings.some((line) => /^port /.test(line)) ? [] : [`port ${port}`],
    "bind 127.0.0.1",
    'save ""',
    "appendonly no",
    ...settings.map((line) => line.replaceAll("PORT", String(port))),
  ];
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
  await writer.close();
  const { promise: ready, resolve } = Promise.withResolvers<"ready">();
  const said = (async () => {
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      if (text.length < 100_000) text += part;
      if (text.includes("eady to accept connections")) resolve("ready");
    }
    return text;
  })();
  const ended = child.status.then(() => "ended" as const);
  if (await Promise.race([ready, ended]) === "ended") assert.fail(`redis-server ended: ${await said}`);
  return { child, said };
}
