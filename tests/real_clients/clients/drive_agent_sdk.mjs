/**
 * A host built with the Claude Agent SDK: one question to Claude Code, with the tools of two MCP servers and none of its own, and no
 * conversation on disk. Who is asked before something is deleted says yes.
 *
 * Reads {"packages", "claude", "env", "url", "headers": {server: {name: value}}} from its input.
 */
import { text } from "node:stream/consumers";

const { packages, claude, env, url, headers } = JSON.parse(await text(process.stdin));
const { query } = await import(`${packages}/@anthropic-ai/claude-agent-sdk/sdk.mjs`);

const servers = Object.entries(headers).map(([name, own]) => [
  name,
  { type: "http", url, headers: own, alwaysLoad: true },
]);
const conversation = query({
  prompt: "Look after my things.",
  options: {
    pathToClaudeCodeExecutable: claude,
    env,
    mcpServers: Object.fromEntries(servers),
    mcpServersDelivery: "initialize",
    strictMcpConfig: true,
    allowedTools: servers.map(([name]) => `mcp__${name}`),
    tools: [],
    permissionMode: "dontAsk",
    settingSources: [],
    persistSession: false,
    onElicitation: ({ requestedSchema }) => ({
      action: "accept",
      content: Object.fromEntries(Object.keys(requestedSchema?.properties ?? {}).map((name) => [name, true])),
    }),
  },
});
for await (const message of conversation) {
  if (message.type === "result" && message.subtype !== "success") throw new Error(JSON.stringify(message));
}
