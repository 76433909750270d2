/** Starts a client as a person would, in a home of its own, and ends it when it takes too long. */
import { type Program, PROGRAMS } from "./install/installed.ts";

/** How to start a client. */
export interface ClientRun {
  readonly program: Program;
  readonly args: readonly string[];
  /** The client's home, inside `.mana-test`; it works in it too. */
  readonly home: string;
  /** On top of a bare environment: nothing of ours is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Longest time for it; {@link CLIENT_MS} by default. */
  readonly mostMs?: number;
}

/** How a client ended. */
export interface ClientEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longest time for one client: the slowest takes a tenth of it on an idle machine. */
export const CLIENT_MS = 90_000;

/** The whole environment of a client, but for what it is given: the ways out lead to `outside`. */
export function bareEnv(home: string): Record<string, string> {
  return { PATH: "/usr/bin:/bin", HOME: home, LANG: "C.UTF-8" };
}

/** Starts a client with nothing but {@link bareEnv} and what it is given. */
export async function spawnClient(
  { program, args, home, env = {} }: ClientRun,
  stdin: "null" | "piped",
): Promise<Deno.ChildProcess> {
  const root = await Deno.realPath(".");
  return new Deno.Command(`${root}/${PROGRAMS[program]}`, {
    args: [...args],
    cwd: home,
    env: { ...bareEnv(home), ...env },
    clearEnv: true,
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs a client to its end. Throws when it has not ended after `mostMs`; it is killed then. */
export async function runClient(
  { program, args, home, env = {}, input, mostMs = CLIENT_MS }: ClientRun,
): Promise<ClientEnd> {
  const child = await spawnClient({ program, args, home, env }, input === undefined ? "null" : "piped");
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, mostMs);
  try {
    const [output] = await Promise.all([
      child.output(),
      input === undefined ? null : write(child.stdin, input),
    ]);
    const text = new TextDecoder();
    const [stdout, stderr] = [text.decode(output.stdout), text.decode(output.stderr)];
    if (isLate) throw new Error(`${program} was still running after ${mostMs} ms:\n${stdout}\n${stderr}`);
    return { code: output.code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

async function write(stdin: WritableStream<Uint8Array<ArrayBuffer>>, input: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
}
