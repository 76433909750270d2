/**
 * The least that any Deno process between a client and its service takes: as `proxy.ts`, without an HTTP client. The request
 * is written to a connection that is kept, and of the answer no more is understood than where it ends. Nothing to be used for
 * anything else. Settings come from the environment: PORT, UPSTREAM.
 */
import { print } from "../../scripts/print.ts";
import { connectLoad, type LoadConnection } from "../load/connection.ts";
import { wireRequest } from "../load/wire_request.ts";
import { passedOn } from "./passed_on.ts";

const { host } = new URL(Deno.env.get("UPSTREAM") ?? "");
const shape = passedOn();
const idle: LoadConnection[] = [];

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.env.get("PORT")),
  onListen: () => print("listening"),
}, async (request) => {
  const message: unknown = JSON.parse(await request.text());
  const connection = idle.pop() ?? await connectLoad(host);
  const authorization = request.headers.get("authorization") ?? "";
  const { body } = await connection.send(wireRequest(host, shape, { authorization }));
  const result: unknown = JSON.parse(new TextDecoder().decode(body));
  idle.push(connection);
  return Response.json({ message, result });
});
