// How the Agent SDK is started: everything that is open by default and closed here. Runs without the SDK.
import assert from "node:assert/strict";
import { createChildren } from "../../../runner/agent_sdk/child.ts";
import { chooseOptions } from "../../../runner/agent_sdk/query_options.ts";
import { PROGRAM, VERSION } from "../../../runner/agent_sdk/installed.ts";

const TOKEN = "ey.a-token.of-a-persona";

Deno.test("the Agent SDK is given the gateway and nothing else", () => {
  const { env, ...options } = chooseOptions({
    manaUrl: "http://127.0.0.1:3069/mcp",
    token: TOKEN,
    timeZone: "Europe/Berlin",
    model: "claude-haiku-5-5",
    apiKey: "sk-ant-key",
    baseUrl: "https://model.test",
    systemPrompt: "You are Anna.",
    maxTurns: 15,
    home: "/homes/day-1",
  });
  assert.deepEqual(options, {
    systemPrompt: "You are Anna.",
    model: "claude-haiku-5-5",
    maxTurns: 15,
    thinking: { type: "disabled" },
    cwd: "/homes/day-1",
    mcpServers: {
      mana: {
        type: "http",
        url: "http://127.0.0.1:3069/mcp",
        headers: { authorization: `Bearer ${TOKEN}`, "x-mana-time-zone": "Europe/Berlin" },
        alwaysLoad: true,
      },
    },
    mcpServersDelivery: "initialize",
    permissionMode: "dontAsk",
    allowedTools: ["mcp__mana__*", "mcp__runner__rate_modules"],
    tools: [],
    settingSources: [],
    strictMcpConfig: true,
    persistSession: false,
  });
  assert.ok(!Object.values(env).includes(TOKEN));
  assert.deepEqual(
    Object.entries(env).filter(([, value]) => value.startsWith("/")).map(([name, value]) => [name, value]),
    [["HOME", "/homes/day-1"], ["CLAUDE_CONFIG_DIR", "/homes/day-1"], ["TMPDIR", "/homes/day-1"]],
  );
  assert.deepEqual([env.DISABLE_TELEMETRY, env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC, env.PATH], [
    "1",
    "1",
    "",
  ]);
});

Deno.test("a child that would have the token on its command line is not started", () => {
  const children = createChildren([TOKEN, "sk-ant-key"]);
  for (const arg of [`--mcp-config={"authorization":"Bearer ${TOKEN}"}`, "--key=sk-ant-key"]) {
    assert.throws(
      () => children.start({ command: Deno.execPath(), args: ["--version", arg], env: {} }),
      (error) => error instanceof Error && /secret/.test(error.message) && !error.message.includes(TOKEN),
    );
  }
});

Deno.test("the SDK is pinned in one version, with a lock of its own, and the product's lock does not know it", async () => {
  const read = (path: string) => Deno.readTextFile(path);
  assert.match(
    await read("runner/agent_sdk/packages.json"),
    new RegExp(`claude-agent-sdk@${VERSION.replaceAll(".", "\\.")}"`),
  );
  assert.ok(
    (await read("runner/agent_sdk/packages.lock")).includes(`"@anthropic-ai/claude-agent-sdk@${VERSION}`),
  );
  assert.doesNotMatch(await read("deno.lock"), /@anthropic-ai/);
  assert.ok(PROGRAM.includes(`/${VERSION}/claude`));
});

Deno.test("the versions that both locks have are the same", async () => {
  const imports = async (path: string): Promise<Record<string, string>> =>
    JSON.parse(await Deno.readTextFile(path)).imports;
  const [own, product] = await Promise.all([imports("runner/agent_sdk/packages.json"), imports("deno.json")]);
  for (const [name, version] of Object.entries(own)) {
    if (name === "@anthropic-ai/claude-agent-sdk") continue;
    const [, base] = /^(@[^/]+\/[^/]+|[^@/]+)/.exec(name) ?? [];
    const wanted = product[base ?? ""];
    assert.ok(wanted !== undefined && version.startsWith(wanted), name);
  }
});

Deno.test("the engine's files are formatted and linted", async () => {
  for (const args of [["fmt", "--check"], ["lint"]]) {
    const folders = ["runner/agent_sdk", "tests/runner/agent_sdk/program"];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--quiet", "--config=runner/agent_sdk/packages.json", ...folders],
    }).output();
    assert.equal(code, 0, `${args[0]}: ${new TextDecoder().decode(stderr)}`);
  }
});
