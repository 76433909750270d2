// The report of the personas' days as people see it: before a personas API that tells made-up days, so that every mark is on some page.
import assert from "node:assert/strict";
import type { ReportAnswer } from "../../runner/personas_api/ask_report.ts";
import { createReportRoutes } from "../../runner/pages/report_routes.tsx";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { everything, persona, report } from "../runner/pages/_told_report.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { tabTo } from "./_keyboard.ts";
import { assertLooks, NARROW_LOOKS } from "./_looks.ts";

const options = await browserOptions();

/** The report on a port of its own; `answer` is what the personas API tells at the moment. */
function serveReport(first: ReportAnswer) {
  const told = { answer: first };
  const routes = createReportRoutes({
    askReport: () => Promise.resolve(told.answer),
    describeRunner: () => ({ brain: "scripted", seed: 1, isPaused: false }),
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => routes.fetch(request),
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    told,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test(
  "the report: no ticks, many, an interrupted one, a broken check, in both themes and down to 320 pixels",
  options,
  async () => {
    await using folder = await temporaryFolder();
    await using served = serveReport({ ok: true, report: report([]) });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    const look = async (name: string, path: string) => {
      await page.goto(`${served.origin}${path}`);
      await assertLooks(page, `personas-${name}`, NARROW_LOOKS);
    };
    await look("nobody", "/");
    served.told.answer = { ok: true, report: report([persona("anna"), persona("ben")]) };
    await look("fresh", "/");
    await look("fresh-anna", "/personas/anna");
    served.told.answer = { ok: true, report: everything() };
    await look("everything", "/");
    await look("maya", "/personas/maya");
    await look("interrupted", "/personas/kai");
    await look("nowhere", "/personas/nobody");
    served.told.answer = { ok: false, fault: "away" };
    await look("away", "/");
    const failed = browser.problems.filter((problem) => !/status of (404|503)/.test(problem));
    assert.deepEqual(failed, [], "nothing is refused by the page's own policy");
    assert.deepEqual([...browser.origins], [served.origin], "nothing is loaded from elsewhere");
  },
);

Deno.test("keyboard only: from everybody to one persona and back", options, async () => {
  await using folder = await temporaryFolder();
  await using served = serveReport({ ok: true, report: everything() });
  await using browser = await openBrowser(folder.path);
  const { page } = browser;
  await page.goto(`${served.origin}/`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  // The first stop skips to the content.
  await page.waitForURL(/#content$/);
  await tabTo(page, page.getByRole("link", { name: "Maya" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Maya" }).waitFor();
  assert.equal(await page.getByRole("img", { name: "todo in 7 ticks: 5, 3, 4, 5, 3, 4, 5" }).count(), 1);
  await tabTo(page, page.getByRole("link", { name: "Everybody" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Who worked, and how it went" }).waitFor();
  assert.deepEqual(browser.problems, []);
});
