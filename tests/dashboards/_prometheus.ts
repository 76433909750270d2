// Debian's Prometheus with the configuration that docs/dashboards ships, for one test: unprivileged, on a free port of this computer, its
// storage in the folder of the test. Changes only how often it looks, and at whom.
import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { freePort } from "../../scripts/stack/free_port.ts";
import { print } from "../../scripts/print.ts";

/** Where Debian has them; the task may run no other program but Deno. */
const PROMETHEUS = "/usr/bin/prometheus";
const PROMTOOL = "/usr/bin/promtool";

/** Whether there is a Prometheus to try. Prints why not. */
export function isPrometheusInstalled(): boolean {
  for (const program of [PROMETHEUS, PROMTOOL]) {
    try {
      Deno.statSync(program);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      print(`Not tested: dashboard and alerts in a real Prometheus, because ${program} is not installed`);
      return false;
    }
  }
  return true;
}

/** A Prometheus that reads gateways. */
export interface Prometheus extends AsyncDisposable {
  /** What a query answers now. Fails where Prometheus refuses the query. */
  query(query: string): Promise<readonly Sample[]>;
  /** Values of a label over the series that match. */
  labelValues(label: string, match: string): Promise<readonly string[]>;
  /** Every rule as it stands. */
  rules(): Promise<readonly Rule[]>;
  /** Resolves when every target was read so many times more. */
  scrapes(count: number): Promise<void>;
}

/** One series with its newest value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A rule as Prometheus has it. */
export interface Rule {
  readonly name: string;
  readonly health: string;
  /** Of an alert: inactive, pending or firing. */
  readonly state?: string | undefined;
}

/** The shipped configuration with these targets, read once a second. */
async function configFor(folder: string, targets: readonly string[]): Promise<string> {
  const shipped = Config.parse(parse(await Deno.readTextFile("docs/dashboards/prometheus.yml")));
  const [job, ...more] = shipped.scrape_configs;
  assert.ok(job);
  assert.deepEqual(more, []);
  const path = `${folder}/prometheus.yml`;
  const config = {
    ...shipped,
    global: { ...shipped.global, scrape_interval: "1s", evaluation_interval: "1s" },
    scrape_configs: [{ ...job, static_configs: [{ targets }] }],
  };
  await Deno.writeTextFile(path, stringify(config));
  for (const file of shipped.rule_files) await Deno.copyFile(`docs/dashboards/${file}`, `${folder}/${file}`);
  return path;
}

const Config = z.strictObject({
  global: z.strictObject({ scrape_interval: z.string(), evaluation_interval: z.string() }),
  rule_files: z.array(z.string()),
  scrape_configs: z.array(z.strictObject({ job_name: z.string(), static_configs: z.array(z.unknown()) })),
});

/** Starts it over these `host:port`. */
export async function startPrometheus(folder: string, targets: readonly string[]): Promise<Prometheus> {
  const config = await configFor(folder, targets);
  const address = `127.0.0.1:${freePort()}`;
  const child = new Deno.Command(PROMETHEUS, {
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/storage`,
      `--web.listen-address=${address}`,
      "--log.level=info",
    ],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { promise: ready, resolve } = Promise.withResolvers<"ready">();
  const said = (async () => {
    let text = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (text.length < 100_000) text += part;
      if (text.includes("Server is ready to receive web requests")) resolve("ready");
    }
    return text;
  })();
  if (await Promise.race([ready, child.status]) !== "ready") assert.fail(`prometheus ended: ${await said}`);
  const ask = (path: string, params: Readonly<Record<string, string>>) => askApi(address, path, params);
  const query = async (text: string) => Vector.parse(await ask("query", { query: text }));
  const readings = async () => {
    const counts = await query('min(count_over_time(up{job="mana-mcp"}[1h]))');
    return counts[0]?.value ?? 0;
  };
  return {
    query,
    labelValues: async (label, match) =>
      z.array(z.string()).parse(await ask(`label/${label}/values`, { "match[]": match })),
    rules: async () => Groups.parse(await ask("rules", {})).groups.flatMap(({ rules }) => rules),
    async scrapes(count) {
      const wanted = await readings() + count;
      const end = performance.now() + SCRAPED_WITHIN_MS;
      while (await readings() < wanted) {
        assert.ok(performance.now() < end, "the gateway was not read in time");
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await said;
    },
  };
}

const SCRAPED_WITHIN_MS = 60_000;

async function askApi(
  address: string,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(params)}`);
  const answer = Answer.parse(await response.json());
  assert.equal(answer.status, "success", `${JSON.stringify(params)}: ${answer.error}`);
  return answer.data;
}

const Answer = z.object({ status: z.string(), data: z.unknown(), error: z.string().optional() });
const Vector = z.object({
  result: z.array(z.object({
    metric: z.record(z.string(), z.string()),
    value: z.tuple([z.number(), z.string()]),
  })),
}).transform(({ result }): readonly Sample[] =>
  result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
);
const Groups = z.object({
  groups: z.array(z.object({
    rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string().optional() })),
  })),
});

/** What `promtool` says, and how it ends. */
export async function runPromtool(
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(PROMTOOL, {
    args: [...args],
    clearEnv: true,
    stdin: "null",
  }).output();
  return { code, text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n") };
}
