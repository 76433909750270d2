// The floor: a bare `Deno.serve` that reads the same body, parses it, and answers with the bytes of the gateway's own
// answer. No token check, no policy, no log, no validation: nothing on Deno that speaks JSON over HTTP can be faster by
// much. Settings come from the environment: PORT, FIXTURE.
import { answerKey, readFixture } from "./fixture.ts";
import { serve } from "./serve.ts";

const { answers } = await readFixture();
const ready = new Map(Object.entries(answers));
const headers = { "content-type": "application/json" };

serve(async (request) => {
  const body = answerTo(JSON.parse(await request.text()));
  return body === undefined ? new Response(null, { status: 404 }) : new Response(body, { headers });
});

function answerTo(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const method: unknown = Reflect.get(message, "method");
  const params: unknown = Reflect.get(message, "params");
  const has = (name: string): unknown =>
    typeof params === "object" && params !== null ? Reflect.get(params, name) : undefined;
  const era = has("_meta") === undefined ? "legacy" : "modern";
  return ready.get(answerKey(era, String(method === "tools/call" ? has("name") : method)));
}
