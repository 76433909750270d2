// What two checkouts are compared on, in the order of the table.
import type { RequestShape } from "../load/job.ts";
import type { Population } from "../upstream/population.ts";
import { habitsList, listTools, spacesList, todoCreate, todoList } from "../workloads/requests.ts";
import { PEOPLE, USUAL, WRITERS } from "../workloads/stage.ts";

/** One kind of request, and who sends it. */
export interface AgainstWorkload {
  readonly name: string;
  readonly request: RequestShape;
  readonly population: Population;
  readonly people: number;
}

/** See {@link AgainstWorkload}. */
export const WORKLOADS: readonly AgainstWorkload[] = [
  { name: "tools/list", request: listTools("modern"), population: USUAL, people: PEOPLE },
  { name: "spaces_list", request: spacesList("modern"), population: USUAL, people: PEOPLE },
  { name: "habits.list", request: habitsList("modern"), population: USUAL, people: PEOPLE },
  { name: "todo.list", request: todoList("modern"), population: USUAL, people: PEOPLE },
  { name: "todo.create", request: todoCreate("modern"), population: WRITERS, people: 1_024 },
];
