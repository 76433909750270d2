// The sign-in server's end of the way to the gateway: who may ask, what is sent, and how an answer can end.
import assert from "node:assert/strict";
import { createAskGateway } from "../../sign_in/gateway/ask_gateway.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { DecidedForm } from "../../sign_in/gateway/decided_form.ts";
import { createHttpDoor } from "../../sign_in/gateway/http_door.ts";
import { GATEWAY_ANSWER_BYTES } from "../../sign_in/kit/limits.ts";
import { sentForm } from "../person_page/_pages.ts";
import { SPACE } from "./_played_sign_in.ts";

const ANNA = { userId: "usr_anna", sessionId: "hers" };
const SECRET = "Sesame";
const SPACES = '{"spaces":[{"id":"space-1","name":"Anna","type":"personal"}]}';

/** A door to a gateway that answers as told. */
function doorTo(
  answer: (url: string, init: RequestInit) => Response | Promise<Response>,
  patienceMs?: number,
) {
  const log: Record<string, string | number>[] = [];
  const sent: { url: string; init: RequestInit }[] = [];
  const door = createHttpDoor({
    gatewayUrl: "http://gateway.test/mana",
    mintPageToken: ({ userId, kind, action, body }) =>
      Promise.resolve(`${kind} ${action} of ${userId} for ${body}`),
    people: {
      mintOwnToken: ({ userId }) => Promise.resolve({ token: `of-${userId}`, expiresIn: 300 }),
      spacesOf: () => Promise.resolve([SPACE]),
    },
    fetch: async (url, init) => {
      sent.push({ url, init });
      return await answer(url, init);
    },
    patienceMs,
    log: (entry) => void log.push(entry),
  });
  return { door, log, sent, gateway: createAskGateway({ door, log: (entry) => void log.push(entry) }) };
}

const json = (status: number, body: unknown) => Response.json(body, { status });

Deno.test("door: one POST with the person's own token and a page token for this very body, and no redirect", async () => {
  const { door, sent, log } = doorTo(() => json(200, { approvals: [] }));
  assert.deepEqual(await door.ask(ANNA, "approvals/list", {}), { isOk: true, body: { approvals: [] } });
  const [{ url, init } = assert.fail()] = sent;
  assert.equal(url, "http://gateway.test/mana/person/approvals/list");
  assert.deepEqual([init.method, init.redirect, init.body], ["POST", "manual", SPACES]);
  assert.deepEqual(init.headers, {
    accept: "application/json",
    "content-type": "application/json",
    authorization: "Bearer of-usr_anna",
    "mana-page-token": `page approvals/list of usr_anna for ${SPACES}`,
  });
  assert.deepEqual(log, []);
});

Deno.test("door: a decision needs the form of the person, and then has a token of its own kind", async () => {
  const { door, sent } = doorTo(() => json(200, {}));
  for (
    const forged of [undefined, {}, { fields: new URLSearchParams() }, Object.create(DecidedForm.prototype)]
  ) {
    await assert.rejects(async () => await door.ask(ANNA, "approvals/decide", {}, forged), TypeError);
  }
  assert.equal(sent.length, 0);
  await door.ask(ANNA, "approvals/decide", { id: "x" }, await sentForm());
  assert.deepEqual(
    new Headers(sent[0]?.init.headers).get("mana-page-token"),
    `decision approvals/decide of usr_anna for {"id":"x",${SPACES.slice(1)}`,
  );
});

Deno.test("form: only a POST of a form of ours, from a page of ours, is the person's decision", async () => {
  const asked: string[] = [];
  const forms = (isOurs: boolean) => ({
    isOurs: (_request: Request, _form: URLSearchParams, purpose: string) => {
      asked.push(purpose);
      return Promise.resolve(isOurs);
    },
  });
  const request = (headers: Record<string, string> = {}) =>
    new Request("https://sign-in.test/approvals", {
      method: "POST",
      headers,
      body: new URLSearchParams({ id: "x" }),
    });
  const purpose = (fields: URLSearchParams) => `decide ${fields.get("id")}`;
  const read = (sent: Request, isOurs = true) => DecidedForm.read(forms(isOurs), sent, purpose);

  const form = await read(request({ "sec-fetch-site": "same-origin" }));
  assert.equal(form?.fields.get("id"), "x");
  assert.deepEqual(asked, ["decide x"]);
  assert.equal(DecidedForm.isOne(await read(request())), true, "an old browser says nothing of the site");
  assert.equal(await read(request(), false), undefined);
  for (const site of ["cross-site", "same-site", "none", "anything"]) {
    assert.equal(await read(request({ "sec-fetch-site": site })), undefined, site);
  }
  assert.equal(await read(new Request("https://sign-in.test/approvals?id=x")), undefined);
  const put = new Request("https://sign-in.test/approvals", { method: "PUT", body: new URLSearchParams() });
  assert.equal(await read(put), undefined);
  const other = new Request("https://sign-in.test/approvals", { method: "POST", body: '{"id":"x"}' });
  assert.equal(await read(other), undefined);
});

