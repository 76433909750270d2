/** Starts Claude Code in a home of its own, with a stand-in for its model. */
import { CLIENT_MS, type ClientEnd, runClient } from "../run_client.ts";

/** Off: everything that would ask somebody else than the model. */
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_AUTOUPDATER: "1",
};

/** What Claude Code is told in its environment: where its model is, and to ask nobody else. */
export function claudeEnv(modelUrl: string): Record<string, string> {
  return {
    ...QUIET,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: "sk-ant-stand-in",
    ENABLE_TOOL_SEARCH: "false",
  };
}

/** How to start it. */
export interface ClaudeRun {
  readonly home: string;
  /** As its configuration has them, by name. */
  readonly mcpServers: Readonly<Record<string, unknown>>;
  /** The servers whose tools it may call without asking. */
  readonly allowed: readonly string[];
  readonly prompt: string;
  readonly modelUrl: string;
  /** The environment that closes every other way out. */
  readonly outside: Readonly<Record<string, string>>;
  /** Longest time for it; the usual one by default. */
  readonly mostMs?: number;
}

/** Runs it to its end: one conversation, without a person. */
export function runClaude(
  { home, mcpServers, allowed, prompt, modelUrl, outside, mostMs = CLIENT_MS }: ClaudeRun,
): Promise<ClientEnd> {
  return runClient({
    program: "claude",
    home,
    mostMs,
    args: [
      ...["--print", "--output-format", "json", "--model", "claude-sonnet-4-5"],
      ...["--strict-mcp-config", "--mcp-config", JSON.stringify({ mcpServers })],
      ...["--allowedTools", allowed.map((server) => `mcp__${server}`).join(","), "--", prompt],
    ],
    env: { ...outside, ...claudeEnv(modelUrl) },
  });
}
