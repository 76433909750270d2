/** What waits for a persona's word: it decides on its own page, and what comes of the call is what it said. */
import assert from "node:assert/strict";
import { attempt } from "../../../runner/attempt/attempt.ts";
import { createInputHash } from "../../../runner/attempt/input_hash.ts";
import type { Move, Turn } from "../../../runner/brain/brain.ts";
import { NO_CHECKS } from "../../../runner/checks/check.ts";
import { createPersonasApi } from "../../../runner/personas_api/personas_api.ts";
import { RESOURCE } from "../../_support/oauth_flow.ts";
import { createPlayedPersonasApi, PERSONAS_KEY, PERSONAS_URL } from "../_support/played_personas_api.ts";
import { brainOf } from "../_support/runner_world.ts";
import {
  type AppScene,
  askedFor,
  callAs,
  createAppScene,
  GOING,
  personaOf,
  TOO_LATE_MS,
  wayOf,
  WITHIN_MS,
} from "./_app_scene.ts";

Deno.test("who is asked first: what the persona wants it allows, and what deletes is done by its yes alone", async () => {
  await using scene = await createAppScene();
  const day = await playIda(scene, [
    { calls: [{ tool: "todo_create", args: { title: "Buy milk" } }] },
    (turns) => ({ calls: [{ tool: "todo_delete", args: { id: idIn(turns) } }] }),
    (turns) => ({ calls: [{ tool: "todo_delete", args: { id: idIn(turns) }, answer: "nothing" }] }),
    (turns) => ({
      calls: [{ tool: "todo_update", args: { id: idIn(turns), title: "Buy tea" }, answer: "no" }],
    }),
    { calls: [{ tool: "todo_list", args: {} }] },
    (turns) => ({ calls: [{ tool: "todo_delete", args: { id: idIn(turns) }, answer: "yes" }] }),
    { calls: [{ tool: "todo_list", args: {} }] },
  ]);
  assert.deepEqual(day.rows, [
    ["todo_create", "error", "approval-needed"],
    ["todo_create", "ok", undefined],
    ["todo_delete", "error", "approval-needed"],
    ["todo_delete", "error", "confirmation-declined"],
    ["todo_delete", "error", "approval-needed"],
    ["todo_update", "error", "approval-needed"],
    ["todo_update", "error", "confirmation-declined"],
    ["todo_list", "ok", undefined],
    ["todo_delete", "error", "approval-needed"],
    ["todo_delete", "ok", undefined],
    ["todo_list", "ok", undefined],
    ["runner.tick", "ok", "done"],
  ]);
  const lists = day.turns.flatMap(({ calls }) => calls).filter(({ wish }) => wish.tool === "todo_list");
  assert.deepEqual(lists.map(({ outcome }) => /Buy milk/.test(outcome.text)), [true, false]);
  // Signed in for the consent, and once more for the first link, after which the browser stays.
  assert.equal(askedFor(scene, "sign-in").filter(({ method }) => method === "POST").length, 1);
});

Deno.test("a yes that comes late is carried out while the request waits, and does nothing once its time is over", async () => {
  for (
    const [lateAnswerMs, codes] of [[WITHIN_MS, ["approval-needed", undefined]], [TOO_LATE_MS, [
      "approval-needed",
    ]]] as const
  ) {
    await using scene = await createAppScene();
    const day = await playIda(scene, [
      { calls: [{ tool: "notes_create", args: { title: "Old" } }] },
      (turns) => ({ calls: [{ tool: "notes_delete", args: { id: idIn(turns) }, answer: "late" }] }),
    ], lateAnswerMs);
    assert.deepEqual(day.rows.slice(2, -1).map(([, , code]) => code), codes);
    const entrance = await day.access.open(personaOf("ida"), GOING);
    assert.equal(
      (await callAs(scene, entrance, "notes_search", { query: "Old" })).text.includes('"Old'),
      lateAnswerMs === TOO_LATE_MS,
    );
  }
});

Deno.test("Julia allowed everything, so only what she deletes waits for her", async () => {
  await using scene = await createAppScene();
  const entrance = await scene.start().open(personaOf("julia"), GOING);
  const made = await callAs(scene, entrance, "notes_create", { title: "Quote" });
  const id = /"id":"([\w-]+)"/.exec(made.text.replaceAll("\\", ""))?.[1];
  const link = linkIn((await callAs(scene, entrance, "notes_delete", { id })).text);
  assert.equal(await entrance.page?.decide(link, "no"), "taken");
  assert.match((await callAs(scene, entrance, "notes_delete", { id })).text, /confirmation-declined/);
  assert.match((await callAs(scene, entrance, "notes_search", { query: "Quote" })).text, /Quote/);
});