/** What comes back, its code, and what an operator is told. */
const ANSWERS: readonly (readonly [
  what: string,
  answer: () => Response | Promise<Response>,
  code: string,
  logged?: string | number,
])[] = [
  ["nothing", () => Promise.reject(new TypeError(`refused ${SECRET}`)), "gateway-down"],
  [
    "a redirect",
    () => new Response(null, { status: 307, headers: { location: "https://evil.test" } }),
    "gateway-down",
    307,
  ],
  [
    "a proxy's page",
    () => new Response(SECRET, { status: 502, headers: { "content-type": "text/html" } }),
    "gateway-down",
    502,
  ],
  ["a page as success", () => new Response(SECRET), "gateway-late"],
  [
    "a path that is not there",
    () => json(404, { jsonrpc: "2.0", error: { code: -32000, message: SECRET } }),
    "gateway-down",
    404,
  ],
  ["a Host that is not let in", () => json(403, { error: SECRET }), "gateway-down", 403],
  ["no JSON", () => new Response("{", { headers: { "content-type": "application/json" } }), "gateway-late"],
  ["a gateway that stops", () => json(503, { error: { code: "busy", message: SECRET } }), "gateway-down"],
  ["nobody knows", () => json(504, { error: { code: "interrupted", message: SECRET } }), "gateway-late"],
  ["a refusal", () => json(410, { error: { code: "expired", message: SECRET } }), "expired"],
  [
    "a question that was wrong",
    () => json(400, { error: { code: "input", message: SECRET } }),
    "input",
    400,
  ],
  [
    "a token that was wrong",
    () => json(401, { error: { code: "unauthorized", message: SECRET } }),
    "unauthorized",
    401,
  ],
  [
    "an answer without end",
    () =>
      new Response(new Uint8Array(GATEWAY_ANSWER_BYTES + 1).fill(0x20), {
        headers: { "content-type": "application/json" },
      }),
    "gateway-late",
  ],
  [
    "an answer that breaks off",
    () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"'));
            controller.error(new TypeError(SECRET));
          },
        }),
        { headers: { "content-type": "application/json" } },
      ),
    "gateway-late",
  ],
];

for (const [what, answer, code, logged] of ANSWERS) {
  Deno.test(`door: ${what} is ${code}, and no text of it is logged`, async () => {
    const { door, log } = doorTo(answer);
    const given = await door.ask(ANNA, "activity", {});
    assert.equal(given.isOk, false);
    assert.equal(given.isOk ? "" : given.code, code);
    assert.deepEqual(
      log,
      logged === undefined ? [] : [{ event: "gateway-answer", action: "activity", status: logged }],
    );
  });
}

Deno.test("door: who does not answer in time is late, before the answer and in the middle of it", async () => {
  const never = doorTo(
    (_url, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    10,
  );
  assert.deepEqual(await never.door.ask(ANNA, "activity", {}), {
    isOk: false,
    code: "gateway-late",
    body: undefined,
  });
  const drips = doorTo(
    () => new Response(new ReadableStream(), { headers: { "content-type": "application/json" } }),
    10,
  );
  const given = await drips.door.ask(ANNA, "activity", {});
  assert.equal(given.isOk ? "" : given.code, "gateway-late");
});

const APPROVAL = {
  id: "a".repeat(32),
  status: "used",
  grantId: "",
  clientName: "Claude",
};

Deno.test("typed: an answer of another shape is none, and a refusal shows only what can be read", async () => {
  const wrong = doorTo(() => json(200, { approvals: [APPROVAL] }));
  assert.deepEqual(await wrong.gateway.show(ANNA, GATEWAY_ACTIONS.approvalsList, {}), {
    ok: false,
    fault: "late",
  });
  assert.deepEqual(wrong.log, [
    { event: "gateway-answer", action: "approvals/list", status: "another shape" },
  ]);
  const right = doorTo(() => json(200, { approvals: [], more: 1 }));
  assert.deepEqual(await right.gateway.show(ANNA, GATEWAY_ACTIONS.approvalsList, {}), {
    ok: true,
    answer: { approvals: [] },
  });
  const used = doorTo(() => json(410, { error: { code: "used", message: "" }, approval: APPROVAL }));
  const refused = await used.gateway.show(ANNA, GATEWAY_ACTIONS.approvalsRead, { id: "x" });
  assert.deepEqual(JSON.parse(JSON.stringify(refused)), { ok: false, fault: "refused", code: "used" });
  const strange = doorTo(() => json(418, { error: { code: "teapot", message: "" } }));
  const failed = await strange.gateway.show(ANNA, GATEWAY_ACTIONS.approvalsRead, { id: "x" });
  assert.deepEqual(JSON.parse(JSON.stringify(failed)), { ok: false, fault: "refused", code: "failed" });
  const down = doorTo(() => Promise.reject(new TypeError("refused")));
  assert.deepEqual(await down.gateway.show(ANNA, GATEWAY_ACTIONS.approvalsRead, { id: "x" }), {
    ok: false,
    fault: "down",
  });
});
