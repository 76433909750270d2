/** Starts Codex in a home of its own, with a stand-in for its model. */
import { CLIENT_MS, type ClientEnd, runClient } from "../run_client.ts";

/** How to start it. */
export interface CodexRun {
  readonly home: string;
  /** Where the servers are found, and the headers of each, by its name. */
  readonly url: string;
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly modelUrl: string;
  /** The environment that closes every other way out. */
  readonly outside: Readonly<Record<string, string>>;
  /** Longest time for it; the usual one by default. */
  readonly mostMs?: number;
}

/** What it keeps of conversations. */
export const CODEX_STORE =
  /\/\.codex\/(?:sessions\/.+\/rollout-[^/]+\.jsonl|thread_history_\d+\.sqlite(?:-wal|-shm)?)$/;

/** Runs it to its end: one conversation, without a person. */
export async function runCodex(run: CodexRun): Promise<ClientEnd> {
  await Deno.mkdir(`${run.home}/.codex`, { recursive: true });
  await Deno.writeTextFile(`${run.home}/.codex/config.toml`, config(run));
  return await runClient({
    program: "codex",
    home: run.home,
    mostMs: run.mostMs ?? CLIENT_MS,
    args: ["exec", "--strict-config", "--skip-git-repo-check", "--json", "Look after my things."],
    env: { ...run.outside, STAND_IN_KEY: "stand-in" },
  });
}

/**
 * A model of the client's own catalogue: of a model that it does not know, a result above 12,000 bytes is cut. Off is everything
 * that would ask somebody else than the model. Tools that delete are let through, so that the gateway's own question is what is tested.
 */
function config({ url, headers, modelUrl }: CodexRun): string {
  const server = ([name, own]: [string, Readonly<Record<string, string>>]) => `
    [mcp_servers.${name}]
    url = "${url}"
    default_tools_approval_mode = "approve"
    [mcp_servers.${name}.http_headers]
    ${Object.entries(own).map(([header, value]) => `"${header}" = "${value}"`).join("\n    ")}`;
  return `
    model = "gpt-5.5"
    model_provider = "played"
    approval_policy = "never"
    sandbox_mode = "read-only"
    check_for_update_on_startup = false
    [analytics]
    enabled = false
    [feedback]
    enabled = false
    [otel]
    exporter = "none"
    metrics_exporter = "none"
    [features]
    apps = false
    plugins = false
    [model_providers.played]
    name = "Stand-in"
    base_url = "${modelUrl}/v1"
    wire_api = "responses"
    env_key = "STAND_IN_KEY"
    request_max_retries = 0
    stream_max_retries = 0
    supports_websockets = false
    ${Object.entries(headers).map(server).join("\n")}
  `;
}
