// The report over its addresses, before a personas API that tells made-up days.
import assert from "node:assert/strict";
import type { ReportAnswer, ReportFault } from "../../../runner/personas_api/ask_report.ts";
import { PAGE_STYLE } from "../../../runner/pages/page_style.ts";
import { Report } from "../../../runner/personas_api/report.ts";
import { createReportRoutes } from "../../../runner/pages/report_routes.tsx";
import { everything, module, NOON, ok, persona, report, tick } from "./_told_report.ts";

function routesWith(answer: ReportAnswer, brain = "scripted") {
  const routes = createReportRoutes({
    askReport: () => Promise.resolve(answer),
    describeRunner: () => ({ brain, seed: 7, isPaused: false }),
  });
  return async (path: string, headers: Record<string, string> = {}) => {
    const response = await routes.request(`http://127.0.0.1:3070${path}`, {
      headers: { host: "127.0.0.1:3070", ...headers },
    });
    return { response, text: await response.text() };
  };
}

const told = (given: Report) => routesWith({ ok: true, report: Report.parse(given) });

Deno.test("with nobody there, and with people who have not worked yet, the report says what to do", async () => {
  const nobody = await told(report([]))("/");
  assert.equal(nobody.response.status, 200);
  assert.match(nobody.text, /There are no personas yet\./);
  assert.match(nobody.text, /<code>deno task personas<\/code>/);
  const fresh = await told(report([persona("anna"), persona("ben")]))("/");
  assert.match(fresh.text, /2 personas are there and have not worked yet\./);
  assert.match(fresh.text, /<code>deno task personas --once<\/code>/);
  const own = await told(report([persona("anna")]))("/personas/anna");
  assert.match(own.text, /Anna has not worked yet\. A runner has Anna work as soon as a day is due\./);
});

