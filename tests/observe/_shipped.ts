// What docs/dashboards ships, read strictly: the queries of the dashboard, the rules, and which series and labels they are about.
import { parse } from "yaml";
import { z } from "zod";

const Query = z.looseObject({
  refId: z.string(),
  datasource: z.looseObject({ uid: z.string() }),
  expr: z.string(),
  legendFormat: z.string(),
});
const Panel = z.looseObject({
  id: z.number(),
  type: z.enum(["row", "stat", "timeseries"]),
  title: z.string(),
  description: z.string().optional(),
  datasource: z.looseObject({ type: z.string(), uid: z.string() }).optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.string() }) }).optional(),
  targets: z.array(Query).optional(),
});
const Dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  annotations: z.object({ list: z.array(z.looseObject({ expr: z.string() })) }),
  templating: z.object({
    list: z.array(z.looseObject({
      name: z.string(),
      type: z.enum(["datasource", "query"]),
      definition: z.string().optional(),
    })),
  }),
  panels: z.array(Panel),
});
/** The dashboard as Grafana imports it, as far as it is looked at. */
export type Dashboard = z.infer<typeof Dashboard>;

/** The shipped dashboard. */
export async function readDashboard(): Promise<Dashboard> {
  return Dashboard.parse(JSON.parse(await Deno.readTextFile("docs/dashboards/mana-mcp.json")));
}

const Rule = z.union([
  z.strictObject({ record: z.string(), expr: z.string() }),
  z.strictObject({
    alert: z.string(),
    expr: z.string(),
    for: z.string().optional(),
    labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
    annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
  }),
]);
const Rules = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule) })),
});

/** The shipped rules. */
export async function readRules(): Promise<z.infer<typeof Rule>[]> {
  const text = await Deno.readTextFile("docs/dashboards/alerts.yml");
  return Rules.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}

/** The queries of the panels, each with its panel. */
export function panelQueries({ panels }: Dashboard) {
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat }))
  );
}

/** A query as Prometheus takes it: with values for the dashboard's variables. */
export function withoutVariables(expr: string): string {
  return expr.replaceAll("$__rate_interval", "1m").replaceAll("$job", "mana-mcp").replaceAll(
    "$instance",
    ".+",
  );
}

/** A series that a query is about, with the labels by which it picks. */
export interface PickedSeries {
  readonly name: string;
  readonly labels: readonly string[];
}

/** The series of the gateway in a query, without the ends of a histogram; names that rules record are none. */
export function seriesIn(expr: string): PickedSeries[] {
  return [...expr.matchAll(/(?<![\w:])(mana_mcp_\w+)(\{[^}]*\})?/g)].map(([, name = "", matchers = ""]) => ({
    name: name.replace(/_(bucket|sum|count)$/, ""),
    labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*"/g)].map(([, label = ""]) => label),
  }));
}

/** The labels that a query groups or joins by. */
export function groupedLabels(expr: string): string[] {
  return [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, labels = ""]) =>
    labels.split(",").map((label) => label.trim()).filter((label) => label !== "")
  );
}
