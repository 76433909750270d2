import assert from "node:assert/strict";
import { z } from "zod";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startBackend, startGateway } from "../../scripts/stack/start_stack.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { createHostileTools } from "./_hostile_tools.ts";
import { assertUnmarked, createMark } from "./_marks.ts";

const WRITTEN = createMark("Written");
const SENT = createMark("Sent");
const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });
const Url = z.object({ url: z.string() });

Deno.test("a real process under production flags prints no mark on either stream, whatever happens in it", async () => {
  await using folder = await temporaryFolder();
  const backend = startBackend({
    data: folder.path,
    firstPerson: "demo@mana.test",
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" },
  });
  try {
    const { auth, sync, issuer } = Listening.parse(await backend.event("listening"));
    const gateway = startGateway({
      entry: new URL("marked_gateway.ts", import.meta.url),
      env: {
        PORT: "0",
        MANA_AUTH_URL: auth,
        MANA_SYNC_URL: sync,
        JWT_ISSUER: issuer,
        MANA_SERVICE_KEY: SENT.text,
        LOG_LEVEL: "debug",
      },
    });
    try {
      const { url } = Url.parse(await gateway.event("listening"));
      const { email, password } = await readFirstPerson(folder.path);
      const token = await signIn(auth, email, password);
      const call = async (name: string, args: unknown, headers: Record<string, string> = {}) => {
        const response = await fetch(modernRequest(token, "tools/call", { name, arguments: args }, {
          url: `${url}?${SENT.text}=1`,
          headers: { "user-agent": SENT.text, ...headers },
          meta: { "io.modelcontextprotocol/clientInfo": { name: SENT.text, version: "1" } },
        }));
        return await response.text();
      };
      const created = await call("todo_create", { title: WRITTEN.text });
      assert.ok(created.includes(WRITTEN.text), created);
      await call("todo_create", { title: { [WRITTEN.text]: 1 }, [WRITTEN.text]: 1 });
      await call("todo_complete", { id: WRITTEN.text });
      const crashes: string[] = [];
      for (const { name } of createHostileTools()) crashes.push(await call(name, { text: WRITTEN.text }));
      for (
        const header of ["x-mana-space", "x-mana-time-zone", "origin", "authorization", "mcp-session-id"]
      ) {
        await call("todo_list", {}, { [header]: SENT.text });
      }
      await (await fetch(`${url}/${SENT.text}`)).body?.cancel();
      const metrics = await (await fetch(new URL("/metrics", url))).text();
      assert.ok(metrics.includes('tool="hostile.throw",outcome="handler-error"'), metrics);
      assertUnmarked([WRITTEN, SENT], { metrics, "answers of crashes": crashes.join("\n") });
      assert.equal(await gateway.stop(), 0);
      const output = gateway.lines().join("\n");
      assert.ok(output.includes('"event":"stray"'), "the promise left behind was seen");
      assertUnmarked([WRITTEN, SENT], { "stdout and stderr": output });
      for (const piece of token.split(".")) assert.equal(output.includes(piece), false);
      for (const line of gateway.lines()) assert.doesNotThrow(() => JSON.parse(line), line);
    } finally {
      await gateway.stop();
    }
  } finally {
    await backend.stop();
  }
  assertUnmarked([WRITTEN, SENT], { "the backend's output": backend.lines().join("\n") });
});
