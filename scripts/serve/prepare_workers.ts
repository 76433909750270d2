// What is found out before the first worker starts: the flags of each one, whether its settings can be used, whether the port is
// free, and whether the workers share a secret. Other processes read the settings; this one must not.

/** Prepares the start of `count` workers. Problems were printed by whoever found them. */
export async function prepareWorkers(count: number): Promise<Prepared> {
  // As a gateway that is alone: the first look tells whether a secret has to be made, without which there is no worker.
  const alone = await ask(["--allow-env", PERMISSIONS, "--check"], {});
  if (!alone.ok) return alone;
  const look = await ask([...alone.said.split(" "), LOOK_AROUND], {});
  if (!look.ok) return look;
  const secret = look.said === "NODE_SECRET is set" ? {} : { NODE_SECRET: newSecret() };
  const workers: WorkerStart[] = [];
  // One after the other: sixty at once would need the memory of sixty.
  for (let index = 1; index <= count; index++) {
    const env = { WORKER: `${index}/${count}`, ...secret };
    const asked = await ask(["--allow-env", PERMISSIONS, "--check"], env);
    if (!asked.ok) return asked;
    workers.push({ flags: asked.said.split(" "), env });
  }
  return { ok: true, workers };
}

/** How each worker is started, or the code to end with. */
export type Prepared =
  | { readonly ok: true; readonly workers: readonly WorkerStart[] }
  | { readonly ok: false; readonly code: number };

/** How a worker is started. */
export interface WorkerStart {
  readonly flags: readonly string[];
  /** On top of the supervisor's own environment. */
  readonly env: Readonly<Record<string, string>>;
}

const PERMISSIONS = new URL("../permissions.ts", import.meta.url).href;
const LOOK_AROUND = new URL("look_around.ts", import.meta.url).href;
const SECRET_BYTES = 32;

/** Good as long as this process lives: what the workers made goes on at each of them, and nowhere else. */
function newSecret(): string {
  return `1:${crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64()}`;
}

async function ask(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly ok: true; readonly said: string } | { readonly ok: false; readonly code: number }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).output();
  return code === 0 ? { ok: true, said: new TextDecoder().decode(stdout).trim() } : { ok: false, code };
}
