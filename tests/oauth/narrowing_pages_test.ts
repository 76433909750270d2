/** What of a module an app may see, chosen at consent and on the page of apps: without a script, by every way that a form can come. */
import assert from "node:assert/strict";
import { z } from "zod";
import { type Changes, fieldsOf, type Page } from "../_support/browser.ts";
import { createCountingDoor } from "../_support/counting_door.ts";
import { createFlow, type Flow } from "../_support/flow.ts";
import { manyModules } from "../_support/many_modules.ts";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  introspect,
  redeem,
  register,
  returned,
} from "../_support/oauth_flow.ts";
import { makeTeam, remove } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { openTestDatabase } from "../_support/test_database.ts";
import { makeFolder } from "../backend/_folder.ts";

const JOURNAL = "journal/journalEntries";
const NARROWED = {
  "since.journal": "P7D",
  "fields.journal": "titles",
  "tag.journal": ["thanks", "work"],
  budget: "50",
};
const FEW = { allow: ["journal:read", "journal:write", "notes:read"] };

async function createScene(hasDoor = true) {
  const door = createCountingDoor();
  const flow = await createFlow({ grantable: manyModules(), ...(hasDoor ? { door } : {}) });
  const anna = await flow.personWithBrowser("anna");
  return { flow, anna, door, [Symbol.asyncDispose]: () => flow[Symbol.asyncDispose]() };
}

Deno.test("narrowing: what is chosen at consent is told by introspection, and is offered again", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const { access, clientId } = await connect(flow, anna, { ...FEW, ...NARROWED, zone: "Berlin" });
  const told = await toldOf(flow, access);
  assert.equal(told.read_budget, 50);
  assert.equal(told.document?.tz, "Europe/Berlin");
  const rule = told.document?.rules.find(({ collection }) => collection === JOURNAL);
  assert.deepEqual(rule?.where, [
    { field: "entryDate", op: "gte", value: "-P7D" },
    { field: "tags", op: "any", value: ["thanks", "work"] },
  ]);
  assert.ok(rule?.fields?.includes("title") && !rule.fields.includes("content"));
  const fields = fieldsOf(await anna.open(authorizeUrl(clientId)), "/consent");
  assert.deepEqual(
    [
      fields.get("since.journal"),
      fields.get("fields.journal"),
      fields.getAll("tag.journal"),
      fields.get("budget"),
    ],
    ["P7D", "titles", ["thanks", "work"], "50"],
  );
  assert.deepEqual([fields.get("since.notes"), fields.get("fields.notes")], ["", ""]);
});

Deno.test("narrowing: nothing chosen is no document, and the usual number is none", async () => {
  await using scene = await createScene();
  const { access } = await connect(scene.flow, scene.anna, { ...FEW, "blind.journal": "yes", budget: "500" });
  const told = await introspect(scene.flow, access);
  assert.deepEqual([told["authorization_details"], told["read_budget"]], [undefined, undefined]);
});

Deno.test("narrowing: the page of apps says it in words, and changes it both ways while the app goes on", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const { access } = await connect(flow, anna, { ...FEW, ...NARROWED });
  const page = await anna.open("/apps");
  assert.match(
    page.html,
    /<li>Journal: only the last 7 days; titles, days and moods, not the texts; tags “thanks” and “work”<\/li><li>In an hour it may read 50 things\.<\/li>/,
  );
  const save = (from: Page, changes: Changes) => anna.submit(from, "/apps", { save: "yes", ...changes });
  const more = await save(page, {
    "since.journal": "",
    "tag.journal": [],
    "fields.notes": "titles",
    budget: "2000",
  });
  assert.match(
    more.html,
    /<li>Notes: only titles, not the texts<\/li><li>Journal: only titles, days and moods, not the texts<\/li>/,
  );
  const told = await toldOf(flow, access);
  assert.ok(told.active, "the token of the app goes on");
  assert.equal(told.read_budget, 2000);
  assert.deepEqual(told.document?.rules.find(({ collection }) => collection === JOURNAL)?.where, undefined);
  // An old window does not write over a newer one.
  const old = await save(page, { "since.journal": "" });
  assert.equal(old.status, 422);
  assert.match(old.html, /changed in another window meanwhile/);
  const all = await save(more, { "fields.journal": "", "fields.notes": "", budget: "500" });
  assert.doesNotMatch(all.html, /What it may see of that/);
  const whole = await introspect(flow, access);
  assert.deepEqual([whole.active, whole["authorization_details"], whole["read_budget"]], [
    true,
    undefined,
    undefined,
  ]);
});

