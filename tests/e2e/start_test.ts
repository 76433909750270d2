import assert from "node:assert/strict";
import { CACHE_VARIABLES } from "../../scripts/stack/deno_process.ts";
import { oddClone } from "../_support/odd_clone.ts";

/** Three ports that are free now. */
function freePorts(): [string, string, string] {
  const listeners = [0, 0, 0].map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? String(addr.port) : "");
  for (const listener of listeners) listener.close();
  return [ports[0] ?? "", ports[1] ?? "", ports[2] ?? ""];
}

/** A task as somebody at a terminal in this clone runs it, with these settings and nothing else of our environment. */
function task(cwd: string, args: string[], env: Record<string, string>): Deno.Command {
  const kept = CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd,
    env: { ...Object.fromEntries(kept), ...env, NO_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

// In a clone, and on a data folder, whose names break whatever does not quote and decode: what works there works anywhere.
Deno.test("the README's first commands: start, token, doctor, permissions, and what start prints works", async () => {
  await using clone = await oddClone();
  const [PORT, BACKEND_PORT, BACKEND_SYNC_PORT] = freePorts();
  const env = { PORT, BACKEND_PORT, BACKEND_SYNC_PORT, BACKEND_DATA: "./my data, #2 %41" };
  const started = task(clone.path, ["start"], env).spawn();
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

    assert.ok(printed.includes(`data         ${await Deno.realPath(clone.path)}/my data, #2 %41\n`), printed);
    const made = await Array.fromAsync(Deno.readDir(`${clone.path}/my data, #2 %41`), ({ name }) => name);
    assert.ok(made.includes("auth.sqlite") && made.includes("secrets.json"), made.join());
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

    const fresh = await task(clone.path, ["token"], env).output();
    assert.match(text(fresh.stdout), /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const services = {
      MANA_AUTH_URL: `http://127.0.0.1:${BACKEND_PORT}`,
      MANA_SYNC_URL: `http://127.0.0.1:${BACKEND_SYNC_PORT}`,
      JWT_ISSUER: `http://localhost:${BACKEND_PORT}`,
    };
    const doctor = await task(clone.path, ["doctor"], { ...services, MANA_TOKEN: text(fresh.stdout).trim() })
      .output();
    assert.equal(doctor.code, 0, text(doctor.stdout));
    assert.match(text(doctor.stdout), /✓ rights are exactly what the gateway needs/);
    assert.match(text(doctor.stdout), /✓ sync service takes the token/);
    const permissions = await task(clone.path, ["permissions"], { ...services, PORT }).output();
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
  assert.match(printed, /^Stopping …$/m);
  assert.match(printed, /gateway: .*"event":"stopped"/);
  assert.match(printed, /backend: .*"event":"stopped"/);
});

Deno.test("demo, compile and serve work from such a clone too", async () => {
  await using clone = await oddClone();
  const demo = await task(clone.path, ["demo"], {}).output();
  assert.equal(demo.code, 0, text(demo.stdout) + text(demo.stderr));
  assert.match(text(demo.stdout), /All steps went as promised\.\n$/);
  assert.equal(text(demo.stderr), "");

  // The tests' own runtime is packed, since no other one may be loaded here.
  const services = { MANA_AUTH_URL: "https://auth.mana.test", MANA_SYNC_URL: "https://sync.mana.test" };
  const compiled = await task(clone.path, ["compile", "my gateway"], {
    ...services,
    DENORT_BIN: Deno.execPath(),
  })
    .output();
  assert.equal(compiled.code, 0, text(compiled.stderr));
  assert.ok((await Deno.stat(`${clone.path}/my gateway`)).isFile);

  const serve = await task(clone.path, ["serve"], { PORT: "x" }).output();
  assert.equal(serve.code, 78, text(serve.stderr));
  assert.match(text(serve.stdout), /PORT is \\"x\\"/);
});
