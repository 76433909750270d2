// Work on records: what people do, with logs that are longer, and with more people.
import { median } from "../report/statistics.ts";
import { checkAnswer } from "../wrk/check_answer.ts";
import { compare, type Contestant } from "./compare.ts";
import { calendarList, habitsList, todoList } from "./requests.ts";
import { type Stage, withGateway } from "./stage.ts";
import { CALENDAR_WORK, MIXED, MIXED_CONNECTIONS, RECORD_WORK, USUAL } from "./workloads.ts";

/** Every service answers at once. */
export async function measureRecords(stage: Stage): Promise<void> {
  for (const { name: workload, shapes, population, people } of RECORD_WORK) {
    const callers = await stage.upstream.callers(population, people);
    await withGateway(stage, async (server) => {
      for (const connections of [1, 32]) {
        stage.say(`${workload}, ${connections} at a time`);
        const contestant = { server, workload, connections, callers, shapes };
        stage.result.measurements.push(...await compare(stage.pace, [contestant]));
      }
    });
  }
}

/** Many people who read and write, one after the other: what is kept of one has to last until the others had their turn. */
export async function measureMixed(stage: Stage): Promise<void> {
  const { name: workload, shapes, population, people } = MIXED;
  const callers = await stage.upstream.callers(population, people);
  await withGateway(stage, async (server) => {
    for (const connections of Object.values(MIXED_CONNECTIONS)) {
      stage.say(`${workload}, ${connections} at a time`);
      const contestant = { server, workload, connections, callers, shapes };
      stage.result.measurements.push(...await compare(stage.pace, [contestant]));
    }
  });
}

/** Changes in the logs that lists are compared over. */
const HISTORIES = [1_000, 10_000, 100_000];

/** The same list of 1,000 rows over logs of different lengths: the first call of a person, and the ones after it. */
export async function measureHistory(stage: Stage): Promise<void> {
  const { upstream, pace, result, say } = stage;
  const shape = todoList("modern");
  await withGateway(stage, async (server) => {
    const contestants: Contestant[] = [];
    for (const changes of HISTORIES) {
      const variant = `${changes.toLocaleString("en")} changes`;
      say(`todo.list over ${variant}`);
      const [first = {}, ...callers] = await upstream.callers({ ...USUAL, changes }, 9);
      // The stub makes a log when it is first asked for it, which is not the gateway's time: its first reader does not count.
      await checkAnswer(server.host, shape, first);
      const times: number[] = [];
      for (const caller of callers) {
        const started = performance.now();
        await checkAnswer(server.host, shape, caller);
        times.push(performance.now() - started);
      }
      const name = `first todo.list of a person with ${variant}`;
      result.facts.push({ id: `first-call-ms/${changes}`, name, value: median(times), unit: "ms" });
      const workload = "todo.list by history";
      contestants.push({ server, workload, variant, connections: callers.length, callers, shapes: [shape] });
    }
    result.measurements.push(...await compare(pace, contestants));
  });
}

/** A month out of many blocks and series, beside a list of as many rows out of as many tasks. */
export async function measureCalendar(stage: Stage): Promise<void> {
  const population = { ...USUAL, tasks: 10_000, blocks: 10_000 };
  await withGateway(stage, async (server) => {
    // Few people: what is asked is what a list costs, not memory for rows.
    const callers = await stage.upstream.callers(population, 2);
    const of = { server, connections: 8, callers };
    stage.say("calendar.list of a month, and todo.list of as many rows");
    stage.result.measurements.push(
      ...await compare(stage.pace, [
        { ...of, workload: CALENDAR_WORK, variant: "calendar.list", shapes: [calendarList("modern", 100)] },
        { ...of, workload: CALENDAR_WORK, variant: "todo.list", shapes: [todoList("modern", 100)] },
      ]),
    );
  });
}

/** The same list by 1 and by many people. Few rows each: what is asked is what a person costs, not memory for rows. */
export async function measurePeople(stage: Stage): Promise<void> {
  await withGateway(stage, async (server) => {
    const contestants: Contestant[] = [];
    for (const people of stage.pace.people) {
      contestants.push({
        server,
        workload: "habits.list by people",
        variant: people === 1 ? "1 person" : `${people.toLocaleString("en")} people`,
        // Below the calls that one person may have at a time.
        connections: 8,
        callers: await stage.upstream.callers({ ...USUAL, habits: 10 }, people),
        shapes: [habitsList("modern")],
      });
    }
    stage.say(`habits.list by ${stage.pace.people.length} numbers of people`);
    stage.result.measurements.push(...await compare(stage.pace, contestants));
  });
}
