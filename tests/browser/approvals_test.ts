/** The pages of approvals in a real browser: how they look, what the keyboard reaches, and when the buttons wake. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  createPlayedDoor,
  playApproval,
  type PlayedApproval,
  playRow,
  refuse,
} from "../_support/played_door.ts";
import { authorizeUrl, decode, redeem, REDIRECT, register, tokensOf } from "../_support/oauth_flow.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { tabTo } from "./_keyboard.ts";
import { assertLooks, NARROW_LOOKS } from "./_looks.ts";
import { fillSignUp } from "./_person.ts";
import { serveFlow } from "./_served_flow.ts";

const options = await browserOptions();

Deno.test(
  "approvals: each page in both themes from 1280 to 320 pixels, no fault that axe finds",
  options,
  async (t) => {
    await using folder = await temporaryFolder();
    const door = createPlayedDoor();
    await using served = await serveFlow({ door });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    const at = (path: string) => served.origin + path;
    const looks = (name: string) => assertLooks(page, `approvals-${name}`, NARROW_LOOKS);
    await signUp(page, served.origin);
    const grantId = await connectApp(page, served);
    const own = { grantId, ...times() };

    await t.step("consent and apps, with the tick", async () => {
      door.approvals = [playApproval(1, own), playApproval(2, own)];
      const { client_id } = await register(served.flow, { client_name: "Helper" });
      await page.goto(at(authorizeUrl(client_id, { scope: "notes:read notes:write" })));
      await page.getByRole("checkbox", { name: "Ask me before it changes anything" }).check();
      await looks("consent");
      await page.goto(at("/apps"));
      await page.getByRole("link", { name: "2 requests wait for your answer" }).waitFor();
      await looks("apps");
    });

    await t.step("the list: none, and all kinds", async () => {
      door.approvals = [];
      await page.goto(at("/approvals"));
      await looks("none");
      door.approvals = everyKind(own);
      await page.goto(at("/approvals"));
      await awake(page);
      await looks("list");
    });

    await t.step("one: to be answered", async () => {
      for (const [name, approval] of Object.entries(ones(own))) {
        door.approvals = [approval];
        await page.goto(at(`/approvals/${approval.id}`));
        await awake(page);
        await looks(name);
      }
    });

    await t.step("one: how it ended", async () => {
      for (const status of ["done", "declined", "expired", "changed", "unknown"]) {
        const decidedAt = status === "expired" ? null : new Date().toISOString();
        door.approvals = [playApproval(1, { ...own, status, decidedAt })];
        await page.goto(at(`/approvals/${playApproval(1).id}`));
        await looks(status);
      }
    });

    await t.step("faults", async () => {
      const link = at(`/approvals/${playApproval(1).id}`);
      door.approvals = [];
      await page.goto(link);
      await looks("not-there");
      for (const code of ["gateway-down", "changed", "grant-ended", "used"]) {
        const approval = playApproval(1, own);
        door.approvals = [approval];
        await page.goto(link);
        door.answer = (action) => action === "approvals/decide" ? refuse(code, approval) : undefined;
        await page.getByRole("button", { name: "Yes, delete" }).click();
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForURL(at("/approvals"));
        await looks(`fault-${code}`);
        door.answer = () => refuse(code);
        await page.goto(link);
        if (code === "gateway-down") await looks("fault-reading");
        door.answer = null;
      }
    });
    const problems = browser.problems.filter((one) => !/responded with a status of [45]\d\d/.test(one));
    assert.deepEqual(problems, []);
    assert.deepEqual([...browser.origins].filter((origin) => origin !== served.origin), [
      new URL(REDIRECT).origin,
    ]);
  },
);

Deno.test("approvals: signed out, by link, with the keyboard only, one yes", options, async () => {
  await using folder = await temporaryFolder();
  const door = createPlayedDoor();
  await using served = await serveFlow({ door });
  await using browser = await openBrowser(folder.path);
  const { page } = browser;
  await signUp(page, served.origin);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const approval = ones({ grantId: "", ...times() }).update;
  assert.ok(approval);
  door.approvals = [approval];
  await page.goto(`${served.origin}/approvals/${approval.id}`);
  await tabTo(page, page.getByLabel("E-mail address"));
  await page.keyboard.type("anna@mana.test");
  await tabTo(page, page.getByLabel("Password"));
  await page.keyboard.type("seven quiet green bicycles");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "An agent with your own token wants to change a task" }).waitFor();
  await tabTo(page, page.getByRole("link", { name: "Skip to the content" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.locator("summary").first());
  await page.keyboard.press("Enter");
  const yes = page.getByRole("button", { name: "Yes, do it" });
  await tabTo(page, yes);
  await awake(page);
  await tabTo(page, page.getByRole("button", { name: "No", exact: true }));
  await tabTo(page, page.getByRole("link", { name: "See everything that waits for you" }));
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "It is done" }).waitFor();
  assert.deepEqual(door.decisions.map(({ decision }) => decision), ["yes"]);
  assert.deepEqual(browser.problems, []);
});

Deno.test(
  "approvals: a click in the first moment decides nothing; the buttons wake, and sleep when the page was hidden",
  options,
  async () => {
    await using folder = await temporaryFolder();
    const door = createPlayedDoor();
    await using served = await serveFlow({ door });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    await signUp(page, served.origin);
    door.approvals = [playApproval(1, times())];
    const link = `${served.origin}/approvals/${playApproval(1).id}`;
    // The time of the page stands: what it takes to load must not wake the buttons.
    const start = Date.now();
    await page.clock.install({ time: start });
    await page.clock.pauseAt(start + 1_000);
    await page.goto(link);
    const yes = page.getByRole("button", { name: "Yes, delete" });
    await page.clock.runFor(500);
    assert.equal(await yes.getAttribute("aria-disabled"), "true");
    await yes.click({ force: true });
    assert.equal(page.url(), link, "nothing was sent");
    await page.clock.runFor(200);
    assert.equal(await yes.getAttribute("aria-disabled"), null);
    await page.evaluate(
      "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });" +
        "document.dispatchEvent(new Event('visibilitychange'))",
    );
    await page.clock.runFor(5000);
    assert.equal(await yes.getAttribute("aria-disabled"), "true", "whoever looks elsewhere decides nothing");
    await page.evaluate(
      "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))",
    );
    await page.clock.runFor(700);
    assert.deepEqual(door.decisions, []);
    await yes.click();
    await page.getByRole("heading", { name: "It is done" }).waitFor();
  },
);

Deno.test("approvals: without scripts the buttons work at once", options, async () => {
  await using folder = await temporaryFolder();
  const door = createPlayedDoor();
  await using served = await serveFlow({ door });
  await using browser = await openBrowser(folder.path, { hasScripts: false });
  const { page } = browser;
  await signUp(page, served.origin);
  door.approvals = [playApproval(1, times())];
  await page.goto(`${served.origin}/approvals/${playApproval(1).id}`);
  await page.getByRole("button", { name: "No", exact: true }).click();
  await page.getByRole("heading", { name: "You said no" }).waitFor();
  assert.deepEqual(browser.problems, []);
});

/** Waits until the buttons are awake. */
async function awake(page: Page): Promise<void> {
  await page.locator("button[name=decision]:not([aria-disabled])").first().waitFor();
}

