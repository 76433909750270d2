// What the runner makes of the personas API's answers to a question for the report.
import assert from "node:assert/strict";
import { askReport } from "../../../runner/personas_api/ask_report.ts";
import { everything, report } from "./_told_report.ts";

const clock = { calendar: () => 0, elapsed: () => 0, after: () => () => {} };

async function askWith(answer: () => Response | Promise<Response>) {
  const asked: Request[] = [];
  const result = await askReport({
    url: "http://127.0.0.1:3001",
    key: "key-of-personas",
    clock,
    fetch: (input, init) => {
      asked.push(new Request(input, init));
      return Promise.resolve(answer());
    },
  }, new AbortController().signal);
  return { result, asked };
}

Deno.test("the report is asked for with the personas key, and its answer is parsed", async () => {
  const { result, asked } = await askWith(() => Response.json(everything()));
  assert.deepEqual(result, { ok: true, report: everything() });
  assert.equal(asked[0]?.url, "http://127.0.0.1:3001/api/v1/personas/internal/report");
  assert.equal(asked[0]?.headers.get("x-service-key"), "key-of-personas");
});

Deno.test("each answer that is no report has its fault", async () => {
  const fault = async (answer: () => Response | Promise<Response>) => {
    const { result } = await askWith(answer);
    return result.ok ? "ok" : result.fault;
  };
  assert.equal(await fault(() => Promise.reject(new TypeError("no connection"))), "away");
  assert.equal(await fault(() => new Response(null, { status: 500 })), "away");
  assert.equal(await fault(() => new Response(null, { status: 429 })), "away");
  assert.equal(await fault(() => new Response(null, { status: 401 })), "refused");
  assert.equal(await fault(() => new Response(null, { status: 404 })), "absent");
  assert.equal(await fault(() => new Response("<html>")), "odd");
  assert.equal(await fault(() => Response.json({ ...report([]), serverTime: "yesterday" })), "odd");
  assert.equal(
    await fault(() => new Response(null, { status: 302, headers: { location: "http://evil.test" } })),
    "odd",
  );
});
