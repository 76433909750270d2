// The store that several gateways share: whether it decides, and whether it may forget what should be kept for its minutes.
import { createClock } from "../../lib/kit/clock.ts";
import { createAnswerRace } from "../../lib/nodes/answer_race.ts";
import { tryOut } from "../../lib/nodes/run_script.ts";
import { describeFault, faultOf, type StoreFault } from "../../lib/nodes/store_faults.ts";
import { connectValkey, type ValkeyConnection } from "../../lib/nodes/valkey_client.ts";
import type { DiagnosisDeps, Note } from "./finding.ts";

/** Asks the store, where one is set. */
export async function checkStore({ settings, now }: DiagnosisDeps, note: Note): Promise<void> {
  const { valkey } = settings;
  if (valkey === null) return;
  const clock = createClock({ calendar: now, elapsed: now });
  const race = createAnswerRace(clock);
  let connection: ValkeyConnection | null = null;
  let fault: StoreFault | null;
  try {
    connection = await connectValkey({ url: valkey.url, clock, onLost: () => {} });
    fault = await tryOut(race, connection);
  } catch (error) {
    fault = faultOf(error);
  }
  const info = fault === null && connection !== null ? await askInfo(connection) : "";
  note(
    fault === null,
    `shared store at ${valkey.host}${fault === null ? describeServer(info) : ""}`,
    `${fault === null ? "" : describeFault(fault)}; without it each gateway allows its part of the limits`,
  );
  if (fault === null) checkMemory(info, note);
  race.stop();
  connection?.end();
}

/** What the server says of itself; nothing where the user may not ask. */
async function askInfo(connection: ValkeyConnection): Promise<string> {
  try {
    return String(await connection.send(["INFO"]));
  } catch {
    return "";
  }
}

function valueIn(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:([\\w.-]{1,40})\\r?$`, "m").exec(info)?.[1];
}

function describeServer(info: string): string {
  const valkey = valueIn(info, "valkey_version");
  const redis = valueIn(info, "redis_version");
  return valkey !== undefined ? `, Valkey ${valkey}` : redis !== undefined ? `, Redis ${redis}` : "";
}

/** All that is stored has an end, so every policy but noeviction may take it away before. */
function checkMemory(info: string, note: Note): void {
  const policy = valueIn(info, "maxmemory_policy");
  if (policy === undefined) {
    note(
      true,
      "shared store does not say what it does when its memory is full; set maxmemory-policy noeviction",
    );
    return;
  }
  const mayForget = policy !== "noeviction" && valueIn(info, "maxmemory") !== "0";
  note(
    !mayForget,
    `shared store keeps what it is told until it ends (maxmemory-policy ${policy})`,
    "when its memory is full it may forget a yes that was used, and counts: set maxmemory-policy noeviction",
  );
}
