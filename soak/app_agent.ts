import { type Agent, type AgentDeps, createAgent } from "./agent.ts";
import { OUTSIDE_GRANT } from "./answer.ts";
import type { Place } from "./people.ts";
import { TASKS } from "./tables.ts";

/** What the app of the soak asks for: one module, in one space. */
export const APP_SCOPES = ["todo:read", "todo:write", "todo:destructive"] as const;
/** Share of its steps with which it tries for more. */
const GREED = 0.3;

/** An agent behind a connected app: works on tasks in the one space it was given, and now and then tries for more. */
export function createAppAgent(
  deps: Omit<AgentDeps, "places" | "tables" | "namesSpaces">,
  granted: Place,
): Agent {
  const { client, person, random, verdicts } = deps;
  const agent = createAgent({ ...deps, places: () => [granted], tables: () => [TASKS], namesSpaces: true });
  const overreach = async () => {
    const elsewhere = random.any(person.places.filter(({ id }) => id !== granted.id));
    const [tool, place] = random.chance(0.5) || elsewhere === undefined
      ? [random.pick(["habits_list", "notes_search"]), granted] as const
      : ["todo_list", elsewhere] as const;
    const answer = await client.call(tool, {}, { space: place.id });
    const reason = answer.kind === "ok" ? "ok" : answer.reason;
    deps.answers.add(answer.kind === "ok" ? "ok" : `${answer.kind} (${reason})`);
    const check = "a connected app gets nothing beyond its grant";
    const evidence = () => `${client.name} ${tool} in ${place.label}: ${answer.kind} (${reason})`;
    // Only the refusal that means it counts as looked at: any other may be due to a fault.
    if (reason === OUTSIDE_GRANT) verdicts.pass(check);
    else verdicts.judge("no answer is internal, malformed or a surprise", answer.kind !== "broken", evidence);
    if (answer.kind === "ok") verdicts.fail(check, evidence());
  };
  let steps = 0;
  return { step: () => steps++ === 0 || random.chance(GREED) ? overreach() : agent.step() };
}
