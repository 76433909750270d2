import { Buffer } from "node:buffer";
import { createResponseReader, type RawResponse } from "./response_reader.ts";

/** One request and what its answer has to hold. */
export interface Exchange {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly marker: Uint8Array;
}

/** One keep-alive connection on which requests follow each other. */
export interface LoadConnection {
  /** Sends a request and reads its answer whole. Throws ResponseError when there is none. */
  send(bytes: Uint8Array<ArrayBuffer>): Promise<RawResponse>;
  /** Sends and checks status and marker, and with `parse` that the body is one JSON-RPC answer. Throws {@link WrongAnswer}. */
  check(exchange: Exchange, parse: boolean): Promise<RawResponse>;
  close(): void;
}

/** The server answered something else than what the workload expects. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

/** How much of a wrong answer is quoted. */
const QUOTED_CHARS = 600;

/** Connects to a server on this machine. */
export async function connectLoad(host: string): Promise<LoadConnection> {
  const [hostname = "127.0.0.1", port] = host.split(":");
  const connection = await Deno.connect({ hostname, port: Number(port) });
  connection.setNoDelay(true);
  const reader = createResponseReader(connection);

  const send = async (bytes: Uint8Array<ArrayBuffer>): Promise<RawResponse> => {
    let sent = await connection.write(bytes);
    while (sent < bytes.length) sent += await connection.write(bytes.subarray(sent));
    return await reader.next();
  };

  return {
    send,
    async check({ bytes, marker }, parse) {
      const response = await send(bytes);
      const { status, body } = response;
      const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      if (status !== 200 || view.indexOf(marker) === -1 || response.closes) {
        throw new WrongAnswer(
          `status ${status}, expected 200 with ${new TextDecoder().decode(marker)}: ${quote(body)}`,
        );
      }
      if (parse) parseAnswer(body);
      return response;
    },
    close: () => connection.close(),
  };
}

/** The body as JSON, from a JSON answer or from the only event of an event stream. Throws {@link WrongAnswer}. */
export function parseAnswer(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  const json = text.startsWith("{") ? text : /^data: ?(\{.*)$/m.exec(text)?.[1];
  try {
    return JSON.parse(json ?? "");
  } catch {
    throw new WrongAnswer(`the body is no JSON: ${quote(body)}`);
  }
}

function quote(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, QUOTED_CHARS));
}