Deno.test("narrowing: a value that no page has is refused with words, at its field, and nothing is stored of the form", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const { access } = await connect(flow, anna, { ...FEW, "since.journal": "P30D" });
  const before = await toldOf(flow, access);
  const page = await anna.open("/apps");
  const many = Array.from({ length: 101 }, (_, index) => `tag ${index}`);
  const tampered: readonly (readonly [Changes, RegExp])[] = [
    [{ "since.journal": "P9999Y" }, /Journal: choose one of the times/],
    [{ "fields.journal": "everything" }, /Journal: choose one of the lines/],
    [{ "tag.journal": many }, /Journal: tick at most 100 tags/],
    [{ "tag.journal": "x".repeat(201) }, /Journal: tick only tags of the list/],
    [{ "tag.todo": "tag-0" }, /To-dos: tick only tags of the list|not on offer/],
    [{ "tag.habits": "tag-0" }, /Habits: tick only tags of the list/],
    [{ "in.journal": "somebody-elses" }, /Journal: tick only spaces of the list/],
    [{ "since.nothing": "P7D" }, /belongs to a part of your data that is not on offer/],
    [{ budget: "1000000" }, /Choose one of the numbers/],
  ];
  const { client_id } = await register(flow, { client_name: "Another" });
  const asked = { scope: "journal:read journal:write notes:read habits:read" };
  for (const [changes, words] of tampered) {
    const refused = await anna.submit(page, "/apps", { save: "yes", "fields.notes": "titles", ...changes });
    assert.equal(refused.status, 422, JSON.stringify(changes).slice(0, 100));
    assert.match(refused.html, words);
    assert.deepEqual(await toldOf(flow, access), before);
    const consent = await allow(anna, await anna.open(authorizeUrl(client_id, asked)), changes);
    assert.equal(consent.status, 422);
    assert.match(consent.html, words);
  }
  const foreign = await allow(anna, await anna.open(authorizeUrl(client_id, asked)), {
    "since.finance": "P7D",
  });
  assert.match(foreign.html, /not on offer/);
  // After a fault the form shows what was chosen before, never less.
  const again = await anna.submit(page, "/apps", { save: "yes", "since.journal": "P9999Y" });
  assert.equal(fieldsOf(again, "/apps").get("since.journal"), "P30D");
  assert.match(again.html, new RegExp(`<a href="#${gidOf(access)}-only-journal">`));
});

Deno.test("narrowing: nobody narrows somebody else's app, nor widens it", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const mallory = await flow.personWithBrowser("mallory");
  const hers = await connect(flow, anna, { ...FEW, ...NARROWED });
  await connect(flow, mallory, FEW);
  const before = await toldOf(flow, hers.access);
  const page = await mallory.open("/apps");
  for (const changes of [{ save: "yes" }, { count: "journal" }]) {
    await mallory.submit(page, "/apps", { ...changes, grant: gidOf(hers.access), revision: "0" });
  }
  assert.deepEqual(await toldOf(flow, hers.access), before);
  assert.deepEqual(scene.door.counted, []);
});

Deno.test("narrowing: the last 30 days are everything that is not sensitive and can be narrowed so; tasks only are the to-dos", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const month = await connect(flow, anna, { preset: "month", "since.journal": "P7D", "since.notes": "P1Y" });
  const scope = month.scope.split(" ");
  assert.ok(scope.includes("journal:read") && scope.includes("inventory:read"));
  assert.deepEqual(
    scope.filter((word) => /:(write|destructive)$|^(mood|finance|period|spaces|day):/.test(word)),
    [],
  );
  const { document } = await toldOf(flow, month.access);
  const since = (collection: string) =>
    document?.rules.find((rule) => rule.collection === collection)?.where?.find(({ op }) => op === "gte")
      ?.value;
  assert.deepEqual(
    [since(JOURNAL), since("notes/notes"), since("calendar/events"), since("inventory/items")],
    ["-P7D", "-P30D", "-P30D", "-P30D"],
  );
  const again = await anna.open(authorizeUrl(month.clientId));
  assert.equal(fieldsOf(again, "/consent").get("preset"), "month");
  assert.match((await anna.open("/apps")).html, /<summary>less than everything/);
  const plain = await anna.submit(await anna.open("/apps"), "/apps", { save: "yes", "since.journal": "" });
  assert.match(plain.html, /Everything: only the last 30 days/);

  const only = await tokensBy(flow, anna, { preset: "tasks", "fields.todo": "titles" });
  assert.equal(only.scope, "todo:read todo:write offline_access");
  const { document: ofTasks } = await toldOf(flow, only.access_token);
  assert.ok(
    ofTasks?.rules.some(({ collection, fields }) => collection === "todo/tasks" && fields !== undefined),
  );
});

