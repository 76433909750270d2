import assert from "node:assert/strict";
import { judgeRunnerConfinement, runnerFlags } from "../../runner/settings/permissions.ts";
import { parseSettings, type Settings } from "../../runner/settings/settings.ts";
import { SETTING_NAMES, SETTINGS } from "../../runner/settings/settings_table.ts";

const NEEDED = { MANA_PERSONAS_KEY: "0123456789abcdef", PERSONA_SEED_SECRET: "fedcba9876543210" };

function settingsOf(env: Readonly<Record<string, string>> = {}): Settings {
  const parsed = parseSettings({ ...NEEDED, ...env });
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.settings;
}

Deno.test("what is not set has its default; the personas API is the auth service's, and the gateway's path is added", () => {
  const settings = settingsOf({ PERSONA_SEED: "" });
  assert.equal(settings.apiUrl, settings.authUrl);
  assert.equal(settings.mcpUrl, "http://127.0.0.1:3069/mcp");
  assert.equal(
    settingsOf({ MANA_MCP_URL: "https://mcp.example.org/mcp/" }).mcpUrl,
    "https://mcp.example.org/mcp",
  );
  assert.deepEqual([settings.port, settings.concurrency, settings.intervalMs, settings.seed], [
    3070,
    2,
    60_000,
    1,
  ]);
  assert.equal(settings.model, undefined);
});

Deno.test("each value that cannot be used is told by its name, never by its value", () => {
  for (
    const [name, value] of [
      ["PERSONAS_PORT", "70000"],
      ["MANA_AUTH_URL", "http://user:word@auth.test"],
      ["MANA_API_URL", "auth.test"],
      ["MANA_MCP_URL", "http://gateway.test/mcp?profile=x"],
      ["MANA_PERSONAS_KEY", "too-short"],
      ["PERSONA_SEED_SECRET", "dev-persona-seed-secret-rotate-in-prod"],
      ["PERSONA_BRAIN", "clever"],
      ["PERSONA_CONCURRENCY", "99"],
      ["PERSONA_TICK_INTERVAL_MS", "1.5"],
      ["PERSONA_SEED", "-1"],
      ["ANTHROPIC_API_KEY", "two words"],
      ["PERSONA_BUDGET_TOKENS", "many"],
    ] as const
  ) {
    const parsed = parseSettings({ ...NEEDED, [name]: value });
    const problems = parsed.ok ? [] : parsed.problems;
    assert.equal(problems.length, 1, name);
    assert.ok(problems[0]?.startsWith(`${name} must`), problems[0]);
    assert.ok(!problems[0]?.includes(value), name);
  }
});

Deno.test("the rights are one port, three services and the named variables; the model's host only with a key for it", () => {
  const env = { MANA_API_URL: "https://api.example.org" };
  const net = (settings: Settings) => runnerFlags(settings).find((flag) => flag.startsWith("--allow-net="));
  assert.equal(
    net(settingsOf(env)),
    "--allow-net=127.0.0.1:3070,localhost:3001,127.0.0.1:3069,api.example.org:443",
  );
  assert.equal(
    net(settingsOf({ ...env, ANTHROPIC_API_KEY: "k" })),
    "--allow-net=127.0.0.1:3070,localhost:3001,127.0.0.1:3069,api.example.org:443,api.anthropic.com:443",
  );
  const kinds = runnerFlags(settingsOf()).map((flag) => flag.split("=")[0]);
  assert.deepEqual(kinds, [
    "--no-prompt",
    "--cached-only",
    "--frozen",
    "--allow-import",
    "--allow-net",
    "--allow-env",
    "--ignore-env",
  ]);
});

Deno.test("one host more than needed is seen, and one that is missing is told with its flag", () => {
  const settings = settingsOf();
  const granted =
    (hosts: readonly string[]) =>
    (probe: { readonly name: string; readonly host?: string; readonly variable?: string }) =>
      probe.name === "net"
        ? probe.host !== undefined && hosts.includes(probe.host)
        : probe.name === "env" && SETTING_NAMES.includes(probe.variable ?? "");
  const all = ["127.0.0.1:3070", "localhost:3001", "127.0.0.1:3069"];
  assert.equal(judgeRunnerConfinement(settings, granted(all)).confined, true);
  const more = judgeRunnerConfinement(settings, granted([...all, "localhost:3050", "127.0.0.1:443"]));
  assert.equal(more.excesses.length, 1);
  const less = judgeRunnerConfinement(settings, granted(all.slice(1)));
  assert.deepEqual(less.missing.map((words) => words.split(",")[0]), ["net is not allowed for listen"]);
});

Deno.test("the table of the runner's settings in docs/personas.md is the parser's own", async () => {
  const text = await Deno.readTextFile("docs/personas.md");
  const [, section = ""] = text.split("\n## The runner\n");
  const rows = (section.split("\n## ")[0] ?? "").split("\n").map((row) => row.replace(/ +/g, " "))
    .filter((row) => /^\| `[A-Z_]+` \|/.test(row));
  assert.deepEqual(
    rows,
    SETTINGS.map(({ name, fallback, meaning }) =>
      `| \`${name}\` |${fallback === null ? "" : ` \`${fallback}\``} | ${meaning} |`
    ),
  );
});

Deno.test("the key that is sent is not the secret from which passwords follow", () => {
  const same = { MANA_PERSONAS_KEY: "0123456789abcdef", PERSONA_SEED_SECRET: "0123456789abcdef" };
  assert.deepEqual(parseSettings(same), {
    ok: false,
    problems: [
      "MANA_PERSONAS_KEY must differ from PERSONA_SEED_SECRET: it is sent, and passwords follow from the other",
    ],
  });
});
