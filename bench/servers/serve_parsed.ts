import { print } from "../../scripts/print.ts";

/**
 * Serves on PORT of the environment, and says `listening`: each body is parsed as JSON, as whoever speaks JSON over HTTP has
 * to, and nothing else is done before `answer`.
 */
export function serveParsed(
  answer: (message: unknown, request: Request) => Response | Promise<Response>,
): void {
  Deno.serve({
    hostname: "127.0.0.1",
    port: Number(Deno.env.get("PORT")),
    onListen: () => print("listening"),
  }, async (request) => answer(JSON.parse(await request.text()), request));
}
