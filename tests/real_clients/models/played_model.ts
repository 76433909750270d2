/** What both stand-ins for a model have in common: they play written calls and keep what they were handed. */

/** A tool as the model is told about it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
}

/** What came back for a call: as the client handed it over, or why it could not. */
export type Handed =
  | { readonly text: string; readonly structured?: unknown; readonly isError: boolean }
  | { readonly failed: string };

/** A call to play, by the name under which the client offers the tool. */
export interface PlayedCall {
  readonly name: string;
  readonly args: unknown;
}

/** What a client let a model see. */
export interface Seen {
  readonly tools: readonly OfferedTool[];
  /** One for each answered call, in the order of the calls. */
  readonly handed: readonly Handed[];
}

/** A stand-in that listens. */
export interface PlayedModel extends AsyncDisposable {
  /** Base address for the client's settings. */
  readonly url: string;
  /** The tools of the last request, and what each call was answered with when the model was handed it first. */
  seen(): Seen;
}

/** How one API is spoken. */
export interface ModelApi {
  /** The end of the path on which a conversation goes on. */
  readonly path: string;
  /** What a request holds; null when it is none of the conversation with the tools. */
  read(body: unknown): Seen | null;
  /** Events of the next answer, the `count`th: calls that are made together, or a last word where there is none. */
  answer(count: number, next: readonly PlayedCall[]): readonly unknown[];
  /** One event on the wire. */
  frame(event: unknown): string;
  /** Answer to any other request. */
  other(path: string, body: string): unknown;
}

/** Says which calls the model makes together after what it was handed; none when it is done. */
export type Play = (handed: readonly Handed[]) => readonly PlayedCall[];

/** Serves `api` on a free port of loopback. */
export function playModel(api: ModelApi, next: Play): PlayedModel {
  let seen: Seen = { tools: [], handed: [] };
  let count = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const text = await request.text();
    if (!pathname.endsWith(api.path)) return Response.json(api.other(pathname, text));
    const now = api.read(JSON.parse(text));
    // Clients clear old results from later requests: what counts is what the model was handed first.
    if (now !== null) {
      seen = { tools: now.tools, handed: [...seen.handed, ...now.handed.slice(seen.handed.length)] };
    }
    const events = api.answer(++count, now === null ? [] : next(seen.handed));
    return new Response(events.map((event) => api.frame(event)).join(""), {
      headers: { "content-type": "text/event-stream" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen: () => seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