Deno.test("a second answer is over, somebody else's request is refused, and a link to another server is not opened", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  const [ida, julia] = [
    await access.open(personaOf("ida"), GOING),
    await access.open(personaOf("julia"), GOING),
  ];
  const link = linkIn((await callAs(scene, ida, "notes_create", { title: "Note" })).text);
  assert.equal(await julia.page?.decide(link, "yes"), "refused");
  assert.equal(await ida.page?.decide(link, "no"), "taken");
  assert.equal(await ida.page?.decide(link, "yes"), "over");
  scene.asked.length = 0;
  const elsewhere = link.replace("localhost", "127.0.0.1");
  await assert.rejects(async () => await ida.page?.decide(elsewhere, "yes"), /another server/);
  assert.equal(scene.asked.length, 0);
});

Deno.test("a page of requests without its buttons decides nothing, and one that is away ends the day", async () => {
  await using scene = await createAppScene();
  const create: Move = { calls: [{ tool: "notes_create", args: { title: "Note" } }] };
  scene.answer = async (request) => {
    if (!request.url.includes("/approvals/")) return undefined;
    const page = await scene.world.auth(request.url, request);
    return new Response((await page.text()).replaceAll('name="decision"', 'name="verdict"'), page);
  };
  const changed = await playIda(scene, [create]);
  assert.deepEqual(changed.rows, [
    ["notes_create", "error", "approval-needed"],
    ["runner.tick", "ok", "done"],
  ]);
  assert.equal(askedFor(scene, "approvals").length, 0);
  scene.answer = ({ url }) => url.includes("/approvals/") ? new Response(null, { status: 503 }) : undefined;
  const away = await playIda(scene, [create, create]);
  assert.deepEqual(away.rows, [
    ["notes_create", "error", "approval-needed"],
    ["runner.tick", "error", "sign-in"],
  ]);
});

Deno.test("a word of the persona that was taken and is not kept is a fault of the gateway, whichever way", async () => {
  await using scene = await createAppScene();
  const create: Move = { calls: [{ tool: "notes_create", args: { title: "Note" } }] };
  scene.answer = ({ url, method }) =>
    url.endsWith("/approvals") && method === "POST" ? new Response("<p>Thank you.</p>") : undefined;
  const lost = await playIda(scene, [create]);
  assert.deepEqual(lost.rows.map(([, , code]) => code), ["approval-needed", "approval-lost", "done"]);
  scene.answer = async (request) => {
    if (!request.url.endsWith("/approvals") || request.method !== "POST") return undefined;
    const body = (await request.clone().text()).replace("decision=no", "decision=yes");
    return await scene.world.auth("/approvals", { method: "POST", body, headers: request.headers });
  };
  const ignored = await playIda(scene, [{
    calls: [{ tool: "notes_create", args: { title: "Other" }, answer: "no" }],
  }]);
  assert.deepEqual(ignored.rows.map(([, , code]) => code), ["approval-needed", "approval-ignored", "done"]);
  assert.deepEqual(
    [lost, ignored].flatMap(({ turns }) =>
      turns.flatMap(({ calls }) => calls.map(({ outcome }) => outcome.result))
    ),
    ["failed", "failed"],
  );
});

/** One day of Ida's, as the runner plays it. */
async function playIda(
  scene: AppScene,
  moves: readonly (Move | ((turns: readonly Turn[]) => Move))[],
  lateAnswerMs = WITHIN_MS,
) {
  const [way, access, api] = [wayOf(scene), scene.start(), createPlayedPersonasApi()];
  let turns: readonly Turn[] = [];
  await attempt(
    {
      api: createPersonasApi({ ...way, fetch: api.fetch, url: PERSONAS_URL, key: PERSONAS_KEY }),
      access,
      mana: { ...way, url: RESOURCE, version: "0.0.0-test", lateAnswerMs },
      brain: brainOf([
        ...moves.map((move) => (all: readonly Turn[]) => typeof move === "function" ? move(all) : move),
        (all) => {
          turns = all;
          return { end: "" };
        },
      ]),
      checks: NO_CHECKS,
      clock: way.clock,
      hash: createInputHash("a secret of the tests"),
      newTickId: () => crypto.randomUUID(),
      seed: 1,
      events: { called: () => {}, violated: () => {} },
    },
    { userId: "ida", persona: personaOf("ida") },
    { soft: GOING, hard: GOING },
  );
  const rows = api.rows().map(({ toolName, result, errorMessage }) => [toolName, result, errorMessage]);
  return { access, rows, turns };
}

/** The id of the first record that was made. */
function idIn(turns: readonly Turn[]): string {
  const [made] = turns.flatMap(({ calls }) => calls);
  return /"id":"([\w-]+)"/.exec(made?.outcome.text ?? "")?.[1] ?? assert.fail("nothing was made");
}

function linkIn(text: string): string {
  return /http:\/\/localhost:3001\/approvals\/[0-9a-f]{32}/.exec(text)?.[0] ?? assert.fail(text);
}
