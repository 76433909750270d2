// `deno task start`: starts the embedded backend and the gateway on the folder it is started in, says how to connect, runs
// until Ctrl-C.
import { readFirstPerson } from "./stack/read_first_person.ts";
import { SETTING_NAMES, TELEMETRY_NAMES } from "./stack/setting_names.ts";
import { signIn } from "./stack/sign_in.ts";
import { type Stack, startStack } from "./stack/start_stack.ts";
import { listenForStop } from "./stack/stop_signals.ts";
import { print } from "./print.ts";

const DATA = ".";
const FIRST_PERSON = "demo@mana.test";
/** EX_CONFIG of sysexits.h. */
const CANNOT_START = 78;

const env: Record<string, string> = {};
for (const name of [...SETTING_NAMES, ...TELEMETRY_NAMES]) {
  const value = Deno.env.get(name);
  if (value !== undefined) env[name] = value;
}
const signals = listenForStop({
  addSignalListener: Deno.addSignalListener,
  elapsed: () => performance.now(),
});
Deno.exit(await run());

/** Runs until a signal comes or one of the two processes ends; resolves with the exit code. */
async function run(): Promise<number> {
  let stack;
  try {
    stack = await startStack({
      data: DATA,
      firstPerson: FIRST_PERSON,
      env,
      onLine: (source, line) => print(`${source}: ${line}`),
      // Ctrl-C reaches this process alone: whoever hears it twice would stop in the middle of a request.
      ownGroupUntil: signals.atOnce,
    });
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return CANNOT_START;
  }
  try {
    if (!signals.isAsked()) await sayHow(stack);
    // When one of the two ends by itself, the other is of no use.
    await Promise.race([signals.asked, stack.gateway.exited, stack.backend.exited]);
  } finally {
    // Whatever went wrong above: no process outlives the task.
    await stack.stop();
  }
  const codes = await stack.stop();
  return codes.gateway || codes.backend;
}

/** Says how to connect. */
async function sayHow(stack: Stack): Promise<void> {
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
}
