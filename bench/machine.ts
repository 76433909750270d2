import type { Machine } from "./result.ts";

/** Describes this machine; what a program says about itself is cut to its version. */
export async function describeMachine(): Promise<Machine> {
  const { hardwareConcurrency } = navigator;
  return {
    date: new Date().toISOString().slice(0, 10),
    os: `${Deno.build.os} ${Deno.osRelease().split("-")[0]} (${Deno.build.arch})`,
    cpu: await cpuModel(),
    cores: hardwareConcurrency,
    memoryGb: Math.round(Deno.systemMemoryInfo().total / 1e8) / 10,
    versions: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      node: await version("node", ["--version"]),
      go: await version("go", ["version"]),
      rustc: await version("rustc", ["--version"]),
    },
  };
}

async function cpuModel(): Promise<string> {
  const text = Deno.build.os === "linux" ? await outputOf("cat", ["/proc/cpuinfo"]) : null;
  return /^model name\s*:\s*(.+)$/m.exec(text ?? "")?.[1] ?? "unknown";
}

async function version(command: string, args: readonly string[]): Promise<string | null> {
  return /\d+\.\d+(?:\.\d+)?/.exec(await outputOf(command, args) ?? "")?.[0] ?? null;
}

async function outputOf(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stderr: "null",
    })
      .output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
