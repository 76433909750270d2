// Those who want to keep others out: connections that say nothing, headers and bodies that trickle, a flood of requests. Each
// kind tells what became of it, and goes on until it is told to stop.
import { LIMIT_SECONDS } from "./_nginx.ts";

/** How often something became of a connection or request: a status as text, or `closed` without an answer. */
export type Outcomes = ReadonlyMap<string, number>;

/** Attackers of one kind. */
export interface Crowd {
  /** What has become of them so far. */
  readonly outcomes: Outcomes;
  /** Resolves when each has been ended once by the other side, or has sent all its requests. */
  readonly ended: Promise<void>;
  /** Lets go of everything; resolves when all is gone. */
  stop(): Promise<void>;
}

/** So many connections that say nothing. Each that is ended comes back at once. */
export function holdSilently(port: number, count: number): Crowd {
  return gather(count, (attacker) => attacker.connect(port, new Uint8Array()));
}

/** So many requests whose headers come a letter at a time: a second apart at the shipped limit of ten seconds. */
export function trickleHeaders(port: number, count: number): Crowd {
  const head = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-";
  return gather(count, (attacker) => attacker.connect(port, encode(head), encode("x")));
}

/** So many requests whose bodies come a letter at a time, each once. `token` is somebody's, or null. */
export function trickleBodies(port: number, count: number, token: string | null): Crowd {
  const head = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Type: application/json\r\n" +
    "Accept: application/json, text/event-stream\r\nContent-Length: 100000\r\n" +
    (token === null ? "" : `Authorization: Bearer ${token}\r\n`) + "\r\n";
  return gather(count, (attacker) => attacker.connect(port, encode(head), encode("{"), false));
}

/** So many requests at a time, as fast as they are answered; each attacker sends `each`. */
export function flood(count: number, each: number, send: () => Promise<Response>): Crowd {
  return gather(count, async (attacker) => {
    for (let sent = 1; sent <= each && !attacker.isStopped(); sent++) {
      const response = await send();
      await response.body?.cancel();
      attacker.tell(String(response.status), sent === each);
    }
  });
}

/** One attacker. */
interface Attacker {
  /** Connects, writes `head`, then `drop` again and again, until the other side ends it; then once more, if it comes back. */
  connect(port: number, head: Uint8Array, drop?: Uint8Array, comesBack?: boolean): Promise<void>;
  /** Counts what became of a connection or request; `isEnd` says that the others need not wait for this attacker. */
  tell(outcome: string, isEnd?: boolean): void;
  isStopped(): boolean;
}

function gather(count: number, attack: (attacker: Attacker) => Promise<void>): Crowd {
  const outcomes = new Map<string, number>();
  const open = new Set<Deno.TcpConn>();
  let isStopped = false;
  const firsts = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const all = firsts.map(({ resolve: endOnce }) => {
    const tell = (outcome: string, isEnd = true) => {
      if (isStopped) return;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (isEnd) endOnce();
    };
    const connect = async (port: number, head: Uint8Array, drop?: Uint8Array, comesBack = true) => {
      do {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        open.add(connection);
        tell(await outcomeOf(connection, head, drop));
        if (open.delete(connection)) connection.close();
      } while (comesBack && !isStopped);
    };
    return attack({ connect, tell, isStopped: () => isStopped });
  });
  return {
    outcomes,
    ended: Promise.all(firsts.map(({ promise }) => promise)).then(() => {}),
    async stop() {
      isStopped = true;
      for (const connection of open) connection.close();
      open.clear();
      await Promise.all(all);
    },
  };
}

/** The status of what comes back, or `closed`. */
async function outcomeOf(connection: Deno.TcpConn, head: Uint8Array, drop?: Uint8Array): Promise<string> {
  const bytes = new Uint8Array(1024);
  const answer = connection.read(bytes).catch(() => null);
  await write(connection, head);
  const timer = drop === undefined ? undefined : setInterval(() => void write(connection, drop), DROP_MS);
  const count = await answer;
  clearInterval(timer);
  const text = new TextDecoder().decode(bytes.subarray(0, count ?? 0));
  return /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? "closed";
}

/** Ten letters within the limit that nginx has for all headers together, and for the pause between two parts of a body. */
const DROP_MS = 100 * LIMIT_SECONDS;

async function write(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await connection.write(bytes).catch(() => {}); // ended by the other side, which the reader is told
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
