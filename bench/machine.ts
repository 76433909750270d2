// Says on what it was measured.
import type { Machine } from "./result.ts";

/** Describes this machine; what a program says about itself is cut to its version. */
export async function describeMachine(): Promise<Machine> {
  const cpuInfo = await outputOf("cat", "/proc/cpuinfo");
  const cpu = /^model name\s*:\s*(.+)$/m.exec(cpuInfo)?.[1] ?? "unknown processor";
  const gigabytes = (Deno.systemMemoryInfo().total / 1e9).toFixed(1);
  const { build: { os, arch }, version: { deno } } = Deno;
  const system = `${os} ${Deno.osRelease().split("-")[0]} (${arch})`;
  const versions: Record<string, string | null> = { deno };
  for (const [program, flag] of Object.entries({ wrk: "-v", node: "-v", go: "version", rustc: "-V" })) {
    versions[program] = /\d+\.\d+(?:\.\d+)?/.exec(await outputOf(program, flag))?.[0] ?? null;
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    hardware: `${cpu}, ${navigator.hardwareConcurrency} cores, ${gigabytes} GB, ${system}`,
    load: Math.round((Deno.loadavg()[0] ?? 0) * 10) / 10,
    versions,
  };
}

/** Empty where there is no such program. wrk says its version with an exit code of 1. */
async function outputOf(command: string, arg: string): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(command, { args: [arg], stdin: "null", stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
