import assert from "node:assert/strict";
import { METRIC_TABLE, type MetricForm } from "../../lib/observe/metric_table.ts";
import { groupedLabels, panelQueries, readDashboard, readRules, seriesIn } from "./_shipped.ts";

/** The dashboard and the alerts are about what `/metrics` tells, and leave nothing of it out. tests/dashboards runs both in Prometheus. */

const FORMS = new Map<string, MetricForm>(Object.entries(METRIC_TABLE));
/** What Prometheus adds to every series, and what each of ours has. */
const EVERYWHERE = ["job", "instance", "service"];

function labelsOf(name: string): readonly string[] {
  const form = FORMS.get(name);
  assert.ok(form, `no such metric: ${name}`);
  return [...EVERYWHERE, ...form.labels, ...(form.type === "histogram" ? ["le"] : [])];
}

function checkQuery(expr: string, where: string): void {
  const series = seriesIn(expr);
  for (const { name, labels } of series) {
    for (const label of labels) {
      assert.ok(labelsOf(name).includes(label), `${where}: ${name} has no ${label}`);
    }
  }
  const known = new Set([...EVERYWHERE, "le", ...series.flatMap(({ name }) => labelsOf(name))]);
  if (/job:mana_mcp/.test(expr)) return;
  for (const label of groupedLabels(expr)) assert.ok(known.has(label), `${where}: nothing has ${label}`);
}

Deno.test("every series of the dashboard and of the rules is one of /metrics, with the labels that it is picked and grouped by", async () => {
  const dashboard = await readDashboard();
  for (const { title, expr, legend } of panelQueries(dashboard)) {
    checkQuery(expr, title);
    const known = seriesIn(expr).flatMap(({ name }) => labelsOf(name));
    for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
      assert.ok(label !== undefined && known.includes(label), `${title}: no ${label} for its legend`);
    }
  }
  for (const { expr } of dashboard.annotations.list) checkQuery(expr, "annotation");
  for (const { definition } of dashboard.templating.list) checkQuery(definition ?? "", "variable");
  for (const rule of await readRules()) checkQuery(rule.expr, "alert" in rule ? rule.alert : rule.record);
});

Deno.test("every metric is in a panel", async () => {
  const shown = new Set(
    panelQueries(await readDashboard()).flatMap(({ expr }) => seriesIn(expr).map(({ name }) => name)),
  );
  assert.deepEqual([...FORMS.keys()].filter((name) => !shown.has(name)), []);
});

Deno.test("counters are asked for their rate or their increase, and gauges are not", async () => {
  const exprs = [
    ...panelQueries(await readDashboard()).map(({ expr }) => expr),
    ...(await readRules()).map(({ expr }) => expr),
  ];
  for (const expr of exprs) {
    for (const [, before = "", name = ""] of expr.matchAll(/(\w*\(?)(?<![:\w])(mana_mcp_\w+)/g)) {
      const type = FORMS.get(name.replace(/_(bucket|sum|count)$/, ""))?.type;
      assert.equal(/^(rate|increase)\($/.test(before), type !== "gauge", `${name} in ${expr}`);
    }
  }
});

Deno.test("recorded series have one name each, and alerts ask for no other ones", async () => {
  const rules = await readRules();
  const recorded = rules.flatMap((rule) => "record" in rule ? [rule.record] : []);
  assert.equal(new Set(recorded).size, recorded.length);
  for (const { expr } of rules) {
    for (const [name] of expr.matchAll(/job:\w+:\w+/g)) assert.ok(recorded.includes(name), name);
  }
});

Deno.test("each alert has a section that says what it means and what to do, and each section an alert", async () => {
  const page = await Deno.readTextFile("docs/observability.md");
  const sections = [...page.matchAll(/^### (ManaMcp\w+)$/gm)].map(([, name]) => name);
  const alerts = (await readRules()).flatMap((rule) => "alert" in rule ? [rule] : []);
  assert.deepEqual(alerts.map(({ alert }) => alert), sections);
  for (const { alert, annotations } of alerts) {
    assert.equal(annotations.runbook, `docs/observability.md#${alert.toLowerCase()}`);
    const section = page.split(`### ${alert}\n`)[1]?.split("\n## ")[0]?.split("\n### ")[0] ?? "";
    assert.ok(section.trim().length > 150, `${alert}: ${section}`);
  }
});

Deno.test("the dashboard is what Grafana 11 imports: one data source to choose, ids of its own, units, words, and no overlapping panels", async () => {
  const dashboard = await readDashboard();
  assert.ok(dashboard.schemaVersion >= 39);
  const variables = dashboard.templating.list.map(({ name, type }) => `${type} ${name}`);
  assert.deepEqual(variables, ["datasource DS_PROMETHEUS", "query job", "query instance"]);
  const ids = dashboard.panels.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const taken = new Set<string>();
  for (const panel of dashboard.panels) {
    const { title, gridPos: { x, y, w, h } } = panel;
    assert.ok(x + w <= 24, title);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        assert.ok(!taken.has(`${column} ${line}`), `${title} lies over another panel`);
        taken.add(`${column} ${line}`);
      }
    }
    if (panel.type === "row") continue;
    assert.ok((panel.description ?? "").endsWith("."), title);
    assert.ok(
      ["short", "s", "reqps", "ops", "bytes", "percentunit"].includes(panel.fieldConfig?.defaults.unit ?? ""),
    );
    assert.equal(panel.datasource?.uid, "${DS_PROMETHEUS}", title);
    const targets = panel.targets ?? [];
    assert.ok(targets.length > 0, title);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (const { datasource, expr } of targets) {
      assert.equal(datasource.uid, "${DS_PROMETHEUS}", title);
      for (const [name] of expr.matchAll(/\$\w+/g)) {
        assert.ok(["$job", "$instance", "$__rate_interval"].includes(name), `${title}: ${name}`);
      }
      assert.ok(expr.includes('job="$job", instance=~"$instance"'), `${title} shows every gateway: ${expr}`);
    }
  }
});
