import { bearer, type Cast } from "./ask_auth.ts";
import { EPOCH, FAR } from "./ask_sync.ts";
import type { Json } from "./mask.ts";
import { mediaType, type Transcript } from "./transcript.ts";

/** When to give up on a stream that says nothing. */
const PATIENCE_MS = 8000;
/** When the other device writes: some services send no header before the first event, so nothing tells. */
const WRITE_AFTER_MS = 500;

/** Asks what a stream brings. */
export async function askStream(transcript: Transcript, { anna }: Cast): Promise<void> {
  const { sync, fetch } = transcript.target;
  const path = (collection: string) => `/sync/todo/stream?collections=${collection}&since=${EPOCH}`;
  const headers = bearer(anna, "s");
  await firstEvent(transcript, "stream: what is there already", path("odd"), headers);
  await firstEvent(
    transcript,
    "stream: a write by another device arrives",
    path("live"),
    headers,
    async () => {
      const response = await fetch(`${sync}/sync/todo`, {
        method: "POST",
        headers: { ...bearer(anna), "content-type": "application/json" },
        body: JSON.stringify({
          clientId: "other",
          since: FAR,
          changes: [{ table: "live", id: "l1", op: "insert", data: { n: 1 } }],
        }),
      });
      await response.body?.cancel();
    },
  );
  await transcript.ask("stream without a token", "GET", "/sync/todo/stream?collections=odd");
}

async function firstEvent(
  transcript: Transcript,
  name: string,
  path: string,
  headers: Record<string, string>,
  during?: () => Promise<void>,
): Promise<void> {
  const { sync, fetch } = transcript.target;
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE_MS);
  const written = Promise.withResolvers<void>();
  const writing = during && setTimeout(() => during().then(written.resolve, written.reject), WRITE_AFTER_MS);
  const seen: Json[] = [];
  let status = 0;
  let contentType = "";
  try {
    const response = await fetch(sync + path, { headers, signal: stop.signal });
    status = response.status;
    contentType = mediaType(response.headers.get("content-type") ?? "");
    const event = await readEvent(response);
    if (event !== undefined) seen.push(event);
    if (during) await written.promise;
  } catch (error) {
    if (!stop.signal.aborted) seen.push(`error: ${error instanceof Error ? error.message : "unknown"}`);
  } finally {
    clearTimeout(patience);
    clearTimeout(writing);
    stop.abort();
  }
  transcript.add({
    name,
    compare: "exact",
    request: { method: "GET", path: String(transcript.mask(path)), headers: {} },
    response: { status, contentType, body: transcript.mask(seen) },
  });
}

async function readEvent(response: Response): Promise<Json | undefined> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const end = text.indexOf("\n\n");
    if (end >= 0) return toEvent(text.slice(0, end));
  }
  return undefined;
}

function toEvent(block: string): Json {
  const lines = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return { event: lines.get("event") ?? null, data: JSON.parse(lines.get("data") ?? "null") };
}
