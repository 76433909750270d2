import assert from "node:assert/strict";
import { z } from "zod";
import { backendPermissions } from "../../backend/permissions.ts";
import type { DenoProcess } from "../../scripts/stack/deno_process.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { MAX_DESCRIPTORS, startLimited, startLimitedGateway } from "./_limited.ts";

/** Silent connections: more than the process can take. */
const SILENT = MAX_DESCRIPTORS + 40;

/** Connects as long as somebody accepts, says nothing, and keeps the connections. */
async function connectSilently(port: number): Promise<Deno.TcpConn[]> {
  const connections: Deno.TcpConn[] = [];
  try {
    while (connections.length < SILENT) connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  } catch {
    // Refused: the listener is gone, which is what the test is about.
  }
  return connections;
}

const Health = z.object({ status: z.string() });

/** What `url` says once the listener is back. Each try waits for the process to say something, never for a time. */
async function healthAfter(process: DenoProcess, url: string): Promise<string> {
  await process.event("listener-back");
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return Health.parse(await response.json()).status;
}

async function survives(process: DenoProcess, port: number): Promise<string> {
  const health = `http://127.0.0.1:${port}/health`;
  await (await fetch(health)).body?.cancel();
  const silent = await connectSilently(port);
  try {
    assert.ok(silent.length > MAX_DESCRIPTORS / 2, String(silent.length));
    assert.equal(await healthAfter(process, health), "ok");
  } finally {
    for (const connection of silent) connection.close();
  }
  const failed = await process.event("listener-failed");
  assert.match(String(failed.problem), /^no file descriptor is left: raise the limit/);
  return await (await fetch(new URL("/metrics", health))).text();
}

function gatewayFor(port: number, more: Readonly<Record<string, string>> = {}): DenoProcess {
  return startLimitedGateway({
    PORT: String(port),
    MANA_AUTH_URL: "http://127.0.0.1:1",
    MANA_SYNC_URL: "http://127.0.0.1:2",
    ...more,
  });
}

Deno.test("the gateway answers again after silent connections have taken its last descriptor", async () => {
  const port = freePort();
  const gateway = gatewayFor(port);
  try {
    await gateway.event("listening");
    const metrics = await survives(gateway, port);
    assert.match(metrics, /^mana_mcp_listener_failures_total\{service="mana-mcp"\} [1-9]/m);
  } finally {
    assert.equal(await gateway.stop(), 0);
  }
});

Deno.test("a worker that has lost its last descriptor comes back to a port that others can still share", async () => {
  const port = freePort();
  const worker = gatewayFor(port, { WORKER: "1/1" });
  try {
    await worker.event("listening");
    await survives(worker, port);
    const other = gatewayFor(port, { WORKER: "1/1" });
    try {
      await other.event("listening");
    } finally {
      assert.equal(await other.stop(), 0);
    }
  } finally {
    assert.equal(await worker.stop(), 0);
  }
});

Deno.test("the backend answers again after silent connections have taken its last descriptor", async () => {
  await using folder = await temporaryFolder();
  const [port, syncPort] = [freePort(), freePort()];
  const backend = startLimited(
    "backend/main.ts",
    backendPermissions({ host: "127.0.0.1", port, syncPort, data: folder.path }),
    { BACKEND_PORT: String(port), BACKEND_SYNC_PORT: String(syncPort), BACKEND_DATA: folder.path },
  );
  try {
    await backend.event("listening");
    assert.match(await survives(backend, syncPort), /^mana_listener_failures_total [1-9]/m);
    await (await fetch(`http://127.0.0.1:${port}/health`)).body?.cancel();
  } finally {
    assert.equal(await backend.stop(), 0);
  }
});

Deno.test("a gateway that may not listen on its port again ends, and not with the code of success", async () => {
  const gateway = gatewayFor(0); // the right is for port 0, "any free one", and not for the one it got
  const { url } = z.object({ url: z.url() }).parse(await gateway.event("listening"));
  const silent = await connectSilently(Number(new URL(url).port));
  try {
    assert.equal(await gateway.exited, 71);
    await gateway.event("listener-lost");
  } finally {
    for (const connection of silent) connection.close();
    await gateway.stop();
  }
});
