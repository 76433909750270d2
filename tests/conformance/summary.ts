/** How one scenario of the suite went. */
export interface ScenarioOutcome {
  readonly name: string;
  readonly ok: boolean;
  /** Its checks in the suite's words, e.g. `2 passed, 0 failed`. */
  readonly checks: string;
  /** Whether the revision requires it. */
  readonly required: boolean;
}

/** Reads the summary at the end of the suite's output; empty when there is none. */
export function parseSummary(output: string): ScenarioOutcome[] {
  const [, summary = ""] = output.split("=== SUMMARY ===");
  const [scored = "", notScored = ""] = summary.split(/^Not scored /m);
  const optional = new Set([...notScored.matchAll(/^\s+[✓✗] (\S+) \(/gmu)].map(([, name]) => name));
  return [...scored.matchAll(/^([✓✗]) (\S+): (\d+ passed, \d+ failed)/gmu)].map(
    ([, mark, name = "", checks = ""]) => ({ name, ok: mark === "✓", checks, required: !optional.has(name) }),
  );
}
