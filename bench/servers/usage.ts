/** What a process has used so far. */
export interface Usage {
  /** Of all its threads, user and system. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Reads what processes use, where the system tells (Linux). */
export interface UsageReader {
  /** Null where the system does not tell. */
  read(pid: number): Promise<Usage | null>;
}

const UTIME = 11;
const STIME = 12;

/** Asks the system for the length of its clock tick once. Deno gives `/proc` only to whoever may do everything: `cat` reads it. */
export async function createUsageReader(): Promise<UsageReader> {
  if (Deno.build.os !== "linux") return { read: () => Promise.resolve(null) };
  const ticksPerSecond = Number(await textOf("getconf", ["CLK_TCK"]));
  return {
    async read(pid) {
      const text = await textOf("cat", [`/proc/${pid}/stat`, `/proc/${pid}/status`]);
      return parseUsage(text, ticksPerSecond);
    },
  };
}

/** Reads `/proc/<pid>/stat` followed by `/proc/<pid>/status` (proc(5)). Throws TypeError when it is neither. */
export function parseUsage(text: string, ticksPerSecond: number): Usage {
  // The second field is the program's name in parentheses and may hold anything, spaces and parentheses too.
  const stat = text.slice(0, text.indexOf("\n"));
  const values = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
  const ticks = Number(values[UTIME]) + Number(values[STIME]);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]);
  if (Number.isNaN(ticks) || Number.isNaN(kilobytes)) {
    throw new TypeError("Cannot read what a process uses: it has ended, or /proc is of another form");
  }
  return { cpuSeconds: ticks / ticksPerSecond, residentBytes: kilobytes * 1024 };
}

async function textOf(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args: [...args], stdin: "null", stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout);
}
