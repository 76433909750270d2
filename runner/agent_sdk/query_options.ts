// How the Agent SDK is started: with the gateway and nothing else, in an empty home, telling nobody. Each option closes something that is
// open by default; the reason stands beside it. It imports nothing of the SDK, so that it is tested where the SDK is not installed.
import { SERVER } from "./turns_of_messages.ts";
import { RATING_TOOL } from "../brains/model/rating_tool.ts";

/** Name of the server in this process that takes the ratings. */
export const RATING_SERVER = "runner";

/** What differs from day to day. */
export interface QueryChoice {
  readonly manaUrl: string;
  readonly token: string;
  readonly timeZone: string;
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly systemPrompt: string;
  readonly maxTurns: number;
  /** An empty folder, which is the child's home and where it works. */
  readonly home: string;
}

/** Options of `query()`, but for what is made of functions. */
export function chooseOptions(choice: QueryChoice) {
  return {
    systemPrompt: choice.systemPrompt,
    model: choice.model,
    maxTurns: choice.maxTurns,
    thinking: { type: "disabled" as const },
    cwd: choice.home,
    env: chooseEnvironment(choice),
    mcpServers: {
      [SERVER]: {
        type: "http" as const,
        url: choice.manaUrl,
        headers: { authorization: `Bearer ${choice.token}`, "x-mana-time-zone": choice.timeZone },
        // Tools in the prompt, not behind a search; and no model call before the gateway has answered.
        alwaysLoad: true,
      },
    },
    // The command line can be read by every user of the machine: servers, and with them the token, go through the child's stdin.
    mcpServersDelivery: "initialize" as const,
    // Without a person to ask, only what stands here is called; everything else is denied.
    permissionMode: "dontAsk" as const,
    allowedTools: [`mcp__${SERVER}__*`, `mcp__${RATING_SERVER}__${RATING_TOOL}`],
    // None of the SDK's own tools: no shell, no files, no web.
    tools: [] as string[],
    // Neither settings, hooks and instructions nor servers of whoever owns the machine.
    settingSources: [] as [],
    strictMcpConfig: true,
    // No transcript of a persona's day in a file.
    persistSession: false,
  };
}

/** The whole environment of the child: nothing is inherited. */
function chooseEnvironment({ home, apiKey, baseUrl }: QueryChoice): Record<string, string> {
  return {
    HOME: home,
    CLAUDE_CONFIG_DIR: home,
    TMPDIR: home,
    PATH: "",
    ANTHROPIC_API_KEY: apiKey,
    ANTHROPIC_BASE_URL: baseUrl,
    // The SDK's ten retries take minutes; the runner has a backoff of its own.
    CLAUDE_CODE_MAX_RETRIES: "3",
    ENABLE_TOOL_SEARCH: "false",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}
