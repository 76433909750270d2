// Connects as the gateway does, in a process with the gateway's kind of rights, and prints what came of it.
import { createClock } from "../../lib/kit/clock.ts";
import { hide } from "../../lib/kit/secret.ts";
import { createAnswerRace } from "../../lib/nodes/answer_race.ts";
import { tryOut } from "../../lib/nodes/run_script.ts";
import { faultOf } from "../../lib/nodes/store_faults.ts";
import { connectValkey } from "../../lib/nodes/valkey_client.ts";
import { print } from "../../scripts/print.ts";

const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
try {
  const connection = await connectValkey({ url: hide(Deno.args[0] ?? ""), clock, onLost: () => {} });
  await connection.subscribe("mm1:channel", () => {});
  print(await tryOut(createAnswerRace(clock), connection) ?? "up");
  connection.end();
} catch (error) {
  print(faultOf(error));
}
