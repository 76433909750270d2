/** Prints the programs that the tests start, so that the task can allow exactly these. */
import { print } from "../../../scripts/print.ts";
import { PROGRAMS } from "./installed.ts";

print(Object.values(PROGRAMS).join(","));
