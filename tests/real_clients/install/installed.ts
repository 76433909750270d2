/** The clients of the truth lane: where each stands once it is installed, and whether it is there. */
import { print } from "../../../scripts/print.ts";
import { FOLDER, REPORT, Report, type SetName } from "./client_sets.ts";

const platform = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
const machine = Deno.build.arch;

/** The folder of the packages of an npm set, relative to the checkout. */
export const packagesOf = (set: SetName) => `${FOLDER}/${set}/node_modules`;

/** Every program that the tests start, relative to the checkout. */
export const PROGRAMS = {
  langchain: `${FOLDER}/langchain/bin/python`,
  python: `${FOLDER}/python/bin/python`,
  node: `${packagesOf("node")}/node-${platform}/bin/node`,
  claude: `${packagesOf("claude_code")}/@anthropic-ai/claude-code-${platform}/claude`,
  codex: `${packagesOf("codex")}/@openai/codex-${platform}/vendor/${machine}-unknown-linux-musl/bin/codex`,
  opencode: `${packagesOf("opencode")}/opencode-${platform}/bin/opencode`,
} as const;

/** Scripts that {@link PROGRAMS}.node runs. */
export const SCRIPTS = {
  geminiCli: `${packagesOf("gemini_cli")}/@google/gemini-cli/bundle/gemini.js`,
  inspector: `${packagesOf("inspector")}/@modelcontextprotocol/inspector/clients/launcher/build/index.js`,
  mcpRemote: `${packagesOf("mcp_remote")}/mcp-remote/dist/proxy.js`,
} as const;

/** A program of {@link PROGRAMS}. */
export type Program = keyof typeof PROGRAMS;

/** A client: its name in words, the sets that it needs, and the program that is started. */
export interface Client {
  readonly title: string;
  /**
   * Whose code decides what a model is handed. Clients that have the same code here count as one: a second program around
   * a library that hands results on as they are says nothing new of the gateway.
   */
  readonly handedBy: string;
  readonly sets: readonly SetName[];
  readonly program: Program;
}

/** Every client that is driven. */
export const CLIENTS = {
  claudeCode: {
    title: "Claude Code",
    handedBy: "Claude Code",
    sets: ["claude_code"],
    program: "claude",
  },
  codex: { title: "Codex", handedBy: "Codex", sets: ["codex"], program: "codex" },
  geminiCli: {
    title: "Gemini CLI",
    handedBy: "Gemini CLI",
    sets: ["node", "gemini_cli"],
    program: "node",
  },
  agentSdk: {
    title: "the Claude Agent SDK",
    // It starts Claude Code, which hands on the results.
    handedBy: "Claude Code",
    sets: ["node", "agent_sdk", "claude_code"],
    program: "node",
  },
  opencode: { title: "opencode", handedBy: "opencode", sets: ["opencode"], program: "opencode" },
  pythonSdk: {
    title: "the official Python SDK",
    handedBy: "the official Python SDK",
    sets: ["python"],
    program: "python",
  },
  fastMcp: { title: "FastMCP", handedBy: "the official Python SDK", sets: ["python"], program: "python" },
  inspector: {
    title: "the MCP Inspector",
    handedBy: "the official TypeScript SDK",
    sets: ["node", "inspector"],
    program: "node",
  },
  aiSdk: {
    title: "the AI SDK",
    handedBy: "the AI SDK",
    sets: ["node", "ai_sdk"],
    program: "node",
  },
  langchain: {
    title: "LangChain's adapters",
    handedBy: "LangChain's adapters",
    sets: ["langchain"],
    program: "langchain",
  },
  mcpRemote: {
    title: "mcp-remote",
    handedBy: "the official TypeScript SDK",
    sets: ["node", "mcp_remote"],
    program: "node",
  },
} as const satisfies Readonly<Record<string, Client>>;

/** Name of a client of {@link CLIENTS}. */
export type ClientName = keyof typeof CLIENTS;

/** Why a client is not installed; null when it is. Throws before an install. */
export async function whyMissing({ sets, program }: Client): Promise<string | null> {
  const report = Report.parse(JSON.parse(await Deno.readTextFile(REPORT)));
  for (const set of sets) {
    const reason = report[set];
    if (reason !== null) return reason ?? `${set} was never installed`;
  }
  return await exists(PROGRAMS[program])
    ? null
    : `its build for ${platform} is not among the pinned packages`;
}

/** Whether a test of `client` can run; where it is not installed, prints the reason. Throws before an install. */
export async function whereInstalled(client: ClientName): Promise<{ readonly ignore: boolean }> {
  const reason = await whyMissing(CLIENTS[client]);
  if (reason !== null) print(`skipped: ${CLIENTS[client].title} is not installed: ${reason}`);
  return { ignore: reason !== null };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
