import assert from "node:assert/strict";
import { createGate } from "../../lib/policy/gate.ts";
import { createMetrics } from "../../lib/observe/metrics.ts";
import { pushesOf } from "../_support/device.ts";
import { call, callOk, callRefused, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";
import { TOOLS } from "../_support/modules.ts";

Deno.test("fail-open on exception: a policy gate that throws denies, in every mode that judges", async () => {
  const [tool] = TOOLS;
  assert.ok(tool);
  const principal = { issuer: "i", subject: "s", role: "user", scopes: null, client: null, expiresAt: 0 };
  for (const mode of ["enforce", "log-only"] as const) {
    const gate = createGate({
      mode,
      rateLimiter: {
        take() {
          throw new Error("the store is gone");
        },
      },
      limits: { reads: 1, writes: 1 },
      maxConcurrent: 1,
      metrics: createMetrics(),
    });
    const verdict = await gate.enter(tool, principal, {});
    assert.deepEqual([verdict.blocked, verdict.decision.reason], [true, "gate-failure"]);
  }
});

Deno.test("fail-open on exception: a look-up of spaces or keys that breaks writes and shows nothing", async () => {
  for (const part of ["/organization/list", "/encryption-vault/"]) {
    await using world = await createWorld();
    const anna = await world.person("anna");
    for (
      const broken of [
        () => Promise.reject(new RangeError("broken")),
        () => Response.json(null),
        () => Response.json({}),
        () => Response.json("x"),
        () => new Response("", { status: 200 }),
        () => new Response("", { status: 204 }),
        () => new Response("", { status: 500 }),
      ]
    ) {
      world.clock.now += 6 * 60_000;
      await anna.refresh();
      world.intercept = (request) => request.url.includes(part) ? broken() : undefined;
      const outcome = await call(world, anna, "notes_create", { title: "x" });
      assert.equal(outcome.ok, false, part);
      assert.equal(pushesOf(world).length, 0, part);
    }
  }
});

Deno.test("rate-limit evasion by name form: both names of a tool draw on one budget", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "4", MCP_TOOL_NAMES: "dotted" } });
  const anna = await world.person("anna");
  for (const name of ["todo.create", "todo_create", "todo.create", "todo_create"]) {
    await callOk(world, anna, name, { title: "x" });
  }
  for (const name of ["todo.create", "todo_create"]) {
    assert.match(await callRefused(world, anna, name, { title: "x" }), /rate-limit-exceeded/);
  }
  for (const name of ["TODO_CREATE", "todo-create", "todo__create", " todo_create", "todo.create\u200b"]) {
    const answer = await rpc(world, anna, "tools/call", { name, arguments: { title: "x" } }, {
      headers: { "mcp-name": /^[\x21-\x7e]+$/.test(name) ? name : "todo_create" },
    });
    assert.ok(answer.body.error !== undefined, answer.text);
  }
  assert.equal(pushesOf(world).length, 4);
});
