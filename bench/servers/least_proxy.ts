/**
 * The least that any Deno process between a client and its service takes: as `fetch_proxy.ts`, without an HTTP client. The
 * request is written to a connection that is kept, and of the answer no more is understood than where it ends. Nothing to be
 * used for anything else. Settings come from the environment: PORT, UPSTREAM.
 */
import { connectLoad, type LoadConnection } from "../load/connection.ts";
import { wireRequest } from "../load/wire_request.ts";
import { emptyPull } from "./empty_pull.ts";
import { serveParsed } from "./serve_parsed.ts";

const { host } = new URL(Deno.env.get("UPSTREAM") ?? "");
const shape = emptyPull();
const idle: LoadConnection[] = [];

serveParsed(async (message, request) => {
  const authorization = request.headers.get("authorization") ?? "";
  const connection = idle.pop() ?? await connectLoad(host);
  const { body } = await connection.send(wireRequest(host, shape, { authorization }));
  idle.push(connection);
  return Response.json({ message, result: JSON.parse(new TextDecoder().decode(body)) });
});
