/** Every server that is measured, as it is called in results, in the order of tables. */
export const SERVER_NAMES = [
  "gateway",
  "floor",
  "mcp-server",
  "mcp-server-tuned",
  "fastmcp",
  "go",
  "rust",
  "proxy",
  "least-proxy",
  "upstream",
] as const;

/** See {@link SERVER_NAMES}. */
export type ServerName = typeof SERVER_NAMES[number];

/** What a server is called in tables and charts. */
export const SERVER_TITLES: Readonly<Record<ServerName, string>> = {
  gateway: "mana-mcp",
  floor: "bare Deno.serve",
  "mcp-server": "SDK McpServer on Deno",
  "mcp-server-tuned": "SDK McpServer, tuned",
  fastmcp: "FastMCP on Node",
  go: "Go SDK",
  rust: "Rust SDK",
  proxy: "bare Deno proxy",
  "least-proxy": "least Deno proxy",
  upstream: "upstream stub, direct",
};

/** A server that answers. */
export interface RunningServer {
  readonly name: ServerName;
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  readonly pid: number;
  /** From the start of the process to its word that it listens. */
  readonly startMs: number;
  stop(): Promise<void>;
}
