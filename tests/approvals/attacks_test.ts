/** What somebody may try who wants a yes that nobody gave: through the whole way, from the link to the stored change, nothing comes of it. */
import assert from "node:assert/strict";
import { z } from "zod";
import type { Page } from "../_support/browser.ts";
import { lastChange, NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { exchange, ISSUER } from "../_support/oauth_flow.ts";
import { GATEWAY_URL } from "../_support/world.ts";
import { type AppWorld, callTool, createAppWorld, done, linkIn, onlyOpen } from "./_approvals.ts";

/** A note of the app's, the question whether it may be deleted, and the page on which Anna is asked. */
async function createAsked() {
  const world = await createAppWorld();
  const { id } = recordOf(
    await done(callTool(world, world.app, "notes_create", { title: "Shopping" })),
    "note",
  );
  const { id: approval } = await linkIn(callTool(world, world.app, "notes_delete", { id }));
  const path = `/approvals/${approval}`;
  const page = await world.anna.open(path);
  assert.match(page.html, /wants to delete a note/);
  return Object.assign(world, { note: id, approval, path, page });
}

/** Nothing was deleted, and Anna can still decide. */
async function assertUntouched(world: AppWorld & { readonly note: string; readonly approval: string }) {
  assert.deepEqual(await deletionsOf(world), []);
  assert.equal((await onlyOpen(world, world.owner)).id, world.approval);
}

async function deletionsOf(world: AppWorld & { readonly note: string }) {
  return (await pullAll(world, world.owner, NOTES)).filter(({ id, op }) =>
    id === world.note && op === "delete"
  );
}

function yes(world: AppWorld, page: Page): Promise<Page> {
  return world.anna.submit(page, "/approvals", { decision: "yes" });
}

Deno.test("attack: the token of the app, its exchanged token and the person's bare token decide nothing at any address of a decision", async () => {
  await using world = await createAsked();
  const { approval, owner, app, page, clock } = world;
  const exchanged = Exchanged.parse(await (await exchange(world, app)).json()).access_token;
  const { diff } = await onlyOpen(world, owner);
  const shownAt = new Date(clock.now).toISOString();
  const decision = { id: approval, diff, decision: "yes", shownAt, grant: null };
  const plan = { selection: { calls: ["a"] }, modules: null, apps: [], at: shownAt, plan: "p" };
  const fields = new URLSearchParams({ decision: "yes" });
  for (const name of ["form", "wish", "item"]) {
    const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page.html)?.[1];
    fields.append(name, value ?? "");
  }
  for (const token of [app, exchanged, owner.token]) {
    const headers = { authorization: `Bearer ${token}` };
    for (const [action, body] of [["approvals/decide", decision], ["undo/apply", plan]] as const) {
      for (const more of [{}, { "mana-page-token": token }]) {
        const answer = await world.gateway.fetch(
          new Request(`${GATEWAY_URL}/person/${action}`, {
            method: "POST",
            headers: { ...headers, ...more, "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
        );
        assert.equal(answer.status, 404, await answer.text());
      }
    }
    for (const path of ["/approvals", "/activity/undo", "/activity/undo/apply", "/apps"]) {
      const init = { method: "POST", headers: { ...headers, origin: ISSUER }, body: fields };
      const answer = await world.auth(path, init);
      await answer.body?.cancel();
      assert.match(
        `${answer.status} ${answer.headers.get("location")}`,
        /^303 .*\/sign-in|^40[03] null$/,
        path,
      );
    }
  }
  await assertUntouched(world);
});

Deno.test("attack: a scanner that opens the link in advance, with or without the person's cookies, decides nothing", async () => {
  await using world = await createAsked();
  const cookie = [...world.anna.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  for (const who of [{}, { cookie }]) {
    for (const method of ["GET", "HEAD"]) {
      for (const ahead of [{}, { "sec-purpose": "prefetch" }, { "sec-purpose": "prefetch;prerender" }]) {
        for (const query of ["", "?decision=yes"]) {
          const headers = { accept: "text/html", ...who, ...ahead };
          await (await world.auth(world.path + query, { method, headers })).body?.cancel();
        }
      }
    }
  }
  await assertUntouched(world);
});

Deno.test("attack: no page of the way from the link to the answer can be shown in a frame", async () => {
  await using world = await createAsked();
  const list = await world.anna.open("/approvals");
  for (const page of [world.page, list, await yes(world, world.page), await world.anna.open("/activity")]) {
    assert.equal(page.headers.get("x-frame-options"), "DENY", page.url);
    assert.match(page.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/, page.url);
  }
});

Deno.test("attack: the request of a yes, sent again to the gateway after an undo, deletes nothing anew", async () => {
  await using world = await createAsked();
  const { anna, clock } = world;
  const sent: Request[] = [];
  world.interceptPages = (request) => {
    if (request.url.endsWith("/decide")) sent.push(request.clone());
    return undefined;
  };
  assert.match((await yes(world, world.page)).html, /<h1>It is done<\/h1>/);
  world.interceptPages = null;
  clock.now += 1000;
  const line = await anna.open("/activity");
  const call = /name="call" value="([^"]*)" aria-label="[^"]*deleted the note/.exec(line.html)?.[1];
  assert.ok(call, line.html);
  const shown = await anna.submit(line, "/activity/undo", { do: "calls", call });
  assert.match((await anna.submit(shown, "/activity/undo/apply")).html, /<h1>It is undone<\/h1>/);
  const before = await pullAll(world, world.owner, NOTES);
  const [request] = sent;
  assert.ok(request);
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const again = await gateway.fetch(request.clone());
    assert.equal(again.status, 200, await again.text());
  }
  assert.match((await yes(world, world.page)).html, /<h1>It is done<\/h1>/);
  assert.deepEqual(await pullAll(world, world.owner, NOTES), before);
  await done(callTool(world, world.app, "notes_read", { id: world.note }));
});

Deno.test("attack: an app whose connection the person ended after it had asked gets nothing by the page that is still open", async () => {
  await using world = await createAsked();
  await world.anna.submit(await world.anna.open("/apps"), "/apps", { end: "yes" });
  const refused = await yes(world, world.page);
  assert.match(refused.html, /<h1>This app is not connected any more<\/h1>/);
  await assertUntouched(world);
});

Deno.test("attack: an app that may no longer delete gets nothing by the page that is still open", async () => {
  await using world = await createAsked();
  await world.anna.submit(await world.anna.open("/apps"), "/apps", { only: "read" });
  const refused = await yes(world, world.page);
  assert.match(refused.html, /may not do this any more/);
  await assertUntouched(world);
});

Deno.test("attack: an app that changes the record after the page was shown gets no yes to what nobody saw", async () => {
  await using world = await createAsked();
  await done(callTool(world, world.app, "notes_update", { id: world.note, title: "Diary" }));
  const changed = await yes(world, world.page);
  assert.match(changed.html, /It changed meanwhile/);
  assert.match(changed.html, /“Diary”/);
  await assertUntouched(world);
  assert.match((await yes(world, changed)).html, /<h1>It is done<\/h1>/);
  assert.equal((await lastChange(world, world.owner, NOTES, world.note)).op, "delete");
});

const Exchanged = z.object({ access_token: z.string() });
