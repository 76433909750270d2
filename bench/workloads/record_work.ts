import type { RequestShape } from "../load/job.ts";
import { compare, warmUp } from "./compare.ts";
import { habitsList, todoCreate, todoList } from "./requests.ts";
import { PEOPLE, type Stage, USUAL, withGateway, WRITERS } from "./stage.ts";

/** Everything that a person can do here that only reads. */
const LISTS: readonly RequestShape[] = [habitsList("modern"), todoList("modern")];
/** Four lists for each task that is created. */
export const MIXED: readonly RequestShape[] = [...LISTS, ...LISTS, todoCreate("modern")];

const WORKLOADS: readonly {
  readonly workload: string;
  readonly requests: readonly RequestShape[];
  readonly writes: boolean;
}[] = [
  { workload: "habits.list", requests: LISTS.slice(0, 1), writes: false },
  { workload: "todo.list", requests: LISTS.slice(1), writes: false },
  { workload: "todo.create", requests: MIXED.slice(-1), writes: true },
  { workload: "mixed 80/20", requests: MIXED, writes: true },
];

/** Work on records of many people, every service answering at once. */
export async function measureRecordWork(stage: Stage): Promise<void> {
  const readers = await stage.upstream.tokens(USUAL, PEOPLE);
  const writers = await stage.upstream.tokens(WRITERS, stage.pace.writers);
  for (const writes of [false, true]) {
    const tokens = writes ? writers : readers;
    await withGateway(stage, async (gateway) => {
      await warmUp(stage, { host: gateway.host, connections: 8, tokens, requests: LISTS, inSession: false });
      for (const { workload, requests } of WORKLOADS.filter((entry) => entry.writes === writes)) {
        for (const connections of stage.pace.connections) {
          stage.say(`${workload}, ${connections} connections`);
          const contestant = {
            server: gateway,
            variant: "",
            connections,
            tokens,
            requests,
            inSession: false,
          };
          stage.result.measurements.push(...await compare(stage, workload, "modern", [contestant]));
        }
      }
    });
  }
}