Deno.test("a page may load its style sheet and nothing else, and stands in no frame and no cache", async () => {
  const ask = told(everything());
  for (const path of ["/", "/personas/anna", "/personas/nobody", "/report.json", "/elsewhere"]) {
    const { response, text } = await ask(path);
    assert.equal(
      response.headers.get("content-security-policy"),
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    assert.equal(response.headers.get("x-frame-options"), "DENY");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.doesNotMatch(text, /<script|<form|style="|<img(?! src="\/icon\.svg")/);
  }
  const style = await ask("/style.css");
  assert.equal(style.response.headers.get("content-type"), "text/css; charset=utf-8");
});

Deno.test("a page elsewhere whose name leads to this computer is told nothing", async () => {
  const ask = told(everything());
  for (
    const host of [
      "evil.test",
      "evil.test:3070",
      "127.0.0.1.evil.test",
      "localhost.evil.test:3070",
      "[::1]:3070",
      "",
    ]
  ) {
    for (const path of ["/", "/report.json", "/personas/anna", "/style.css"]) {
      const { response, text } = await ask(path, { host });
      assert.equal(response.status, 403, `${host}${path}`);
      assert.equal(JSON.parse(text).error, "host-not-allowed");
    }
  }
  for (const host of ["localhost:3070", "LOCALHOST", "127.0.0.1"]) {
    assert.equal((await ask("/", { host })).response.status, 200, host);
  }
});

Deno.test("the cards say how each day ended, what was refused and which checks broke", async () => {
  const { text } = await told(everything())("/");
  const card = (name: string) =>
    text.split("<li ").find((part) => part.includes(`href="/personas/${name}"`)) ?? assert.fail(name);
  assert.match(card("anna"), /class="card good"/);
  assert.match(card("anna"), /Finished the day/);
  assert.match(card("anna"), /4 calls done, 1 refused/);
  assert.match(
    card("anna"),
    /<time class="soft" dateTime="2026-11-28T09:12:00.000Z">28 Nov 2026, 09:12 UTC<\/time>/i,
  );
  assert.match(
    card("anna"),
    /aria-label="Anna’s ratings of the last 7 ticks: 4.5, 3.5, 4, 4.5, 3.5, 4, 4.5"/,
  );
  assert.match(card("maya"), /class="card bad"/);
  assert.match(card("maya"), /2 broken checks: read-back</);
  assert.match(card("kai"), /class="card bad".*<span class="alarm">Was interrupted/s);
  assert.match(card("ben"), /class="card open".*Is at work/s);
  assert.match(card("tom"), /class="card open".*Has not worked yet/s);
  assert.match(
    card("julia"),
    /Notes and to-dos stand in for newsResearch, which the gateway does not offer\./,
  );
  for (
    const [name, words] of Object.entries({
      enda: "Came to the limit of turns",
      endb: "Ran out of time",
      endc: "Could not sign in",
      endd: "Could not work at the gateway",
      ende: "The model could not think",
      endf: "Ended in a way that this page does not know",
    })
  ) assert.match(card(name), new RegExp(`class="card bad".*${words}`, "s"));
});

Deno.test("a module that has got worse week by week says for how long", async () => {
  const words = async (...averages: number[]) => {
    const { text } = await told(report([], [module("todo", averages)]))("/");
    return /<span class="(alarm|soft)">([^<]+), 12 ratings<\/span>/.exec(text)?.slice(1);
  };
  assert.deepEqual(await words(4.8, 4.5, 4.1, 3.6), ["alarm", "worse for 3 weeks"]);
  assert.deepEqual(await words(3, 4.5, 4.1, 3.6), ["alarm", "worse for 2 weeks"]);
  assert.deepEqual(await words(3, 4.5, 4.1), ["soft", "worse than the week before"]);
  assert.deepEqual(await words(3, 3.5, 4.25), ["soft", "better for 2 weeks"]);
  assert.deepEqual(await words(3, 4), ["soft", "better than the week before"]);
  assert.deepEqual(await words(5, 4, 4.02), ["soft", "as the week before"]);
  assert.deepEqual(await words(5), ["soft", "first week"]);
  // A week without ratings ends the streak: nobody knows how that week was.
  const days = module("todo", [4.8, 4.5, 4.1, 3.6]).days.filter((_, index) => index >> 1 !== 1);
  const { text } = await told(report([], [{ module: "todo", days }]))("/");
  assert.match(text, /worse than the week before/);
});

Deno.test("a persona's page tells calls by name and why they were refused, ratings with their notes, and each tick", async () => {
  const { text } = await told(everything())("/personas/maya");
  assert.match(text, /<h1>Maya<\/h1>/);
  assert.match(text, /todo, journal, notes/);
  assert.match(text, /<li class="refused">todo_create refused: rate-limit-exceeded<\/li>/);
  assert.match(text, /<th scope="row">todo_create<\/th><td>14<\/td><td>7<\/td>/);
  assert.match(text, /one refusal that nobody provoked/);
  assert.match(text, /aria-label="todo in 7 ticks: 5, 3, 4, 5, 3, 4, 5"/);
  assert.match(text, /Broken: read-back/);
  assert.match(text, /<dt>Broken checks<\/dt><dd class="alarm">read-back<\/dd>/);
  assert.doesNotMatch(text, /runner\./);
  assert.equal(text.match(/Finished the day/g)?.length, 8);
});

Deno.test("a refusal is told quietly: it can be the right answer, and alarming is a broken check alone", async () => {
  const good = (await told(everything())("/personas/anna")).text;
  assert.match(good, /<li class="refused">/);
  assert.match(good, /A refusal can be the right answer/);
  assert.doesNotMatch(good, /class="alarm"|Broken checks/);
  assert.doesNotMatch(/\.refused[^}]*/.exec(PAGE_STYLE)?.[0] ?? "--bad", /--bad/);
});

Deno.test("the same call many times in a row is told once, with how often; another reason begins anew", async () => {
  const refused = (errorMessage: string) => ({
    ...ok("todo_create"),
    result: "error" as const,
    errorMessage,
  });
  const flood = [ok("todo_list"), ok("todo_list"), refused("a"), refused("a"), refused("b"), ok("todo_list")];
  const { text } = await told(report([persona("anna", { ticks: [{ ...tick(0), actions: flood }] })]))(
    "/personas/anna",
  );
  const items = [
    ...(/<ol class="calls">(.*?)<\/ol>/s.exec(text)?.[1] ?? "").matchAll(/<li[^>]*>(.*?)<\/li>/g),
  ];
  assert.deepEqual(items.map(([, words]) => words), [
    "todo_list, 2 times",
    "todo_create refused: a, 2 times",
    "todo_create refused: b",
    "todo_list",
  ]);
});

Deno.test("what the service says stands on the page as text", async () => {
  const sly = persona("anna", {
    archetype: "<script>alert(1)</script>",
    ticks: [tick(0, {
      actions: [{ ...ok('"><b>'), result: "error", errorMessage: "<i>" }, ok("runner.absent.<u>")],
      feedback: [{ module: "todo", rating: 5, notes: "</p><img src=x>" }],
    })],
  });
  for (const path of ["/", "/personas/anna"]) {
    const { text } = await told(report([sly]))(path);
    assert.doesNotMatch(text, /<script>|<img(?! src="\/icon\.svg")|<i>|<u>|"><b>/);
  }
});

Deno.test("the report as JSON: totals, people and modules, without anybody's address", async () => {
  const { response, text } = await told(everything())("/report.json");
  assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
  const json = JSON.parse(text);
  assert.deepEqual(json.runner, { brain: "scripted", seed: 7, isPaused: false });
  assert.equal(json.serverTime, NOON);
  assert.deepEqual(json.totals, {
    people: 12,
    worked: 11,
    ok: 44,
    refused: 11,
    brokenChecks: 2,
    unfinished: 7,
  });
  assert.deepEqual(json.people.map((one: { name: string }) => one.name), [
    ..."anna ben enda endb endc endd ende endf julia kai maya tom".split(" "),
  ]);
  assert.doesNotMatch(text, /@mana\.test/);
});

Deno.test("a report that cannot be had says why, what to do, and 503", async () => {
  const faults: Record<ReportFault, string> = {
    away: "The personas API does not answer",
    refused: "The personas API does not know the runner",
    absent: "This service has no report",
    odd: "The personas API answered something else",
  };
  for (const [fault, title] of Object.entries(faults)) {
    const ask = routesWith({ ok: false, fault: fault as ReportFault });
    for (const path of ["/", "/personas/anna"]) {
      const { response, text } = await ask(path);
      assert.equal(response.status, 503);
      assert.match(text, new RegExp(`<h1>${title}</h1>`));
    }
    const { response, text } = await ask("/report.json");
    assert.equal(response.status, 503);
    assert.equal(JSON.parse(text).error, `report-${fault}`);
  }
});

Deno.test("a path that leads nowhere, and a persona that does not exist, are not found", async () => {
  for (const path of ["/personas/nobody", "/personas/", "/elsewhere", "/personas/__proto__"]) {
    const { response, text } = await told(everything())(path);
    assert.equal(response.status, 404, path);
    assert.match(text, /There is nobody here/);
  }
});

Deno.test("a model as the player, and a runner that is paused, stand at the foot of the page", async () => {
  const routes = createReportRoutes({
    askReport: () => Promise.resolve({ ok: true, report: everything() }),
    describeRunner: () => ({ brain: "model", seed: 1, isPaused: true }),
  });
  const response = await routes.request("http://localhost:3070/", { headers: { host: "localhost:3070" } });
  assert.match(await response.text(), /played by “model”, with the seed 1\. The runner is paused/);
});
