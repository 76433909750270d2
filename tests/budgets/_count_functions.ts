// Prints as JSON which functions of lib/ and tools/ one warm `habits.list` runs, by V8's own count. A program of its own,
// since V8's inspector takes a right (`--allow-sys`) that the tests do not have.

import inspector from "node:inspector";
import { z } from "zod";
import { print } from "../../scripts/print.ts";
import { callOk } from "../_support/mcp.ts";
import { callMessage } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";

/** Calls before the one that is counted: what can be kept between calls is kept by then. */
const WARM_UP = 5;

const Coverage = z.object({
  result: z.array(z.object({
    url: z.string(),
    functions: z.array(z.object({
      functionName: z.string(),
      ranges: z.tuple([z.object({ startOffset: z.number(), count: z.number() })]).rest(z.unknown()),
    })),
  })),
});

const session = new inspector.Session();
session.connect();
await post("Profiler.enable");
// With hints a second read needs no pull: that is the usual call of somebody at work. Without a ledger, since the row that tells of the
// habits created here is written a moment later, and is no part of the call.
await using world = await createWorld({ hints: true, env: { LEDGER: "off" } });
const anna = await world.person("anna");
for (const title of ["Read", "Run", "Rest"]) await callOk(world, anna, "habits.create", { title });
for (let call = 0; call < WARM_UP; call++) await list();
await post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
// What ran before counts as run once: the first reading takes it away.
await post("Profiler.takePreciseCoverage");
await list();
const { result } = Coverage.parse(await post("Profiler.takePreciseCoverage"));
session.disconnect();
const root = new URL("../../", import.meta.url).href;
print(JSON.stringify(
  result
    .filter(({ url }) => url.startsWith(`${root}lib/`) || url.startsWith(`${root}tools/`))
    .flatMap(({ url, functions }) =>
      functions
        // The initial values of a class's fields are a function to V8; here they are a part of its constructor.
        .filter(({ functionName, ranges: [{ count }] }) =>
          count > 0 && functionName !== "<instance_members_initializer>"
        )
        .map(({ functionName, ranges: [{ startOffset, count }] }) => ({
          file: url.slice(root.length),
          name: functionName === "" ? `(at ${startOffset})` : functionName,
          count,
        }))
    ),
));

/** One call, with the length of its body declared as every client over a connection does. */
function list(): Promise<unknown> {
  const { length } = JSON.stringify(callMessage("habits.list", {}));
  return callOk(world, anna, "habits.list", {}, { "content-length": String(length) });
}

function post(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
  return new Promise((resolve, reject) =>
    session.post(method, params, (error, answer) => error === null ? resolve(answer) : reject(error))
  );
}
