// The runner's process with the Claude Agent SDK as its player: `deno task personas:agent-sdk`. Everything else is the runner's own main.ts.
import type { Clock } from "../kit/clock.ts";
import { runRunner } from "../main.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Settings } from "../settings/settings.ts";
import { createAgentSdkEngine } from "./engine.ts";
import { PLACES } from "./installed.ts";
import { judgeAgentSdkConfinement } from "./permissions.ts";

function createEngine({ model, mcpUrl }: Settings, clock: Clock, metrics: Metrics) {
  // The task sets PERSONA_BRAIN=model, with which settings without a key are no settings.
  if (model === undefined) throw new TypeError("ANTHROPIC_API_KEY is missing: the Agent SDK needs a model");
  return createAgentSdkEngine({
    ...PLACES,
    manaUrl: mcpUrl,
    baseUrl: model.url,
    apiKey: model.key,
    model: model.name,
    budgetTokens: model.budgetTokens,
    now: clock.calendar,
    elapsed: clock.elapsed,
    counts: {
      countTokens: (kind, tokens) => metrics.tokens(kind, tokens),
      countBrokenRating: () => metrics.error("broken-rating"),
    },
  });
}

if (import.meta.main) {
  runRunner({
    createBrain: createEngine,
    judge: (settings, query) => judgeAgentSdkConfinement(settings, PLACES, query),
  });
}
