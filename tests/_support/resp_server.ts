// A server on loopback that speaks as much of RESP as a test wants: for answers that a healthy Valkey never gives. Scripts are tested
// against a real server (tests/valkey).
/** What the server sends for a command, in RESP; null: nothing, it hangs. */
export type RespAnswer = (command: readonly string[]) => string | null;

/** A running server. */
export interface RespServer extends AsyncDisposable {
  readonly url: string;
  /** Every command that has come. */
  readonly commands: (readonly string[])[];
  /** What it answers from now on; the handshake (`HELLO`) is answered well unless it says otherwise. */
  answer: RespAnswer;
  /** Answers, with what it answers now, every command that it has not answered, in order: it was stopped and goes on. */
  goOn(): Promise<void>;
  /** Ends every connection. */
  cut(): void;
}

/** A handshake that went well. */
const HELLO = "%1\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n";
/** The answer of a script that returned 1. */
export const ONE = ":1\r\n";

/** Starts a server that answers every script with 1. */
export function startRespServer(answer: RespAnswer = () => ONE): RespServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const running = new Set<Promise<void>>();
  const held: { readonly conn: Deno.Conn; readonly command: readonly string[] }[] = [];
  const reply = async (conn: Deno.Conn, command: readonly string[]) => {
    const said = server.answer(command);
    if (said === null) return void held.push({ conn, command });
    const text = command[0] === "HELLO" && said === ONE ? HELLO : said;
    await conn.write(new TextEncoder().encode(text));
  };
  const server: RespServer = {
    url: `redis://127.0.0.1:${listener.addr.port}`,
    commands: [],
    answer,
    async goOn() {
      for (const { conn, command } of held.splice(0)) await reply(conn, command);
    },
    cut() {
      for (const conn of open) conn.close();
      open.clear();
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      server.cut();
      await Promise.all(running);
    },
  };
  const serve = async (conn: Deno.Conn) => {
    let text = "";
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
        text += new TextDecoder("latin1").decode(buffer.subarray(0, read));
        for (let found = takeCommand(text); found !== null; found = takeCommand(text)) {
          text = found.rest;
          server.commands.push(found.command);
          await reply(conn, found.command);
        }
      }
    } catch {
      // The connection was cut.
    } finally {
      if (open.delete(conn)) conn.close();
    }
  };
  running.add((async () => {
    try {
      for await (const conn of listener) {
        open.add(conn);
        running.add(serve(conn));
      }
    } catch {
      // The listener was closed.
    }
  })());
  return server;
}

/** The first whole command of a text, `*n` and n bulk strings, and what comes after it; null where there is none yet. */
function takeCommand(text: string): { readonly command: readonly string[]; readonly rest: string } | null {
  const count = /^\*(\d+)\r\n/.exec(text);
  if (count === null) return null;
  let rest = text.slice(count[0].length);
  const command: string[] = [];
  while (command.length < Number(count[1])) {
    const size = /^\$(\d+)\r\n/.exec(rest);
    if (size === null) return null;
    const [start, length] = [size[0].length, Number(size[1])];
    if (rest.length < start + length + 2) return null;
    command.push(rest.slice(start, start + length));
    rest = rest.slice(start + length + 2);
  }
  return { command, rest };
}
