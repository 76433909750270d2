// Starts the program that plays the auth service, and speaks with it. It is a process of its own because its better-auth is
// an older one than the product's, with packages of its own (auth_program/packages.json, packages.lock), and because its
// `Date` is replaced, so that sessions, JWTs, codes and the limiter live by the test's clock.
import { CACHE_VARIABLES } from "../../../scripts/stack/deno_process.ts";
import { TextLineStream } from "./text_lines.ts";
import { type AuthSettings, type Command, type Question, Reply } from "./wire.ts";

/** The auth service as a process, without a port; `await using` ends it. */
export interface AuthProcess extends AsyncDisposable {
  readonly ask: (request: Request) => Promise<Response>;
  /** Lets something happen elsewhere. @throws {Error} when it cannot, as for an unknown person */
  readonly command: (command: Command) => Promise<unknown>;
}

/** Starts it. Each line carries what `now` says, in milliseconds since 1970. */
export function startAuthProcess(settings: AuthSettings, now: () => number): AuthProcess {
  const child = spawn();
  const input = child.stdin.getWriter();
  const waiting = new Map<number, PromiseWithResolvers<Reply>>();
  const stderr = new Response(child.stderr).text();
  const reading = readReplies(child.stdout, waiting).then(async () => {
    const ended = new Error(`The auth service's program ended: ${await stderr}`);
    for (const { reject } of waiting.values()) reject(ended);
  });
  let count = 0;
  const send = async (question: Omit<Question, "id" | "now">): Promise<Reply> => {
    const id = count++;
    const answered = Promise.withResolvers<Reply>();
    waiting.set(id, answered);
    const line = `${JSON.stringify({ id, now: now(), ...question })}\n`;
    input.write(new TextEncoder().encode(line)).catch(answered.reject);
    const reply = await answered.promise.finally(() => waiting.delete(id));
    if (reply.failed !== undefined) throw new Error(reply.failed);
    return reply;
  };
  const ready = send({ settings });
  ready.catch(() => {});
  return {
    async ask(request) {
      await ready;
      const { method, url, headers } = request;
      const body = request.body === null ? null : (await request.bytes()).toBase64();
      const { response } = await send({ request: { method, url, headers: [...headers], body } });
      if (response === undefined) throw new Error("The auth service's program answered without a response");
      return new Response(response.body === null ? null : Uint8Array.fromBase64(response.body), {
        status: response.status,
        headers: response.headers,
      });
    },
    async command(command) {
      await ready;
      return (await send({ command })).result;
    },
    async [Symbol.asyncDispose]() {
      await input.close().catch(() => {}); // it has ended already
      await Promise.all([reading, child.status]);
    },
  };
}

const PROGRAM = new URL("auth_program/", import.meta.url);

/** Under its own packages, and without any right. Its types are checked, since the product's check leaves it out. */
function spawn() {
  const env = Object.fromEntries(CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--ignore-env",
      "--check",
      `--config=${new URL("packages.json", PROGRAM).pathname}`,
      new URL("main.ts", PROGRAM).href,
    ],
    clearEnv: true,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function readReplies(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
  waiting: ReadonlyMap<number, PromiseWithResolvers<Reply>>,
): Promise<void> {
  const lines = stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const reply = Reply.parse(JSON.parse(line));
    waiting.get(reply.id)?.resolve(reply);
  }
}
