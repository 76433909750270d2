// Writes whole HTTP requests to a file for `requests.lua`: every kind of request for every person, person by person.
import type { RequestShape } from "../load/job.ts";

/** Writes the file. wrk sends the requests in this order: each person's kinds of request one after the other. */
export async function writeRequests(
  file: string,
  { host, shapes, tokens }: {
    /** `127.0.0.1:<port>`. */
    readonly host: string;
    readonly shapes: readonly RequestShape[];
    /** One bearer token per person. */
    readonly tokens: readonly string[];
  },
): Promise<void> {
  const requests = tokens.flatMap((token) => shapes.map((shape) => requestText(host, shape, token)));
  await Deno.writeTextFile(
    file,
    requests.map((text) => `${new TextEncoder().encode(text).byteLength}\n${text}`).join(""),
  );
}

function requestText(host: string, { method, path, headers, body }: RequestShape, token: string): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(method === "GET" ? [] : [`content-length: ${new TextEncoder().encode(body).byteLength}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
