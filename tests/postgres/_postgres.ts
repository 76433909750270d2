// An instance of Debian's PostgreSQL of its own, in a folder below .mana-test, on a free port of this computer.
import assert from "node:assert/strict";
import { freePort } from "../../scripts/stack/free_port.ts";
import { POSTGRES_PROGRAMS } from "../_support/test_database.ts";

/** PostgreSQL refuses to run as root: then the instance belongs to Debian's `nobody`. */
const NOBODY = { uid: 65534, gid: 65534 };
const PASSWORD = "a p@ssword, with everything: /?#";

/** Whether there is a PostgreSQL to try. */
export async function isInstalled(): Promise<boolean> {
  try {
    return (await Deno.stat(`${POSTGRES_PROGRAMS}/postgres`)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A running instance. */
export interface Postgres extends AsyncDisposable {
  /** Its first database; whoever has it may make others. */
  readonly url: string;
}

/** Makes an instance in an empty folder and starts it. Passwords are proven by SCRAM; nothing waits for the disk. */
export async function startPostgres(folder: string): Promise<Postgres> {
  const owner = Deno.uid() === 0 ? NOBODY : {};
  const root = await Deno.realPath(folder);
  const data = `${root}/postgres`;
  const passwordFile = `${root}/password`;
  await Deno.writeTextFile(passwordFile, PASSWORD);
  if (owner === NOBODY) await Deno.chown(root, NOBODY.uid, NOBODY.gid);
  const made = await new Deno.Command(`${POSTGRES_PROGRAMS}/initdb`, {
    ...owner,
    args: ["-D", data, "-U", "mana", "-A", "scram-sha-256", `--pwfile=${passwordFile}`]
      .concat(["-N", "-E", "UTF8", "--locale=C"]),
    clearEnv: true,
  }).output();
  assert.ok(made.success, new TextDecoder().decode(made.stderr));
  const port = freePort();
  const child = new Deno.Command(`${POSTGRES_PROGRAMS}/postgres`, {
    ...owner,
    args: ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
      .concat(["-c", "unix_socket_directories=", "-c", "max_connections=300"]),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = listenTo(child.stderr);
  const ended = child.status.then(() => "ended" as const);
  if (await Promise.race([said.ready, ended]) === "ended") assert.fail(`postgres ended: ${await said.all}`);
  return {
    url: `postgres://mana:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGINT"); // its fast way to stop: whoever is connected is cut off
      await child.status;
      await said.all;
    },
  };
}

/** What PostgreSQL writes; `ready` resolves with the line that comes once it listens. */
function listenTo(stream: ReadableStream<Uint8Array>) {
  const { promise: ready, resolve } = Promise.withResolvers<"ready">();
  const all = (async () => {
    let text = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      if (text.length < 100_000) text += part;
      if (text.includes("ready to accept connections")) resolve("ready");
    }
    return text;
  })();
  return { ready, all };
}
