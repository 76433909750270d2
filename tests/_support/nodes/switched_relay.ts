// One address in front of several servers, of which one is in use: what an operator's failover looks like to a client.

/** A relay of TCP connections on loopback. */
export interface SwitchedRelay extends AsyncDisposable {
  readonly port: number;
  /** Cuts every connection; new ones lead to this port. */
  switchTo(port: number): void;
}

/** Starts it on a free port; connections lead to `target`. Where nobody listens there, a connection is closed at once. */
export function startSwitchedRelay(target: number): SwitchedRelay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const running = new Set<Promise<void>>();
  let port = target;
  const end = (connection: Deno.Conn) => {
    if (open.delete(connection)) connection.close();
  };
  const pump = async (from: Deno.Conn, to: Deno.Conn) => {
    const part = new Uint8Array(64 * 1024);
    try {
      for (let length = await from.read(part); length !== null; length = await from.read(part)) {
        for (let sent = 0; sent < length;) sent += await to.write(part.subarray(sent, length));
      }
    } catch {
      // One of the two was cut.
    } finally {
      end(from);
      end(to);
    }
  };
  const relay = async (client: Deno.Conn) => {
    open.add(client);
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      // A client that was cut meanwhile needs no server.
      if (!open.has(client)) return server.close();
      open.add(server);
      await Promise.all([pump(client, server), pump(server, client)]);
    } catch {
      end(client);
    }
  };
  const track = (work: Promise<void>) => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const accepting = (async () => {
    for await (const client of listener) track(relay(client));
  })();
  return {
    port: listener.addr.port,
    switchTo(next) {
      port = next;
      [...open].forEach(end);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      [...open].forEach(end);
      await accepting;
      await Promise.all(running);
    },
  };
}
