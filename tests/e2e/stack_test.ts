import assert from "node:assert/strict";
import { connectLegacy, connectModern } from "../../scripts/demo/demo_client.ts";
import { runDemo } from "../../scripts/demo/run_demo.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startGateway, startStack } from "../../scripts/stack/start_stack.ts";
import { createBrowser } from "../_support/browser.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };

Deno.test("both processes start under their own rights, both clients do the whole job, both stop in order", async () => {
  await using folder = await temporaryFolder();
  const stack = await startStack({ data: folder.path, firstPerson: "demo@mana.test", env: FREE_PORTS });
  try {
    const { email, password } = await readFirstPerson(folder.path);
    const token = await signIn(stack.authUrl, email, password);
    const printed: string[] = [];
    for (const connect of [connectModern, connectLegacy]) {
      const client = await connect({ url: stack.mcpUrl, token });
      try {
        await runDemo({
          client,
          syncUrl: stack.syncUrl,
          token,
          now: Date.now,
          print: (line) => printed.push(line),
        });
      } finally {
        await client.close();
      }
    }
    assert.equal(printed.filter((line) => line.startsWith("as stored         title: enc:1:")).length, 2);
  } finally {
    assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
  }
  const output = [...stack.gateway.lines(), ...stack.backend.lines()].join("\n");
  for (const secret of ["Buy milk", "Drink water", "A good day", "Tea with", "Lovelace", "eyJ"]) {
    assert.equal(output.includes(secret), false);
  }
});

Deno.test("unusable settings end the gateway with 78 and every problem at once", async () => {
  const gateway = startGateway({ env: { PORT: "x", POLICY_MODE: "maybe" } });
  assert.equal(await gateway.exited, 78);
  const problems = gateway.lines().map((line) => JSON.parse(line).problem);
  assert.deepEqual(problems, [
    'PORT is "x": expected a number from 0 to 65535',
    'POLICY_MODE is "maybe": expected enforce, log-only, off',
  ]);
});

Deno.test("a taken port ends the gateway with 78 and names the way out", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.ok(taken.addr.transport === "tcp");
  const gateway = startGateway({ env: { PORT: String(taken.addr.port) } });
  assert.equal(await gateway.exited, 78);
  assert.match(gateway.lines().join("\n"), /is taken by another program: set PORT to a free one, or 0/);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends the gateway with 0, an open stream notwithstanding`, async () => {
    await using folder = await temporaryFolder();
    const stack = await startStack({ data: folder.path, firstPerson: "demo@mana.test", env: FREE_PORTS });
    try {
      const { email, password } = await readFirstPerson(folder.path);
      const token = await signIn(stack.authUrl, email, password);
      const client = await connectLegacy({ url: stack.mcpUrl, token });
      assert.ok((await client.toolNames()).includes("todo_list"));
      assert.equal(await stack.gateway.stop(signal), 0);
      assert.match(stack.gateway.lines().join("\n"), /"event":"stopped"/);
      await assert.rejects(client.close(), "there is nobody left to end the session");
    } finally {
      await stack.stop();
    }
  });
}

Deno.test("the pages reach the gateway as a process, under the rights of both and at the port that was found", async () => {
  await using folder = await temporaryFolder();
  // A host of another name is allowed, so that the pages' own way has to be let in besides.
  const env = { ...FREE_PORTS, ALLOWED_HOSTS: "mcp.example.org" };
  const stack = await startStack({ data: folder.path, firstPerson: "demo@mana.test", env });
  try {
    const { email, password } = await readFirstPerson(folder.path);
    const at = stack.authUrl.replace("127.0.0.1", "localhost"); // the issuer's own spelling
    const browser = createBrowser(at, (request) => fetch(request, { redirect: "manual" }));
    const entered = await browser.submit(await browser.open("/sign-in"), "/sign-in", { email, password });
    assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
    const page = await browser.open("/activity");
    assert.equal(page.status, 200, page.html);
    const answered = stack.gateway.lines().filter((line) => line.includes('"event":"page"'));
    assert.ok(answered.some((line) => line.includes('"route":"/person/activity"')), answered.join("\n"));
    const refusals = [...stack.backend.lines(), ...stack.gateway.lines()].filter((line) =>
      /host-not-allowed|origin-not-allowed|page-token-refused/.test(line)
    );
    assert.deepEqual(refusals, []);
  } finally {
    assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
  }
});
