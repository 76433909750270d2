// The first check of a request to the runner: whether the browser meant this computer. A page elsewhere can have its own name lead to
// 127.0.0.1 (DNS rebinding) and would then read the report; the Host header still says whose name it was.
import { jsonAnswer } from "./page_answer.ts";

/** The refusal of a request by its Host, 403; undefined where the request may pass. Any port: the runner may listen on any. */
export function refuseForeignHost(request: Request): Response | undefined {
  const host = (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();
  if (OWN_NAMES.has(host.replace(/:\d{1,5}$/, ""))) return undefined;
  return jsonAnswer({
    error: "host-not-allowed",
    message: "The runner answers at 127.0.0.1 and localhost only.",
  }, 403);
}

const OWN_NAMES: ReadonlySet<string> = new Set(["127.0.0.1", "localhost"]);
