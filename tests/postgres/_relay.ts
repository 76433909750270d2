// A way to PostgreSQL that can be cut, for what happens when the database is lost while a server runs.
import { parsePostgresAddress } from "../../sign_in/database/postgres_address.ts";

/** A relay of this computer in front of a database. */
export interface Relay extends AsyncDisposable {
  /** The database's address by way of the relay. */
  readonly url: string;
  /** Ends each connection that is open; new ones are made. */
  cut(): void;
  /** Refuses everybody until `open` is called. */
  close(): void;
  open(): void;
}

/** Starts a relay on a free port. */
export function startRelay(url: string): Relay {
  const target = parsePostgresAddress(url);
  if (target === undefined) throw new TypeError("Cannot relay to that address");
  const open = new Set<Deno.Conn>();
  const running = new Set<Promise<void>>();
  let listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const end = (conn: Deno.Conn) => {
    if (open.delete(conn)) conn.close();
  };
  const pump = async (from: Deno.Conn, to: Deno.Conn) => {
    try {
      await from.readable.pipeTo(to.writable);
    } catch {
      // One of the two was cut.
    } finally {
      open.delete(from);
      open.delete(to);
    }
  };
  const accept = async (from: Deno.Listener) => {
    try {
      for await (const client of from) {
        const server = await Deno.connect({ hostname: target.host, port: target.port });
        open.add(client).add(server);
        running.add(Promise.all([pump(client, server), pump(server, client)]).then(() => {}));
      }
    } catch {
      // The listener was closed.
    }
  };
  running.add(accept(listener));
  const cut = () => [...open].forEach(end);
  return {
    url: Object.assign(new URL(url), { port: String(port) }).href,
    cut,
    close() {
      listener.close();
      cut();
    },
    open() {
      listener = Deno.listen({ hostname: "127.0.0.1", port });
      running.add(accept(listener));
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      cut();
      await Promise.all(running);
    },
  };
}
