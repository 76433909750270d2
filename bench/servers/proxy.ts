/**
 * What Deno itself takes for passing a call on: a bare `Deno.serve` that reads the body and makes the one request to the
 * sync service that a warm `habits.list` makes, with `fetch`, reads its answer and answers in turn. It checks nothing, keeps
 * nothing, opens nothing. Settings come from the environment: PORT, UPSTREAM.
 */
import { print } from "../../scripts/print.ts";
import { passedOn } from "./passed_on.ts";

const { path, headers } = passedOn();
const url = `${Deno.env.get("UPSTREAM")}${path}`;

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.env.get("PORT")),
  onListen: () => print("listening"),
}, async (request) => {
  const message: unknown = JSON.parse(await request.text());
  const response = await fetch(url, {
    headers: { ...headers, authorization: request.headers.get("authorization") ?? "" },
  });
  const result: unknown = await response.json();
  return Response.json({ message, result });
});
