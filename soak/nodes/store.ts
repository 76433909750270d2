// The shared store of the soak: Debian's redis-server, with a replica, both behind one address, and what can happen to it.
import { wait } from "../../lib/kit/clock.ts";
import { startSwitchedRelay } from "../../tests/_support/nodes/switched_relay.ts";
import { startValkey } from "../../tests/_support/valkey.ts";
import { askStore } from "./ask_store.ts";

/** A store that gateways share. */
export interface SoakStore extends AsyncDisposable {
  /** Value of `VALKEY_URL`. */
  readonly url: string;
  readonly password: string;
  /** Stops the process for a while (SIGSTOP), so that connections stay and nobody answers. */
  hang(ms: number): Promise<void>;
  /** Kills it (SIGKILL) and starts it again after a while, with nothing in it. */
  lose(ms: number): Promise<void>;
  /** Kills it; the replica takes its place at the same address. Another replica is started. */
  failOver(): Promise<void>;
  /** Everything in it. */
  entries(): Promise<readonly StoreEntry[]>;
}

/** One key of the store. */
export interface StoreEntry {
  readonly key: string;
  /** Milliseconds that are left; -1 for no end. */
  readonly ttlMs: number;
  /** The value as the store dumps it. */
  readonly dump: string;
}

/** Starts it on free ports of loopback. */
export async function startSoakStore(folder: string): Promise<SoakStore> {
  const password = crypto.getRandomValues(new Uint8Array(24)).toHex();
  // A name of its own: what a replica was sent would be found by the next process otherwise.
  const start = (more: readonly string[] = []) =>
    startValkey([
      `requirepass ${password}`,
      `dir ${folder}`,
      `dbfilename ${crypto.randomUUID()}.rdb`,
      "repl-diskless-sync-delay 0",
      ...more,
    ]);
  const startReplica = (of: number) =>
    start([`replicaof 127.0.0.1 ${of}`, `masterauth ${password}`, "repl-diskless-load on-empty-db"]);
  let primary = await start();
  let replica = await startReplica(primary.port);
  const relay = startSwitchedRelay(primary.port);
  return {
    url: `redis://:${password}@127.0.0.1:${relay.port}`,
    password,
    async hang(ms) {
      primary.stop();
      await wait(ms);
      primary.goOn();
    },
    async lose(ms) {
      await primary.kill();
      await wait(ms);
      await primary.restart();
    },
    async failOver() {
      await primary.kill();
      await askStore(replica.port, password, ["REPLICAOF", "NO", "ONE"]);
      primary = replica;
      relay.switchTo(primary.port);
      replica = await startReplica(primary.port);
    },
    async entries() {
      const ask = (...command: string[]) => askStore(primary.port, password, command);
      const keys = await ask("KEYS", "*");
      if (!Array.isArray(keys)) throw new TypeError("The store lists no keys");
      return await Promise.all(keys.map(async (key) => ({
        key: String(key),
        ttlMs: Number(await ask("PTTL", String(key))),
        dump: String(await ask("DUMP", String(key))),
      })));
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await Promise.all([primary.kill(), replica.kill()]);
    },
  };
}
