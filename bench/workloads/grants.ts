// A list of 50 out of 100,000 rows, by an app that may see all of them and by one whose grant has conditions.
import { SERVICE_KEY } from "../servers/upstream.ts";
import type { GrantName } from "../upstream/tokens.ts";
import { compare, type Contestant } from "./compare.ts";
import { todoList } from "./requests.ts";
import { type Stage, withGateway } from "./stage.ts";
import { USUAL } from "./workloads.ts";

/** How the work is called in results; the variant is the grant. */
export const GRANT_WORK = "todo.list, 50 of 100,000 rows";
/** The two grants, as results name them. */
export const GRANT_VARIANTS: Readonly<Record<GrantName, string>> = {
  whole: "by scopes alone",
  narrowed: "with conditions",
};

/** See above. */
export async function measureGrants(stage: Stage): Promise<void> {
  const population = { ...USUAL, tasks: 100_000, changes: 100_000 };
  await withGateway(stage, async (server) => {
    stage.say(`${GRANT_WORK}: with and without conditions`);
    const resource = `http://${server.host}/mcp`;
    const contestants: Contestant[] = [];
    for (const grant of ["whole", "narrowed"] as const) {
      // One person: what is asked is what a list costs, not memory for rows.
      const callers = await stage.upstream.apps(population, 1, { grant, resource });
      const of = { workload: GRANT_WORK, variant: GRANT_VARIANTS[grant], connections: 8 };
      contestants.push({ ...of, server, callers, shapes: [todoList("modern")] });
    }
    stage.result.measurements.push(...await compare(stage.pace, contestants));
  }, { MANA_SERVICE_KEY: SERVICE_KEY });
}