function times(): Pick<PlayedApproval, "made" | "until"> {
  const now = Date.now();
  return { made: new Date(now - 130_000).toISOString(), until: new Date(now + 470_000).toISOString() };
}

type Own = Pick<PlayedApproval, "grantId" | "made" | "until">;

/** Requests of each kind, as a page of their own shows them. */
function ones(own: Own): Readonly<Record<string, PlayedApproval>> {
  return {
    delete: playApproval(1, own),
    update: playApproval(1, {
      ...own,
      toolTitle: "Change a task",
      tool: "todo.update",
      moduleLabel: "To-dos",
      sentence: 'Change the task "Pay the rent"?',
      hasChanged: true,
      space: { id: "team", name: "Family Ümlaut & Söhne", kind: "shared" },
      rows: [
        playRow(1, {
          record: "task",
          title: "Pay the rent",
          op: "update",
          fields: [
            { name: "title", before: "Pay the rent", after: "Pay the rent to the new landlord" },
            { name: "due date", before: "2026-05-01", after: "2026-06-01" },
            { name: "isCompleted", before: "false", after: "true" },
            {
              name: "description",
              before: null,
              after: `Account DE00 1234 5678 9012 3456 00\nReference: ${"long".repeat(40)}\n${
                "Many words that go on. ".repeat(15)
              }`,
            },
            { name: "labels", before: "x", after: "y", isSealed: true },
          ],
          fieldCount: 7,
        }),
        playRow(2, {
          record: "reminder",
          title: null,
          op: "insert",
          fields: [{ name: "minutesBefore", before: null, after: "15" }],
          fieldCount: 1,
        }),
        playRow(3, { record: "time block", title: null, op: "delete" }),
        ...Array.from(
          { length: 8 },
          (_, index) => playRow(index + 10, { record: "task", title: `Step ${index}` }),
        ),
      ],
      rowCount: 14,
    }),
    long: playApproval(1, {
      ...own,
      sentence: `Delete the note "${
        "Donaudampfschifffahrtsgesellschaft".repeat(3)
      }"? The Mana app, where you use it, can bring it back.`,
      rows: [playRow(1, { title: "Donaudampfschifffahrtsgesellschaft".repeat(3) })],
    }),
  };
}

function everyKind(own: Own): PlayedApproval[] {
  const decidedAt = new Date().toISOString();
  const { update } = ones(own);
  assert.ok(update);
  return [
    playApproval(1, own),
    playApproval(2, own),
    playApproval(3, own),
    { ...update, id: playApproval(4).id },
    playApproval(5, { ...times(), grantId: "", clientName: "my script" }),
    playApproval(6, { ...own, status: "unknown", decidedAt }),
    playApproval(7, { ...own, status: "done", decidedAt }),
    playApproval(8, { ...own, status: "declined", decidedAt }),
    playApproval(9, { ...own, status: "expired" }),
  ];
}

async function signUp(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-up`);
  await fillSignUp(page, "Anna");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("No app is connected.").waitFor();
}

/** Connects an app in this browser, and returns its grant. */
async function connectApp(
  page: Page,
  { origin, flow }: Awaited<ReturnType<typeof serveFlow>>,
): Promise<string> {
  const { client_id } = await register(flow, { client_name: "Claude" });
  await page.goto(origin + authorizeUrl(client_id));
  await page.route(`${new URL(REDIRECT).origin}/**`, (route) => route.abort("aborted"));
  const gone = page.waitForEvent("requestfailed", (one) => one.url().startsWith(REDIRECT));
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  const code = new URL((await gone).url()).searchParams.get("code") ?? "";
  const { access } = await tokensOf(await redeem(flow, client_id, code));
  return String(decode(access).claims["gid"]);
}
