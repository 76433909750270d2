/**
 * Stands where a client's way to the internet would be: a proxy, and a package registry, that refuse everything and note
 * what they were asked for. A client that its settings do not silence is found out, and reaches nobody.
 */
export interface ClosedWayOut extends AsyncDisposable {
  /** Variables that lead a client here. */
  readonly env: Readonly<Record<string, string>>;
  /** First lines of requests for other hosts. */
  readonly asked: readonly string[];
}

/** Opens it on a free port of loopback. */
export function closeWayOut(): ClosedWayOut {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { addr } = listener;
  if (addr.transport !== "tcp") throw new TypeError("Cannot listen");
  const here = `http://127.0.0.1:${addr.port}`;
  const asked: string[] = [];
  const refusing = refuseAll(listener, asked);
  return {
    asked,
    env: {
      HTTP_PROXY: here,
      HTTPS_PROXY: here,
      http_proxy: here,
      https_proxy: here,
      NO_PROXY: "127.0.0.1,localhost",
      no_proxy: "127.0.0.1,localhost",
      npm_config_registry: `${here}/`,
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await refusing;
    },
  };
}

async function refuseAll(listener: Deno.TcpListener, asked: string[]): Promise<void> {
  for await (const connection of listener) {
    try {
      const head = new Uint8Array(2048);
      const length = await connection.read(head) ?? 0;
      const line = new TextDecoder().decode(head.subarray(0, length)).split("\r\n")[0] ?? "";
      // What names no host is meant for the registry here.
      if (!/^[A-Z]+ \//.test(line)) asked.push(line);
      await connection.write(
        new TextEncoder().encode("HTTP/1.1 502 Closed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
      );
    } catch {
      // It went away by itself.
    } finally {
      connection.close();
    }
  }
}
