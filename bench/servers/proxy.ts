/**
 * What Deno itself takes for passing a call on: a bare `Deno.serve` that reads the body and makes the one request to the
 * sync service that a warm `habits.list` makes, with `fetch`, reads its answer and answers in turn. It checks nothing, keeps
 * nothing, opens nothing. Settings come from the environment: PORT, UPSTREAM.
 */
import { print } from "../../scripts/print.ts";

const since = encodeURIComponent(new Date().toISOString());
const url = `${Deno.env.get("UPSTREAM")}/sync/habits/pull?collection=habits&since=${since}`;
const headers = { "content-type": "application/json" };

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.env.get("PORT")),
  onListen: () => print("listening"),
}, async (request) => {
  const message: unknown = JSON.parse(await request.text());
  const response = await fetch(url, {
    headers: {
      accept: "application/json",
      authorization: request.headers.get("authorization") ?? "",
      "x-client-id": "bench",
    },
  });
  const result: unknown = await response.json();
  return new Response(JSON.stringify({ message, result }), { headers });
});
