import { compare, type Contestant, warmUp } from "./compare.ts";
import { habitsList } from "./requests.ts";
import { type Stage, USUAL, withGateway } from "./stage.ts";

/** As many calls at a time as one person may have. */
const CONNECTIONS = 16;
/** Few rows each: what is asked is what a person costs, not what memory for rows costs. */
const SMALL = { ...USUAL, habits: 10 };

/** The same list by 1 and by many people, all of them known to the gateway. */
export async function measurePeople(stage: Stage): Promise<void> {
  const requests = [habitsList("modern")];
  await withGateway(stage, async (gateway) => {
    const contestants: Contestant[] = [];
    for (const people of stage.pace.people) {
      const variant = people === 1 ? "1 person" : `${people.toLocaleString("en")} people`;
      stage.say(`habits.list by ${variant}: first calls`);
      const tokens = await stage.upstream.tokens(SMALL, people);
      await warmUp(stage, {
        host: gateway.host,
        connections: CONNECTIONS,
        tokens,
        requests,
        inSession: false,
      });
      contestants.push({
        server: gateway,
        variant,
        connections: CONNECTIONS,
        tokens,
        requests,
        inSession: false,
      });
    }
    stage.say(`habits.list: ${contestants.length} numbers of people in turn`);
    stage.result.measurements.push(...await compare(stage, "habits.list by people", "modern", contestants));
  });
}
