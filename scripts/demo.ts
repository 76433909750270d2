// `deno task demo`: runs everything on a throw-away folder and free ports, drives it with real MCP clients, and cleans up.
import { connectLegacy, connectModern } from "./demo/demo_client.ts";
import { runDemo } from "./demo/run_demo.ts";
import { readFirstPerson } from "./stack/read_first_person.ts";
import { signIn } from "./stack/sign_in.ts";
import { startStack } from "./stack/start_stack.ts";
import { print } from "./print.ts";

const parent = ".mana-demo";
await Deno.mkdir(parent, { recursive: true });
const data = await Deno.makeTempDir({ dir: parent });
try {
  print("Starting the embedded backend and the gateway …");
  const stack = await startStack({
    data,
    firstPerson: "demo@mana.test",
    env: { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", LOG_LEVEL: "warn" },
  });
  try {
    const { email, password } = await readFirstPerson(data);
    const token = await signIn(stack.authUrl, email, password);
    print(`sign-in           ${email} has a token for 15 minutes`);
    for (const connect of [connectModern, connectLegacy]) {
      const client = await connect({ url: stack.mcpUrl, token });
      try {
        await runDemo({ client, syncUrl: stack.syncUrl, token, now: Date.now, print: print });
      } finally {
        await client.close();
      }
    }
    print("\nAll steps went as promised.");
  } finally {
    await stack.stop();
  }
} finally {
  await Deno.remove(parent, { recursive: true });
}
