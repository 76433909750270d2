import { readFirstPerson } from "./first_person_file.ts";
import { signIn } from "./sign_in.ts";
import { startStack } from "./stack.ts";
import { print } from "./print.ts";

/** Starts the embedded backend and the gateway, says how to connect, and runs until Ctrl-C. */
const SETTINGS = [
  "PORT",
  "HOST",
  "CORS_ORIGINS",
  "ALLOWED_HOSTS",
  "MANA_MCP_CLIENT_ID",
  "POLICY_MODE",
  "MCP_TOOL_NAMES",
  "REQUIRE_SEALED",
  "LOG_LEVEL",
  "JWT_AUDIENCE",
  "MANA_SERVICE_KEY",
  "BACKEND_PORT",
  "BACKEND_SYNC_PORT",
];
const DATA = Deno.env.get("BACKEND_DATA") || "./.mana";
const FIRST_PERSON = "demo@mana.test";

const env: Record<string, string> = {};
for (const name of SETTINGS) {
  const value = Deno.env.get(name);
  if (value !== undefined) env[name] = value;
}
let stack;
try {
  stack = await startStack({
    data: DATA,
    firstPerson: FIRST_PERSON,
    env,
    onLine: (source, line) => print(`${source}: ${line}`),
  });
} catch (error) {
  print(error instanceof Error ? error.message : String(error));
  Deno.exit(78);
}
const { email, password } = await readFirstPerson(DATA);
const token = await signIn(stack.authUrl, email, password);
const body = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "spaces_list", arguments: {} },
});
const mcpJson = {
  mcpServers: {
    mana: { type: "http", url: stack.mcpUrl, headers: { Authorization: "Bearer ${MANA_TOKEN}" } },
  },
};
print(`
mana-mcp is running.

  MCP URL      ${stack.mcpUrl}
  data         ${await Deno.realPath(DATA)}
  person       ${email}
  password     ${password}

A token lasts 15 minutes; another one any time: deno task --quiet token

Claude Code:
  claude mcp add --transport http mana ${stack.mcpUrl} --header "Authorization: Bearer $(deno task --quiet token)"

.mcp.json (with MANA_TOKEN in the environment):
  ${JSON.stringify(mcpJson)}

curl:
  curl -s ${stack.mcpUrl} -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \\
    -H 'Authorization: Bearer ${token}' -d '${body}'

Ctrl-C stops it.
`);
const running = stack;
const stop = async () => {
  const codes = await running.stop();
  Deno.exit(codes.gateway || codes.backend);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => void stop());
// When one of the two ends by itself, the other is of no use.
await Promise.race([running.gateway.exited, running.backend.exited]);
await stop();
