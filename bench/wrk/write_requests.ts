// Writes whole HTTP requests to a file for `requests.lua`: every kind of request for every caller, caller by caller.

/** One kind of request. */
export interface RequestShape {
  readonly method: "GET" | "POST";
  /** Starts with a slash. */
  readonly path: string;
  /** Without `host`, `content-length` and the caller's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Text that every right answer has in its body. */
  readonly marker: string;
}

/** The headers that say whose request it is: the token, and the session where there is one. */
export type Caller = Readonly<Record<string, string>>;

/** Writes the file. wrk sends the requests in this order: each caller's kinds of request one after the other. */
export async function writeRequests(
  file: string,
  host: string,
  shapes: readonly RequestShape[],
  callers: readonly Caller[],
): Promise<void> {
  const requests = callers.flatMap((caller) => shapes.map((shape) => requestText(host, shape, caller)));
  await Deno.writeTextFile(file, requests.map((text) => `${bytesOf(text)}\n${text}`).join(""));
}

function requestText(host: string, { method, path, headers, body }: RequestShape, caller: Caller): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries({ ...headers, ...caller }).map(([name, value]) => `${name}: ${value}`),
    ...(method === "GET" ? [] : [`content-length: ${bytesOf(body)}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
