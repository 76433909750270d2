import assert from "node:assert/strict";
import { callTool, createAppWorld, done, onlyOpen, pageOf } from "../../approvals/_approvals.ts";
import { recordOf } from "../../_support/listed.ts";
import { RESOURCE } from "../../_support/oauth_flow.ts";
import { temporaryFolder } from "../../_support/temporary_folder.ts";
import { APPROVAL_HTML } from "../../../tools/views/approval_html.ts";
import { browserOptions, openBrowser } from "../_chromium.ts";
import { tabTo } from "../_keyboard.ts";
import { until } from "../_until.ts";
import { assertViewLooks, callsOf, openViewHost } from "../_view_host.ts";

/** The approval card in the official host of MCP Apps, in a browser, over the real gateway: what was asked, the way to the page, and no yes. */

const options = await browserOptions();

async function createPlace() {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await createAppWorld());
  const folder = stack.use(await temporaryFolder());
  const browser = stack.use(await openBrowser(folder.path));
  const { id } = recordOf(
    await done(callTool(world, world.app, "notes_create", { title: "Shopping" })),
    "note",
  );
  const call = callsOf(world.gateway, world.app, RESOURCE);
  const all = stack.move();
  return { world, browser, call, id, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

Deno.test(
  "the card of a call that waits: what was asked, one way to the page, no yes, and what became of it",
  options,
  async () => {
    await using place = await createPlace();
    const { world, browser, call, id } = place;
    const result = await call("notes_delete", { id });
    const approval = await onlyOpen(world, world.owner);
    await using host = await openViewHost(browser, { html: APPROVAL_HTML, call, now: world.clock.now });
    const { page, view } = host;
    await view.show(result, { id });
    await view.frame.getByRole("heading", { name: "Delete a note" }).waitFor();
    assert.deepEqual(await view.frame.getByRole("button").allInnerTexts(), [
      "Decide on your page",
      "See what became of it",
    ]);
    assert.match(await view.frame.locator("body").innerText(), /You can decide until 13:10\./);
    assert.doesNotMatch(await view.frame.locator("body").innerText(), /Shopping/);
    await assertViewLooks(host, "approval");
    assert.deepEqual(view.calls, [], "the card asks for nothing by itself");
    await tabTo(page, view.frame.getByRole("button", { name: "Decide on your page" }));
    await page.keyboard.press("Enter");
    await until("the page is opened", () => Promise.resolve(view.opened.length === 1));
    assert.match(view.opened.join(), new RegExp(`^https?://\\S+/approvals/${approval.id}$`));
    const look = view.frame.getByRole("button", { name: "See what became of it" });
    await look.click();
    await view.frame.getByText("This waits for you. Nothing is changed before you say yes on your own page.")
      .waitFor();
    assert.ok((await pageOf(world, world.owner).decide(approval, "yes")).ok);
    await look.click();
    await view.frame.getByText("You allowed this, and it was done.").waitFor();
    assert.deepEqual(view.calls.map(({ name, args }) => [name, args]), [
      ["approvals_get", { id: approval.id }],
      ["approvals_get", { id: approval.id }],
    ]);
    assert.deepEqual(browser.problems, []);
  },
);

Deno.test(
  "the card of a change shows what the assistant asked for, as text, and says when the time is over",
  options,
  async () => {
    await using place = await createPlace();
    const { browser, call, world } = place;
    const asked = {
      title: "<img src=x onerror=\"document.title='hit'\">",
      dueDate: "2026-03-05",
      isPinned: true,
      tagIds: ["home", "garden"],
      content: "x ".repeat(900),
      nested: { some_field: "</script><b>bold</b>" },
    };
    const note = (until: string) => ({
      "mana/approval": {
        id: "0".repeat(32),
        url: "https://sign-in.test/approvals/0",
        until,
        title: "Change a note",
      },
    });
    const waits = { content: [{ type: "text" as const, text: "Not done." }], isError: true };
    await using host = await openViewHost(browser, { html: APPROVAL_HTML, call, now: world.clock.now });
    const { frame, show } = host.view;
    await show({ ...waits, _meta: note("2026-03-01T12:30:00.000Z") }, asked);
    await frame.getByRole("heading", { name: "Change a note" }).waitFor();
    assert.deepEqual(await frame.locator("dt").allInnerTexts(), [
      "Title",
      "Due date",
      "Is pinned",
      "Tag ids",
      "Content",
      "Nested",
    ]);
    assert.deepEqual((await frame.locator("dd").allInnerTexts()).slice(0, 4), [
      asked.title,
      "2026-03-05",
      "yes",
      "home, garden",
    ]);
    assert.equal(await frame.evaluate("document.querySelectorAll('img, b, main script').length"), 0);
    assert.equal(await frame.evaluate("document.title"), "Approval");
    await frame.getByText("Nested", { exact: true }).waitFor({ state: "hidden" });
    await frame.getByRole("button", { name: "Show 2 more" }).click();
    await frame.getByText("Nested", { exact: true }).waitFor();
    await assertViewLooks(host, "approval-change");
    await host.view.bridge.sendToolResult({ ...waits, _meta: note("2026-03-01T11:00:00.000Z") });
    await frame.getByText("The time to decide is over.").waitFor();
    assert.equal(await frame.getByRole("button", { name: "Decide on your page" }).count(), 0);
    assert.deepEqual(browser.problems, []);
  },
);

Deno.test(
  "a card that cannot be drawn leaves the words of the refusal, and no part of itself",
  options,
  async () => {
    await using place = await createPlace();
    await using host = await openViewHost(place.browser, { html: APPROVAL_HTML });
    const { frame, show } = host.view;
    await frame.getByText("Loading…").waitFor();
    // The last part of the card that can fail: in this frame no time has words.
    await frame.evaluate(
      "Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', { get() { throw new Error('no words') } }) && 0",
    );
    await show({
      content: [{ type: "text", text: "Ask the person to open their page." }],
      isError: true,
      _meta: {
        "mana/approval": {
          id: "1",
          url: "https://sign-in.test/approvals/1",
          title: "Delete a note",
          until: "2100-01-01T00:00:00.000Z",
        },
      },
    });
    await frame.getByText("Ask the person to open their page.").waitFor();
    assert.equal(await frame.getByText("Delete a note").count(), 0);
    assert.deepEqual(place.browser.problems, []);
  },
);

Deno.test(
  "a call that does not wait: done whatever its result says, or refused otherwise; an address that is none leads nowhere",
  options,
  async () => {
    await using place = await createPlace();
    await using host = await openViewHost(place.browser, { html: APPROVAL_HTML });
    const { frame, show, bridge } = host.view;
    await show({ content: [{ type: "text", text: '{"ok":true}' }], structuredContent: { ok: true } });
    await frame.getByText("This was done. Nothing waits for you.").waitFor();
    await bridge.sendToolResult({
      content: [{ type: "text", text: "No note with id 1 exists." }],
      isError: true,
    });
    await frame.getByText("No note with id 1 exists.").waitFor();
    await frame.getByText("Nothing waits for you here.").waitFor();
    // Of a result nothing is read: it is a record's, and no word about a question.
    await bridge.sendToolResult({
      content: [],
      structuredContent: { status: "open", url: "https://sign-in.test/approvals/1" },
    });
    await frame.getByText("This was done. Nothing waits for you.").waitFor();
    assert.equal(await frame.getByRole("button").count(), 0);
    // No script, no file, no data: a host would be asked to open whatever stands there.
    await bridge.sendToolResult({
      content: [{ type: "text", text: "It waits." }],
      isError: true,
      _meta: { "mana/approval": { id: "1", url: "javascript:alert(1)", title: "Delete a note" } },
    });
    await frame.getByText("This waits for your yes.").waitFor();
    assert.equal(await frame.getByRole("button").count(), 0);
    assert.deepEqual(place.browser.problems, []);
  },
);
