import type { RequestShape } from "./job.ts";

/** The bytes of one request to `host`, ready to be written as often as needed. */
export function wireRequest(
  host: string,
  shape: Pick<RequestShape, "method" | "path" | "headers" | "body">,
  headers: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const body = encoder.encode(shape.body);
  const lines = [
    `${shape.method} ${shape.path} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries({ ...shape.headers, ...headers }).map(([name, value]) => `${name}: ${value}`),
    ...(shape.method === "GET" ? [] : [`content-length: ${body.length}`]),
  ];
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}