Deno.test("narrowing: a preset ticks nothing sensitive; what the person ticks beside the last 30 days is of the last 30 days", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  const ticks = fieldsOf(page, "/consent").getAll("allow");
  const choice = { answer: "yes", preset: "month", allow: [...ticks, "mood:read", "finance:write"] };
  const code = returned(await anna.submit(page, "/consent", choice)).get("code") ?? "";
  const { access_token: access, scope } = Token.parse(await (await redeem(flow, client_id, code)).json());
  assert.ok(scope.includes("mood:read") && !scope.includes("finance"));
  const { document } = await toldOf(flow, access);
  const { client_id: tasksClient } = await register(flow);
  const tasks = await anna.open(authorizeUrl(tasksClient));
  const alone = await anna.submit(tasks, "/consent", { ...choice, preset: "tasks" });
  const given = await redeem(flow, tasksClient, returned(alone).get("code") ?? "");
  assert.equal(Token.parse(await given.json()).scope, "todo:read todo:write offline_access");
  const mood = document?.rules.find(({ collection }) => collection === "mood/moodEntries");
  assert.deepEqual(mood?.where, [{ field: "date", op: "gte", value: "-P30D" }]);
});

Deno.test("narrowing: without a script a button counts, keeps the form as it is, and changes nothing", async () => {
  await using scene = await createScene();
  const { flow, anna, door } = scene;
  const { access } = await connect(flow, anna, { ...FEW, ...NARROWED });
  const before = await toldOf(flow, access);
  const page = await anna.open("/apps");
  assert.match(page.html, new RegExp(`formaction="/apps#${gidOf(access)}-only-notes"`));
  const counted = await anna.submit(page, "/apps", { count: "notes", "since.journal": "P1Y", budget: "200" });
  assert.equal(counted.status, 200);
  assert.match(counted.html, /only the last year[^<]*<\/span> <span class="count">shows 42 of 310</);
  assert.match(counted.html, /id="[^"]*only-notes"[^>]* open[^>]*>[^]*?<span class="count">shows 42 of 310</);
  assert.equal(fieldsOf(counted, "/apps").get("budget"), "200");
  assert.deepEqual(await toldOf(flow, access), before);
  assert.deepEqual(door.counted.map(({ collections }) => collections), [["notes/notes", JOURNAL]]);
  door.isDown = true;
  const down = await anna.submit(page, "/apps", { count: "journal" });
  assert.match(down.html, /cannot be counted now/);

  const { client_id } = await register(flow, { client_name: "Another" });
  door.isDown = false;
  const consent = await anna.open(authorizeUrl(client_id));
  const shown = await anna.submit(consent, "/consent", {
    count: "journal",
    "fields.journal": "days",
    until: "week",
  });
  assert.equal(shown.status, 200);
  assert.match(shown.html, /only days and moods, no words<\/span> <span class="count">shows 42 of 310/);
  assert.equal(fieldsOf(shown, "/consent").get("until"), "week");
  assert.equal(fieldsOf(shown, "/consent").get("preset"), "add");
  assert.equal(
    returned(await allow(anna, shown)).get("state"),
    "a state",
    "the request can still be answered",
  );
});

Deno.test("narrowing: tags that nobody can name now stay chosen; without a gateway there is no list and nothing to count", async () => {
  const gone = "6f0c6f2e-0000-4000-8000-000000000001";
  await using scene = await createScene();
  const { flow, anna, door } = scene;
  const { access, clientId } = await connect(flow, anna, {
    allow: ["notes:read"],
    "tag.notes": ["tag-1", gone],
  });
  assert.match((await anna.open("/apps")).html, new RegExp(`Notes: only tags “Family ☕” and “${gone}”`));
  door.isDown = true;
  const down = await anna.open(authorizeUrl(clientId));
  assert.deepEqual(fieldsOf(down, "/consent").getAll("tag.notes"), ["tag-1", gone]);
  assert.match(down.html, /Your tags cannot be shown now\. What you chose before stays chosen\./);
  assert.match((await anna.open("/apps")).html, /Notes: only with 2 tags/);
  await anna.submit(await anna.open("/apps"), "/apps", { save: "yes", budget: "200" });
  const rule = (await toldOf(flow, access)).document?.rules.find(({ collection }) =>
    collection === "notes/notes"
  );
  assert.deepEqual(rule?.where?.map(({ value }) => value), [["tag-1", gone]]);

  await using alone = await createScene(false);
  const page = await alone.anna.open(authorizeUrl((await register(alone.flow)).client_id));
  assert.doesNotMatch(page.html, /name="count"|data-count|count\.js|Only with one of these tags/);
  assert.match(page.html, /name="since\.journal"/);
  const there = await connect(alone.flow, alone.anna, { ...FEW, "since.journal": "P7D" });
  assert.ok((await toldOf(alone.flow, there.access)).document);
});

