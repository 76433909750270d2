// `deno task start`: starts the embedded backend and the gateway on the folder it is started in, says how to connect, runs
// until Ctrl-C.
import { readFirstPerson } from "./stack/read_first_person.ts";
import { SETTING_NAMES, TELEMETRY_NAMES } from "./stack/setting_names.ts";
import { signIn } from "./stack/sign_in.ts";
import { startStack } from "./stack/start_stack.ts";
import { print } from "./print.ts";

const DATA = ".";
const FIRST_PERSON = "demo@mana.test";

const env: Record<string, string> = {};
for (const name of [...SETTING_NAMES, ...TELEMETRY_NAMES]) {
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
const mcpJson = { mcpServers: { mana: { type: "http", url: stack.mcpUrl } } };
// Started through npx, there is no `deno` to type.
const deno = Deno.execPath().includes("node_modules") ? "npx -y deno@2.9.6" : "deno";
print(`
mana-mcp is running.

  MCP URL      ${stack.mcpUrl}
  page         ${new URL("/", stack.mcpUrl)} (how to connect each client)
  data         ${await Deno.realPath(DATA)}
  person       ${email}
  password     ${password}

Claude Code (a browser opens, you sign in and choose):
  claude mcp add --transport http mana ${stack.mcpUrl}

.mcp.json:
  ${JSON.stringify(mcpJson)}

curl (with a token of your own; it lasts 15 minutes, another one: ${deno} task --quiet token):
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
