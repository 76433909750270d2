import type { RequestShape } from "../load/job.ts";
import { compare, warmUp } from "./compare.ts";
import { habitsList, todoCreate, todoList } from "./requests.ts";
import { PEOPLE, type Stage, USUAL, withGateway } from "./stage.ts";

const LISTS = [habitsList("modern"), todoList("modern")];
const WORKLOADS: readonly { readonly workload: string; readonly requests: readonly RequestShape[] }[] = [
  { workload: "habits.list", requests: [habitsList("modern")] },
  { workload: "todo.list", requests: [todoList("modern")] },
  { workload: "todo.create", requests: [todoCreate("modern")] },
  { workload: "mixed 80/20", requests: [...LISTS, ...LISTS, todoCreate("modern")] },
];

/** Work on records of many people, every service answering at once. */
export async function measureRecordWork(stage: Stage): Promise<void> {
  const tokens = await stage.upstream.tokens(USUAL, PEOPLE);
  await withGateway(stage, async (gateway) => {
    await warmUp(stage, { host: gateway.host, connections: 8, tokens, requests: LISTS, inSession: false });
    for (const { workload, requests } of WORKLOADS) {
      for (const connections of stage.pace.connections) {
        stage.say(`${workload}, ${connections} connections`);
        const contestant = { server: gateway, variant: "", connections, tokens, requests, inSession: false };
        stage.result.measurements.push(...await compare(stage, workload, "modern", [contestant]));
      }
    }
  });
}
