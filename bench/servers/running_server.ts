// The servers that are measured: their names in results, their titles in tables, and how a program becomes one.
import { startProcess } from "./process.ts";

/** What a server is called in tables, by its name in results. */
export const SERVER_TITLES = {
  gateway: "mana-mcp",
  floor: "bare Deno.serve",
  "mcp-server": "SDK McpServer on Deno",
  "mcp-server-tuned": "SDK McpServer, tuned",
  fastmcp: "FastMCP on Node",
  go: "Go SDK",
  rust: "Rust SDK",
  proxy: "bare Deno proxy",
  upstream: "upstream stub, direct",
} as const;

/** See {@link SERVER_TITLES}. */
export type ServerName = keyof typeof SERVER_TITLES;

/** A server that answers. */
export interface RunningServer {
  readonly name: ServerName;
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Of several processes, the one that started the others. */
  readonly pid: number;
  /** From the start of the process to its word that it listens. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/**
 * Starts a program that listens on PORT of its environment and says so by a line with the word `listening`, as often as it has
 * workers. Throws Error when it ends before, with what it said.
 */
export async function startServer(
  name: ServerName,
  command: string,
  options: Deno.CommandOptions,
  workers = 1,
): Promise<RunningServer> {
  const started = performance.now();
  const port = options.env?.PORT ?? String(freePort());
  const env = { ...options.env, PORT: port };
  const { pid, line, drain, stop } = startProcess(name, command, { ...options, env });
  for (let listening = 0; listening < workers;) {
    if (/^listening$|"listening"/.test(await line())) listening++;
  }
  const startMs = performance.now() - started;
  drain();
  return { name, host: `127.0.0.1:${port}`, pid, startMs, stop };
}

/** A port that nothing listens on right now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
