// One of the tasks of deno.json, from its start to its end.
import { CACHE_VARIABLES } from "../../scripts/stack/deno_process.ts";

/** Runs a task as somebody at a terminal does, with these lines as input and nothing of our environment but these variables; in another folder where one is named. */
export async function runTask(
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
) {
  const kept = CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    env: { ...Object.fromEntries(kept), ...env, NO_COLOR: "1" },
    clearEnv: true,
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
