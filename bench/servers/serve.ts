// How the Deno servers that the gateway is compared with listen: on PORT of the environment, and with the line `listening`.
import { print } from "../../scripts/print.ts";

/** Serves every request by `answer`. */
export function serve(answer: (request: Request) => Response | Promise<Response>): void {
  const port = Number(Deno.env.get("PORT"));
  Deno.serve({ hostname: "127.0.0.1", port, onListen: () => print("listening") }, answer);
}
