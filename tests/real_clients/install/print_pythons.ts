/** Prints the programs that install.ts starts besides npm, so that the task can allow exactly these. */
import { print } from "../../../scripts/print.ts";
import { FOLDER, SETS } from "./client_sets.ts";

const sets = [...SETS].filter(([, packages]) => "pip" in packages);
print(["python3", ...sets.map(([name]) => `${FOLDER}/${name}/bin/python`)].join(","));
