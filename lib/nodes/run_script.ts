// Runs a script on a connection, and waits no longer than the race does. Whatever goes wrong is a fault and never an exception.
import { type AnswerRace, SILENT } from "./answer_race.ts";
import { defineStoreScript, type StoreReply, type StoreScript } from "./shared_store.ts";
import { faultOf, type StoreFault } from "./store_faults.ts";
import type { ValkeyConnection } from "./valkey_client.ts";

/** No answer of use, and why. */
export interface Missed {
  readonly fault: StoreFault;
}

/** Whether it is no answer. */
export function isMissed(found: StoreReply | Missed): found is Missed {
  return typeof found === "object" && "fault" in found;
}

/** Runs a script, which the server may have to be told first. Never rejects. */
export async function runScript(
  race: AnswerRace,
  connection: ValkeyConnection,
  { sha, lua }: StoreScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<StoreReply | Missed> {
  const rest = [String(keys.length), ...keys, ...args.map(String)];
  const answer = connection.send(["EVALSHA", sha, ...rest]).catch((error: unknown) => {
    // The server has not seen the script since its start.
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return connection.send(["EVAL", lua, ...rest]);
  });
  try {
    const reply = await race.run(answer);
    if (reply === SILENT) return { fault: "silent" };
    return isStoreReply(reply) ? reply : { fault: "answer" };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

function isStoreReply(reply: unknown): reply is StoreReply {
  return typeof reply === "number" || typeof reply === "string" ||
    (Array.isArray(reply) && reply.every(isStoreReply));
}

/** Tries whether the store decides: it writes, so that a replica and a server that is full are found out. */
const TRIAL = defineStoreScript(`redis.call("SET", KEYS[1], "1", "PX", 1000) return 1`);
/** Says nothing of anybody. */
const TRIAL_KEY = "mm1:{trial}";

/** What is wrong with a connection; null where the server decides. */
export async function tryOut(race: AnswerRace, connection: ValkeyConnection): Promise<StoreFault | null> {
  const found = await runScript(race, connection, TRIAL, [TRIAL_KEY], []);
  return isMissed(found) ? found.fault : null;
}
