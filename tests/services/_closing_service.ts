/** A server on a port of its own that can carry out a request and then end its connection instead of answering. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** The server, and what it has seen. */
export interface ClosingService extends AsyncDisposable {
  readonly url: string;
  /** The POSTs, one for each transmission. */
  readonly posts: { readonly path: string; readonly body: string; readonly isAnswered: boolean }[];
  /** Sends a request to this server that was meant for another origin, body and all. */
  readonly carry: typeof fetch;
}

/**
 * Starts it.
 *
 * @param answer the answer, or null to end the connection; `isKept` tells that the connection had a request before
 */
export async function startClosingService(
  answer: (request: Request, isKept: boolean) => Promise<Response | null>,
): Promise<ClosingService> {
  const used = new WeakSet<object>();
  const posts: { path: string; body: string; isAnswered: boolean }[] = [];

  const handle = async (asked: IncomingMessage, told: ServerResponse): Promise<void> => {
    const isKept = used.has(asked.socket);
    used.add(asked.socket);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of asked) chunks.push(new Uint8Array(chunk));
    const body = await new Blob(chunks).text();
    const { method = "GET", url = "/" } = asked;
    const headers = new Headers();
    for (const name of ["authorization", "content-type", "x-client-id"]) {
      const value = asked.headers[name];
      if (typeof value === "string") headers.set(name, value);
    }
    const isPost = method === "POST";
    const request = new Request(`http://service.test${url}`, {
      method,
      headers,
      ...(isPost ? { body } : {}),
    });
    const response = await answer(request, isKept);
    if (isPost) posts.push({ path: url, body, isAnswered: response !== null });
    if (response === null) {
      asked.socket.destroy();
      return;
    }
    const text = await response.text();
    told.writeHead(response.status, { "content-type": "application/json", location: "/elsewhere" }).end(text);
  };

  const server = createServer((asked, told) => void handle(asked, told));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot tell the port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    posts,
    async carry(input, init) {
      // The connection of the request before is free again only after a turn of the event loop; a push would open a new one.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const meant = new URL(input instanceof Request ? input.url : input);
      return await fetch(url + meant.pathname + meant.search, init);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
