// What a server has used so far, all its processes together, where the system tells (Linux).

/** User and system time of all threads, and resident memory. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** Of a process and of those that it started: a supervisor is measured with its workers. Null where the system does not tell. */
export async function readUsage(pid: number): Promise<Usage | null> {
  if (Deno.build.os !== "linux") return null;
  const children = (await readFiles(`/proc/${pid}/task/${pid}/children`)).split(" ").filter((word) =>
    word !== ""
  );
  let all = parseUsage(await readFiles(`/proc/${pid}/stat`, `/proc/${pid}/status`));
  for (const child of children) {
    const one = await readUsage(Number(child));
    if (one === null) continue;
    all = { cpuSeconds: all.cpuSeconds + one.cpuSeconds, residentMb: all.residentMb + one.residentMb };
  }
  return all;
}

/** Deno gives `/proc` only to whoever may do everything: `cat` reads it. */
async function readFiles(...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("cat", { args, stdin: "null", stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

/** Reads `/proc/<pid>/stat` followed by `/proc/<pid>/status` (proc(5)). Throws TypeError when it is neither. */
export function parseUsage(text: string): Usage {
  // The second field is the program's name in parentheses and may hold anything, spaces and parentheses too.
  const stat = text.slice(0, text.indexOf("\n"));
  const values = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
  const ticks = Number(values[UTIME]) + Number(values[STIME]);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]);
  if (Number.isNaN(ticks) || Number.isNaN(kilobytes)) {
    throw new TypeError("Cannot read what a process uses: it has ended, or /proc is of another form");
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentMb: kilobytes * 1024 / 1e6 };
}

/** Fields after the name. */
const [UTIME, STIME] = [11, 12];
/** USER_HZ, which Linux shows to programs on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;
