// The ways of a connected app and its person, whatever services stand behind: works, refreshes, starts again, is taken back.
import assert from "node:assert/strict";
import { message, post, postHeaders } from "../_support/mcp_request.ts";
import type { Browser } from "./_chromium.ts";
import type { App } from "./_connecting.ts";
import { until } from "./_until.ts";

/** Within this time a revoked app has to be out. */
const REVOKED_MS = 5_000;

/** What was chosen works, and nothing else. */
export async function work(app: App): Promise<void> {
  const names = await app.toolNames();
  assert.ok(
    ["todo_complete", "todo_create", "todo_list"].every((name) => names.includes(name)),
    names.join(),
  );
  assert.deepEqual(names.filter((name) => !name.startsWith("todo_") || name === "todo_delete"), ABOUT_ITSELF);
  const created = await app.call("todo_create", { title: "Buy milk ☕" });
  assert.match(JSON.stringify(created), /Buy milk ☕/);
  const seen = app.answers.length;
  for (const [tool, args] of OUTSIDE) {
    await assert.rejects(app.call(tool, args), tool);
    const refused = app.answers.slice(seen).find(({ status }) => status === 403);
    assert.match(refused?.challenge ?? "", /error="insufficient_scope"/, tool);
  }
}

/** With these every app that may write asks the person, and takes its own writes back. */
const ABOUT_ITSELF = ["approvals_get", "undo_preview", "undo_apply"];

const OUTSIDE = [
  ["notes_create", { title: "Diary", content: "Nobody's business" }],
  ["todo_delete", { id: "00000000-0000-4000-8000-000000000000" }],
] as const;

/** An access token that is no longer good costs the person nothing. */
export async function refresh(app: App): Promise<void> {
  app.spoilAccessToken();
  const seen = app.answers.length;
  assert.match(JSON.stringify(await app.call("todo_list", {})), /Buy milk ☕/);
  const steps = app.answers.slice(seen).filter(({ path, grant }) => path === "/mcp" || grant !== "");
  assert.deepEqual(steps.map(({ status, grant }) => `${status} ${grant}`.trim()), [
    "401",
    "200 refresh_token",
    "200",
  ]);
}

/** Tomorrow the app remembers, and nobody is asked again. */
export async function restart(app: App): Promise<void> {
  const asked = app.asked.length;
  await app.connect();
  assert.equal(app.asked.length, asked);
}

/** One click, and the app is out. */
export async function revoke(app: App, browser: Browser, mcpUrl: string): Promise<void> {
  const { page } = browser;
  const appsUrl = new URL("/apps", app.asked[0]).href;
  const card = page.getByRole("article", { name: app.name });
  await until("the uses are counted", async () => {
    await page.goto(appsUrl);
    const text = await card.innerText();
    // A count that is told while the server starts anew is lost, and one is told some seconds after its call.
    return text.includes("wrote to To-dos once") && /looked at To-dos (?:once|\d times)/.test(text);
  });
  await app.call("todo_list", {}); // just now it was still allowed, and that is remembered
  await card.getByRole("button", { name: `Disconnect ${app.name}` }).click();
  await page.getByText("No app is connected.").waitFor();
  const revokedAt = Date.now();

  const token = app.accessToken();
  const streams = app.answers.filter((one) =>
    one.path === "/mcp" && one.method === "GET" && one.status === 200
  );
  assert.equal(streams.length > 0, app.hasStream);
  const elapsed = () => Date.now() - revokedAt;
  const streamsEnded = Promise.all(streams.map((stream) => stream.ended)).then(elapsed);
  await until("the app is refused", () => app.call("todo_list", {}).then(() => false, () => true));
  assert.ok(elapsed() < REVOKED_MS, `refused after ${elapsed()} ms`);
  assert.equal((await callWith(mcpUrl, token)).status, 401);
  assert.equal(app.answers.findLast(({ path }) => path === "/mcp")?.status, 401);
  assert.ok(app.answers.some(({ grant, status }) => grant === "refresh_token" && status === 400));
  assert.ok(await streamsEnded < REVOKED_MS, `a stream ended after ${await streamsEnded} ms`);
}

async function callWith(mcpUrl: string, token: string): Promise<Response> {
  const response = await fetch(post(message("tools/list"), postHeaders(token), mcpUrl));
  await response.body?.cancel();
  return response;
}
