// Streams of server-sent events, read message by message, and the 2026-07-28 subscription that opens one.
import assert from "node:assert/strict";
import { MCP_URL, modernRequest } from "./mcp_request.ts";
import type { Person, World } from "./world.ts";

/** One message on a stream. */
export interface Message {
  readonly method?: string;
  readonly id?: unknown;
  readonly params?: {
    readonly uri?: string;
    readonly notifications?: unknown;
    readonly _meta?: Record<string, unknown>;
  };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A stream of server-sent events, read message by message. */
export interface Events extends AsyncDisposable {
  /** The next message, or undefined when the stream has ended. */
  next(): Promise<Message | undefined>;
  /** The address in the next message, which must be a notification of a changed resource. */
  updated(): Promise<string>;
  cancel(): Promise<void>;
}

/** Reads a response that is a stream. */
export function eventsOf(response: Response): Events {
  assert.ok(response.body);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<Message | undefined> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end !== -1) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        const data = event.split("\n").find((line) => line.startsWith("data: "));
        if (data !== undefined) return JSON.parse(data.slice(6));
        continue;
      }
      const part = await reader.read();
      if (part.done) return undefined;
      text += part.value;
    }
  };
  const cancel = () => reader.cancel();
  return {
    next,
    async updated() {
      const message = await next();
      assert.equal(message?.method, "notifications/resources/updated", JSON.stringify(message));
      return message?.params?.uri ?? assert.fail("no address");
    },
    cancel,
    [Symbol.asyncDispose]: cancel,
  };
}

/** Sends `subscriptions/listen` (2026-07-28) for these addresses. */
export async function listenRaw(
  world: { readonly gateway: Pick<World["gateway"], "fetch"> },
  token: string,
  uris: readonly string[],
  id: string | number = 7,
  url = MCP_URL,
): Promise<Response> {
  const params = { notifications: { resourceSubscriptions: uris } };
  return await world.gateway.fetch(modernRequest(token, "subscriptions/listen", params, { id, url }));
}

/** Listens, and returns what was acknowledged with the stream behind it. */
export async function listen(
  world: World,
  person: Person,
  uris: readonly string[],
  id: string | number = 7,
): Promise<{ readonly honoured: unknown; readonly events: Events }> {
  const events = eventsOf(await listenRaw(world, person.token, uris, id));
  const ack = await events.next();
  assert.equal(ack?.method, "notifications/subscriptions/acknowledged");
  assert.equal(ack?.params?._meta?.["io.modelcontextprotocol/subscriptionId"], id);
  return { honoured: ack?.params?.notifications, events };
}