Deno.test("narrowing: spaces of a module, and a space that the person has left", async () => {
  await using scene = await createScene();
  const { flow, anna } = scene;
  const account = await signIn(flow, "anna@mana.test");
  const ben = await flow.person("ben");
  const team = await makeTeam(flow, ben, account);
  flow.clock.now += 61_000; // a list of spaces may be a minute old
  const { access, clientId } = await connect(flow, anna, { allow: ["notes:read"], "in.notes": team });
  const spaces = async () =>
    (await toldOf(flow, access)).document?.rules.find(({ collection }) => collection === "notes/notes")
      ?.spaces;
  assert.deepEqual(await spaces(), [team]);
  assert.deepEqual(fieldsOf(await anna.open(authorizeUrl(clientId)), "/consent").getAll("in.notes"), [team]);
  await remove(flow, ben, team, account);
  flow.clock.now += 61_000;
  const page = await anna.open("/apps");
  assert.match(page.html, /Notes: only in “a space you have left”/);
  assert.deepEqual(fieldsOf(page, "/apps").getAll("in.notes"), [team]);
  await anna.submit(page, "/apps", { save: "yes", budget: "50" });
  assert.deepEqual(await spaces(), [team], "it sees no more because of it");
});

Deno.test("narrowing: what nobody can read any more is said, closes, and is not opened by saving something else", async () => {
  await using folder = await makeFolder();
  await using flow = await createFlow({
    grantable: manyModules(),
    door: createCountingDoor(),
    data: folder.path,
  });
  await using stack = new AsyncDisposableStack();
  const signInDatabase = stack.adopt(await openTestDatabase(folder.path), (database) => database.close());
  const anna = await flow.personWithBrowser("anna");
  const { access } = await connect(flow, anna, FEW);
  const newer = '{"v":2,"modules":{}}';
  await signInDatabase.db.updateTable("grants").set({ narrowing: newer }).execute();
  const stored = async () =>
    (await signInDatabase.db.selectFrom("grants").select("narrowing").executeTakeFirst())?.narrowing;
  const page = await anna.open("/apps");
  assert.match(page.html, /<li>What you narrowed cannot be read any more, so it sees nothing\./);
  assert.match(page.html, /Choose under “only …” again what it may see\./);
  const saved = await anna.submit(page, "/apps", { save: "yes", budget: "50" });
  assert.match(saved.html, /In an hour it may read 50 things/);
  assert.equal(await stored(), newer);
  await anna.submit(saved, "/apps", { save: "yes", "since.journal": "P7D" });
  assert.equal(await stored(), '{"v":1,"modules":{"journal":{"since":"P7D"}}}');
  assert.ok((await toldOf(flow, access)).document);
});

const Rule = z.looseObject({
  collection: z.string(),
  spaces: z.array(z.string()).optional(),
  where: z.array(z.looseObject({ op: z.string(), value: z.unknown() })).optional(),
  fields: z.array(z.string()).optional(),
});
const Told = z.looseObject({
  active: z.boolean(),
  read_budget: z.number().optional(),
  authorization_details: z.array(z.looseObject({ tz: z.string(), rules: z.array(Rule) })).length(1)
    .optional(),
});
const Token = z.looseObject({ access_token: z.string(), scope: z.string() });

async function toldOf(flow: Flow, access: string) {
  const { authorization_details: details, ...told } = Told.parse(await introspect(flow, access));
  return { ...told, document: details?.[0] };
}

async function tokensBy(flow: Flow, anna: Awaited<ReturnType<Flow["personWithBrowser"]>>, choice: Changes) {
  const { client_id } = await register(flow, { client_name: "Tasks" });
  const code = returned(await allow(anna, await anna.open(authorizeUrl(client_id)), choice)).get("code") ??
    "";
  return Token.parse(await (await redeem(flow, client_id, code)).json());
}

function gidOf(access: string): string {
  return z.string().parse(decode(access).claims["gid"]);
}
