import assert from "node:assert/strict";
import { CACHE_VARIABLES } from "../../scripts/deno_process.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

/** Three ports that are free now. */
function freePorts(): [string, string, string] {
  const listeners = [0, 0, 0].map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? String(addr.port) : "");
  for (const listener of listeners) listener.close();
  return [ports[0] ?? "", ports[1] ?? "", ports[2] ?? ""];
}

/** A task as somebody at a terminal runs it, with these settings and nothing else of our environment. */
function task(args: string[], env: Record<string, string>): Deno.Command {
  const kept = CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    env: { ...Object.fromEntries(kept), ...env, NO_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("the README's first commands: start, token, doctor, permissions, and what start prints works", async () => {
  await using folder = await temporaryFolder();
  const [PORT, BACKEND_PORT, BACKEND_SYNC_PORT] = freePorts();
  const env = { PORT, BACKEND_PORT, BACKEND_SYNC_PORT, BACKEND_DATA: `${folder.path}/data` };
  const started = task(["start"], env).spawn();
  const errors = new Response(started.stderr).text();
  let printed = "";
  try {
    const reader = started.stdout.pipeThrough(new TextDecoderStream()).getReader();
    while (!printed.includes("Ctrl-C stops it.")) {
      const part = await reader.read();
      assert.equal(part.done, false, `${printed}\n${part.done ? await errors : ""}`);
      printed += part.value;
    }
    // The rest has to be read, or a full pipe would hold the program up.
    const rest = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) printed += part.value;
    })();

    assert.ok(printed.includes(`claude mcp add --transport http mana http://127.0.0.1:${PORT}/mcp`));
    const token = /Authorization: Bearer ([\w.-]+)/.exec(printed)?.[1];
    const body = / -d '(\{.*\})'/.exec(printed)?.[1];
    assert.ok(token && body, printed);
    const asPrinted = await fetch(`http://127.0.0.1:${PORT}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: `Bearer ${token}`,
      },
      body,
    });
    assert.equal(asPrinted.status, 200);
    assert.match(await asPrinted.text(), /activeSpaceId/);
    const page = await fetch(`http://127.0.0.1:${PORT}/`);
    assert.match(await page.text(), /Connect your assistant/);

    const fresh = await task(["token"], env).output();
    assert.match(text(fresh.stdout), /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const services = {
      MANA_AUTH_URL: `http://127.0.0.1:${BACKEND_PORT}`,
      MANA_SYNC_URL: `http://127.0.0.1:${BACKEND_SYNC_PORT}`,
      JWT_ISSUER: `http://localhost:${BACKEND_PORT}`,
    };
    const doctor = await task(["doctor"], { ...services, MANA_TOKEN: text(fresh.stdout).trim() }).output();
    assert.equal(doctor.code, 0, text(doctor.stdout));
    assert.match(text(doctor.stdout), /✓ rights are exactly what the gateway needs/);
    assert.match(text(doctor.stdout), /✓ sync service takes the token/);
    const permissions = await task(["permissions"], { ...services, PORT }).output();
    assert.ok(text(permissions.stdout).includes(`--allow-net=127.0.0.1:${PORT},127.0.0.1:${BACKEND_PORT}`));

    started.kill("SIGINT");
    await rest;
  } finally {
    try {
      started.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    await started.status;
    await errors;
  }
  assert.match(printed, /gateway: .*"event":"stopped"/);
  assert.match(printed, /backend: .*"event":"stopped"/);
});
