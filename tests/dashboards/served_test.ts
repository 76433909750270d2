import assert from "node:assert/strict";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { panelQueries, readDashboard, withoutVariables } from "../observe/_shipped.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { isPrometheusInstalled, runPromtool, startPrometheus } from "./_prometheus.ts";

/** What docs/dashboards ships, in Debian's Prometheus: it reads a real gateway, and answers every query of the dashboard. */

const ignore = !isPrometheusInstalled();
const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };

/** Panels of which nothing is there without a shared store, pages, broken records, or texts of a broken device. */
const EMPTY_HERE = new Set([
  "Shared store",
  "Decisions of the shared store",
  "What pages ask",
  "How long pages wait (p95)",
  "Findings in records",
  "Mended texts",
]);

Deno.test({ name: "promtool takes the rules and the configuration", ignore }, async () => {
  for (
    const args of [["check", "rules", "docs/dashboards/alerts.yml"], [
      "check",
      "config",
      "docs/dashboards/prometheus.yml",
    ]]
  ) {
    const { code, text } = await runPromtool(args);
    assert.equal(code, 0, text);
  }
});

Deno.test(
  { name: "each alert fires for its fault, ends with it, and none fires while all is well", ignore },
  async () => {
    const { code, text } = await runPromtool(["test", "rules", "tests/dashboards/alerts_test.yml"]);
    assert.equal(code, 0, text);
  },
);

Deno.test({
  name:
    "Prometheus reads a gateway and answers every query of the dashboard, with data where calls were made",
  ignore,
}, async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  const stack = await startStack({ data, firstPerson: "demo@mana.test", env: FREE_PORTS });
  try {
    const { email, password } = await readFirstPerson(data);
    const token = await signIn(stack.authUrl, email, password);
    const target = new URL(stack.mcpUrl).host;
    await using prometheus = await startPrometheus(folder.path, [target]);
    await prometheus.scrapes(1);
    for (let round = 0; round < 2; round++) {
      await useAll(stack.mcpUrl, token);
      await prometheus.scrapes(2);
    }
    const dashboard = await readDashboard();
    const empty = new Set<string>();
    for (const { title, expr } of panelQueries(dashboard)) {
      const samples = await prometheus.query(withoutVariables(expr));
      if (samples.length === 0) empty.add(title);
      // "0 / 0" is what a share of nothing would be; a panel would show a hole.
      for (const { value } of samples) {
        assert.ok(
          !Number.isNaN(value) || EMPTY_HERE.has(title) || /quantile/.test(expr),
          `${title}: ${expr}`,
        );
      }
    }
    assert.deepEqual(empty, EMPTY_HERE);
    for (const { expr } of dashboard.annotations.list) await prometheus.query(withoutVariables(expr));
    const job = 'mana_mcp_build_info{job="mana-mcp"}';
    assert.deepEqual(await prometheus.labelValues("job", "mana_mcp_build_info"), ["mana-mcp"]);
    assert.deepEqual(await prometheus.labelValues("instance", job), [target]);
    const failed = await prometheus.query(
      'sum(increase(mana_mcp_refusals_total{at="call", reason="record-not-found"}[1m]))',
    );
    assert.ok((failed[0]?.value ?? 0) > 0, "a failed call, which HTTP does not show");
    const rules = await prometheus.rules();
    assert.ok(rules.length >= 18);
    for (const { name, health, state } of rules) {
      assert.equal(health, "ok", name);
      assert.notEqual(state, "firing", name);
    }
  } finally {
    await stack.stop();
  }
});

/** Calls that succeed, a call that fails, and a request that is refused. */
async function useAll(url: string, token: string): Promise<void> {
  const calls: [string, Record<string, unknown>][] = [
    ["todo_create", { title: "Water the plants" }],
    ["todo_list", {}],
    ["habits_list", {}],
    ["todo_complete", { id: "none" }],
  ];
  for (const [name, args] of calls) {
    const response = await fetch(modernRequest(token, "tools/call", { name, arguments: args }, { url }));
    assert.equal(response.status, 200, await response.text());
  }
  const refused = await fetch(modernRequest("none", "tools/list", {}, { url }));
  assert.equal(refused.status, 401, await refused.text());
}
