// A port for a process that is about to start.

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  if (listener.addr.transport !== "tcp") throw new TypeError("Cannot find a free port");
  return listener.addr.port;
}
