import { median } from "../report/statistics.ts";
import { compare, type Contestant, warmUp } from "./compare.ts";
import { todoList } from "./requests.ts";
import { type Stage, USUAL, withGateway } from "./stage.ts";

/** People with a log of the same length: one call of each at a time. */
const PEOPLE = 8;

/** The same list of 1,000 rows over logs of different lengths, the first call of a person and the ones after it. */
export async function measureHistory(stage: Stage): Promise<void> {
  const { upstream, pace, result } = stage;
  const requests = [todoList("modern")];
  await withGateway(stage, async (gateway) => {
    const contestants: Contestant[] = [];
    for (const changes of pace.histories) {
      const variant = `${changes.toLocaleString("en")} changes`;
      stage.say(`todo.list over ${variant}: first calls`);
      const [first = "", ...tokens] = await upstream.tokens({ ...USUAL, changes }, PEOPLE + 1);
      const call = { host: gateway.host, connections: 1, requests, inSession: false };
      // The stub makes a log when it is first asked for it, which is not the gateway's time: its first reader does not count.
      await warmUp(stage, { ...call, tokens: [first] });
      const colds: number[] = [];
      for (const token of tokens) colds.push(await warmUp(stage, { ...call, tokens: [token] }));
      result.facts.push({
        id: `first-call-ms/${changes}`,
        name: `First todo.list of a person with ${variant}`,
        value: median(colds),
        unit: "ms",
      });
      contestants.push({ server: gateway, variant, connections: PEOPLE, tokens, requests, inSession: false });
    }
    stage.say(`todo.list: ${contestants.length} lengths of history in turn`);
    result.measurements.push(...await compare(stage, "todo.list by history", "modern", contestants));
  });
}
