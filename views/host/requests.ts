// JSON-RPC 2.0 with the window around the view, and with no other: asks, is answered in time or not at all, is told and is asked.
import { isObject, type JsonObject, objectOf } from "./parse.ts";

/** A message without an id is for nobody's answer. */
export interface Message {
  readonly method: string;
  readonly params: JsonObject;
}

/** What came of a request. `code` is the JSON-RPC code of an error; null where no answer came in time, or where the view has ended. */
export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: number | null };

/** The way to the host. */
export interface Requests {
  /** Never rejects. */
  ask(message: Message, patienceMs: number): Promise<Reply>;
  tell(message: Message): void;
  /** Answers what waits as unanswered, and hears nothing any more. */
  end(): void;
}

/** Starts to listen. `onTold` gets notifications; `onAsked` answers requests, undefined for a method that it does not know. */
export function createRequests(
  { view, host, onTold, onAsked }: {
    readonly view: Window;
    readonly host: Window;
    readonly onTold: (method: string, params: JsonObject) => void;
    readonly onAsked: (method: string) => JsonObject | undefined;
  },
): Requests {
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  // The origin of a host is not known and its name is in no message; what counts is which window it is.
  const send = (message: object) => host.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const hear = (event: MessageEvent) => {
    // Any window that has this one's handle may post to it: a frame beside this one, or one that opened it.
    if (event.source !== host) return;
    const data: unknown = event.data;
    if (!isObject(data) || data.jsonrpc !== "2.0") return;
    const { id, method } = data;
    if (typeof method === "string") {
      if (id === undefined) return onTold(method, objectOf(data.params));
      if (typeof id !== "string" && typeof id !== "number") return;
      const result = onAsked(method);
      send(
        result === undefined ? { id, error: { code: -32601, message: "Method not found" } } : { id, result },
      );
      return;
    }
    if (typeof id !== "number") return;
    const settle = waiting.get(id);
    if (settle === undefined) return;
    const { code } = objectOf(data.error);
    settle(
      "error" in data
        ? { ok: false, code: typeof code === "number" ? code : 0 }
        : { ok: true, result: data.result },
    );
  };
  view.addEventListener("message", hear);
  return {
    ask: (message, patienceMs) =>
      new Promise((resolve) => {
        const id = lastId += 1;
        const settle = (reply: Reply) => {
          view.clearTimeout(timer);
          waiting.delete(id);
          resolve(reply);
        };
        const timer = view.setTimeout(() => settle({ ok: false, code: null }), patienceMs);
        waiting.set(id, settle);
        send({ id, ...message });
      }),
    tell: send,
    end() {
      view.removeEventListener("message", hear);
      for (const settle of [...waiting.values()]) settle({ ok: false, code: null });
    },
  };
}

/** JSON-RPC's code for a method that the other side does not have. */
export const METHOD_NOT_FOUND = -32601;
