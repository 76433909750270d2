// What the system says of a gateway's process. Read by `cat`, since Deno reads nothing below /proc without the right to read all.

/** Memory of a process that is in RAM, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readProc(`/proc/${pid}/status`))?.[1];
  if (kilobytes === undefined) throw new Error(`No memory is told of process ${pid}`);
  return Number(kilobytes) * 1024;
}

/** Connections that somebody has to this port of 127.0.0.1, as the side that accepted them counts them (proc(5), net/tcp). */
export async function connectionsTo(pid: number, port: number): Promise<number> {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = (await readProc(`/proc/${pid}/net/tcp`)).split("\n");
  return lines.filter((line) => {
    const [, address, , state] = line.trim().split(/\s+/);
    return address === local && state === ESTABLISHED;
  }).length;
}

const ESTABLISHED = "01";

async function readProc(path: string): Promise<string> {
  const { stdout, success } = await new Deno.Command("/usr/bin/cat", { args: [path], clearEnv: true })
    .output();
  if (!success) throw new Error(`Cannot read ${path}`);
  return new TextDecoder().decode(stdout);
}
