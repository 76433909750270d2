/** Starts opencode in a home of its own, with a stand-in for its model. */
import { CLIENT_MS, type ClientEnd, runClient } from "../run_client.ts";

/** Off: everything that would ask somebody else than the model. */
const QUIET = {
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_SHARE: "1",
  OPENCODE_PURE: "1",
};

/** How to start it. */
export interface OpencodeRun {
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

/** Runs it to its end: one conversation, without a person. */
export function runOpencode(run: OpencodeRun): Promise<ClientEnd> {
  return runClient({
    program: "opencode",
    home: run.home,
    mostMs: run.mostMs ?? CLIENT_MS,
    args: ["run", "--format", "json", "--title", "things", "Look after my things."],
    env: { ...run.outside, ...QUIET, OPENCODE_CONFIG_CONTENT: JSON.stringify(config(run)) },
  });
}

function config({ url, headers, modelUrl }: OpencodeRun): unknown {
  return {
    autoupdate: false,
    share: "disabled",
    // Its copy of the folder before each step is nothing that a model is handed.
    snapshot: false,
    enabled_providers: ["played"],
    model: "played/played",
    small_model: "played/played",
    provider: {
      played: {
        npm: "@ai-sdk/openai-compatible",
        name: "Stand-in",
        options: { baseURL: `${modelUrl}/v1`, apiKey: "stand-in" },
        models: {
          played: { name: "Stand-in", tool_call: true, limit: { context: 1_000_000, output: 8_000 } },
        },
      },
    },
    mcp: Object.fromEntries(
      Object.entries(headers).map(([name, one]) => [
        name,
        { type: "remote", url, oauth: false, headers: one },
      ]),
    ),
  };
}
