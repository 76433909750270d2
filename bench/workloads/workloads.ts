// What people do with the gateway: each kind of work, and who does it.
import type { Population } from "../upstream/population.ts";
import type { RequestShape } from "../wrk/write_requests.ts";
import { habitsList, listTools, spacesList, todoCreate, todoList } from "./requests.ts";

/** One kind of work, of as many people in turn. */
export interface Workload {
  readonly name: string;
  readonly shapes: readonly RequestShape[];
  readonly population: Population;
  readonly people: number;
}

/** People with a usual amount of data, and services that answer at once. */
export const USUAL: Population = { habits: 100, tasks: 1_000, changes: 1_000, latencyMs: 0 };
/** The work of `measureCalendar`, of two variants. */
export const CALENDAR_WORK = "100 rows of 10,000";
/** People who write: many with little each, since nobody writes dozens of times in a few seconds. */
const WRITERS: Population = { habits: 100, tasks: 100, changes: 100, latencyMs: 0 };
/** People enough for every connection, below the calls of one person that may run at a time. */
const READING = { population: USUAL, people: 64 };
const WRITING = { population: WRITERS, people: 1_024 };
const [HABITS, TODO, CREATE] = [habitsList("modern"), todoList("modern"), todoCreate("modern")];

/** Work that needs no service once a person's spaces are known. */
export const PROTOCOL_WORK: readonly Workload[] = [
  { name: "tools/list", shapes: [listTools("modern")], ...READING },
  { name: "tools/call", shapes: [spacesList("modern")], ...READING },
];
/** Four lists for each task that is created. */
export const MIXED: Workload = {
  name: "mixed 80/20",
  shapes: [HABITS, TODO, HABITS, TODO, CREATE],
  ...WRITING,
};
/** A usual crowd, and one that is more than a thread gets on with. */
export const MIXED_CONNECTIONS = { one: 1, usual: 32, crowd: 256 } as const;
/** Work on records. */
export const RECORD_WORK: readonly Workload[] = [
  { name: "habits.list", shapes: [HABITS], ...READING },
  { name: "todo.list", shapes: [TODO], ...READING },
  { name: "todo.create", shapes: [CREATE], ...WRITING },
];
