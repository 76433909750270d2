/** Starts Gemini CLI in a home of its own, with a stand-in for its model. */
import { SCRIPTS } from "../install/installed.ts";
import { CLIENT_MS, type ClientEnd, runClient } from "../run_client.ts";

/** How to start it. */
export interface GeminiRun {
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

/** Its conversation, and older results, which it puts aside once about 80,000 tokens of results are in a conversation. */
export const GEMINI_STORE =
  /\/\.gemini\/tmp\/home\/(?:chats\/session-[^/]+\.jsonl|tool-outputs\/session-[^/]+\/(\w+)_\1__call_[a-z0-9_]+\.txt)$/;

/** Runs it to its end: one conversation, without a person. */
export async function runGemini(run: GeminiRun): Promise<ClientEnd> {
  await Deno.mkdir(`${run.home}/.gemini`, { recursive: true });
  await Deno.writeTextFile(`${run.home}/.gemini/settings.json`, JSON.stringify(settings(run)));
  return await runClient({
    program: "node",
    home: run.home,
    mostMs: run.mostMs ?? CLIENT_MS,
    args: [
      await Deno.realPath(SCRIPTS.geminiCli),
      ...["--model", "gemini-2.5-pro", "--approval-mode", "yolo", "--skip-trust"],
      ...["--prompt", "Look after my things."],
    ],
    env: { ...run.outside, GEMINI_API_KEY: "stand-in", GOOGLE_GEMINI_BASE_URL: run.modelUrl },
  });
}

/** Off: everything that would ask somebody else than the model. */
function settings({ url, headers }: GeminiRun): unknown {
  return {
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    security: { auth: { selectedType: "gemini-api-key" } },
    mcpServers: Object.fromEntries(
      Object.entries(headers).map(([name, one]) => [name, { httpUrl: url, headers: one, trust: true }]),
    ),
  };
}
