// What a test does to processes that it did not start itself: the children of the task. Only a Deno with more rights than the tests
// can look at them and end them, so one is started for it.
import { z } from "zod";

/** A process below another, with its own number of `WORKER`; null for a process that is no worker. */
const Descendants = z.array(z.object({ pid: z.number(), parent: z.number(), worker: z.string().nullable() }));

/** Every process that descends from `root`, children before grandchildren. Linux only. */
export async function descendantsOf(root: number): Promise<z.infer<typeof Descendants>> {
  return Descendants.parse(JSON.parse(
    await evaluate(`
    const all = [];
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^[0-9]+$/.test(name)) continue;
      try {
        const stat = Deno.readTextFileSync("/proc/" + name + "/stat");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        const env = Deno.readTextFileSync("/proc/" + name + "/environ").split("\\0");
        const worker = env.find((entry) => entry.startsWith("WORKER="))?.slice(7) ?? null;
        all.push({ pid: Number(name), parent, worker });
      } catch { /* it has ended, or is somebody else's */ }
    }
    const found = [];
    for (let parents = [${root}]; parents.length > 0;) {
      const children = all.filter(({ parent }) => parents.includes(parent));
      found.push(...children);
      parents = children.map(({ pid }) => pid);
    }
    console.log(JSON.stringify(found));
  `),
  ));
}

/** Sends a signal; by default the one that ends a process without a word to it. */
export async function signalProcess(pid: number, signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
  await evaluate(`Deno.kill(${pid}, "${signal}")`);
}

async function evaluate(code: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
