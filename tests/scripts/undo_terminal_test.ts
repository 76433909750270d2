/** `deno task undo` over the whole product: what it shows, that a token alone takes nothing of an app back, and each way it can end. */
import assert from "node:assert/strict";
import { DECLINED, DONE, REFUSED } from "../../scripts/undo/exit_codes.ts";
import { connectGateway } from "../../scripts/undo/mcp_gateway.ts";
import { takeBack } from "../../scripts/undo/take_back.ts";
import type { UndoTask } from "../../scripts/undo/undo_arguments.ts";
import { recordOf } from "../_support/listed.ts";
import { ISSUER, RESOURCE } from "../_support/oauth_flow.ts";
import { type AppWorld, callTool, createAppWorld, done, onlyOpen, pageOf } from "../approvals/_approvals.ts";

/** The app has changed Anna's note and made another one. */
async function createScene(): Promise<Scene> {
  const world = await createAppWorld();
  const { app, owner: person } = world;
  const made = await done(
    callTool(world, person.token, "notes_create", { title: "Trip", content: "To Rome" }),
  );
  const { id } = recordOf(made, "note");
  world.clock.now += 60_000;
  await done(callTool(world, app, "notes_update", { id, title: "Voyage" }));
  await done(callTool(world, app, "notes_create", { title: "Advert", content: "Buy" }));
  world.clock.now += 60_000;
  return Object.assign(world, {
    titles: async () => {
      const { notes } = await done(callTool(world, person.token, "notes_search", {}));
      return (Array.isArray(notes) ? notes : []).map(({ title }) => String(title)).sort();
    },
  });
}

type Scene = AppWorld & { readonly titles: () => Promise<string[]> };

interface Way {
  /** What is typed where the task asks. */
  readonly typed?: string;
  /** What happens each time that the task waits a moment. */
  readonly meanwhile?: (waited: number) => Promise<unknown> | void;
  readonly task?: Partial<UndoTask> & { readonly isOwn?: boolean };
}

/** The task by Anna's own token. */
async function run(world: Scene, { typed = "y", meanwhile, task = {} }: Way = {}) {
  const { isOwn = false, ...others } = task;
  const out: string[] = [];
  const said: string[] = [];
  await using gateway = await connectGateway({
    url: RESOURCE,
    token: world.owner.token,
    fetch: (input, init) => world.gateway.fetch(new Request(input, init)),
  });
  let waited = 0;
  const code = await takeBack({
    gateway,
    print: (line) => void out.push(line),
    say: (line) => void said.push(line),
    ask: (question) => {
      said.push(question);
      return Promise.resolve(typed);
    },
    now: () => world.clock.now,
    wait: async (ms) => {
      world.clock.now += ms;
      await meanwhile?.(waited++);
    },
  }, {
    ...(isOwn ? {} : { client: "Test app" }),
    since: new Date(world.clock.now - 3_600_000).toISOString(),
    zone: "Europe/Berlin",
    isZoneChosen: false,
    isYes: false,
    isDry: false,
    waits: true,
    gateway: RESOURCE,
    account: { kind: "token" },
    ...others,
  });
  return { code, out: out.join("\n"), said: said.join("\n"), waited };
}

const BEFORE = ["Trip"];
const AFTER = ["Advert", "Voyage"];

Deno.test("undo: the plan is shown in words, and the person's click on their page does it, not their token", async () => {
  await using world = await createScene();
  let link = "";
  const { code, out, said, waited } = await run(world, {
    async meanwhile(waited) {
      const approval = await onlyOpen(world, world.owner);
      assert.equal(approval.tool, "undo.apply");
      link = `${ISSUER}/approvals/${approval.id}`;
      assert.deepEqual(await world.titles(), AFTER, "nothing is done before the click");
      if (waited === 1) assert.ok((await pageOf(world, world.owner).decide(approval, "yes")).ok);
    },
  });
  assert.equal(code, DONE, said);
  assert.match(
    out,
    /^What “Test app” did in your own space since today at \d\d:\d\d \(Europe\/Berlin, the time zone of this computer\)\n/,
  );
  assert.match(out, /Would be put back: 2 records\n/);
  assert.match(out, / {2}note “Voyage” is put back\n {4}title {2}Voyage → Trip\n/);
  assert.match(out, / {2}note “Advert” is taken away again\n/);
  assert.match(said, /^Put them back\? \[y\/N\] \nWaiting for you/);
  assert.ok(out.includes(`\nOpen ${link} to confirm`), out);
  assert.match(out, /\nPut back: 2 records\. What the app has seen, it may have kept\.$/);
  assert.equal(waited, 2);
  assert.deepEqual(await world.titles(), BEFORE);
  const again = await run(world);
  assert.deepEqual([again.code, again.said], [DONE, ""]);
  assert.match(again.out, /\nThere is nothing to undo\.$/);
});

Deno.test("undo: a dry run, a no in the terminal, a no on the page and no answer at all change nothing", async () => {
  await using world = await createScene();
  const dry = await run(world, { task: { isDry: true } });
  assert.deepEqual([dry.code, dry.said], [DONE, ""]);
  assert.match(dry.out, /Would be put back: 2 records[^]*Nothing was changed: this was a dry run\.$/);
  for (const typed of ["", "n", "yesterday"]) {
    const no = await run(world, { typed });
    assert.deepEqual([no.code, no.said], [DECLINED, "Put them back? [y/N] \nNothing was changed."]);
  }
  assert.deepEqual(await pageOf(world, world.owner).list(), []);

  const late = await run(world, { task: { isYes: true } });
  assert.equal(late.code, DECLINED);
  assert.match(late.said, /\nNobody confirmed it in time\. Nothing was changed\.$/);
  assert.ok(!late.said.includes("[y/N]"), "--yes is not asked");

  const declined = await run(world, {
    meanwhile: async () => {
      await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), "no");
    },
  });
  assert.equal(declined.code, DECLINED);
  assert.match(declined.said, /\nYou said no on your page\. Nothing was changed\.$/);
  assert.deepEqual(await world.titles(), AFTER);
});

Deno.test("undo: who does not wait is given the link, and a gateway that goes away for a moment is waited for", async () => {
  await using world = await createScene();
  const link = await run(world, { task: { waits: false } });
  assert.deepEqual([link.code, link.waited], [REFUSED, 0]);
  const approval = await onlyOpen(world, world.owner);
  assert.match(link.out, new RegExp(`\nOpen ${ISSUER}/approvals/${approval.id} to confirm[^\n]*$`));

  const away = await run(world, {
    async meanwhile(waited) {
      world.intercept = waited < 2 ? () => new Response(null, { status: 503 }) : null;
      if (waited === 2) await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), "yes");
    },
  });
  assert.equal(away.code, DONE, away.said);
  assert.equal(
    away.said.split("The sync service is not available: try again later. Still waiting.").length,
    2,
  );
  assert.deepEqual(await world.titles(), BEFORE);
});

Deno.test("undo: where nobody can be asked to the end, the task does not say that nothing was changed", async () => {
  await using world = await createScene();
  const { code, out, said } = await run(world, {
    async meanwhile(waited) {
      if (waited === 0) await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), "yes");
      world.intercept = () => new Response(null, { status: 503 });
    },
  });
  const [link = ""] = /http\S+\/approvals\/\S+/.exec(out) ?? [];
  assert.equal(code, REFUSED);
  assert.ok(said.endsWith(`\nNobody could be asked how it went: ${link} tells it.`), said);
  world.intercept = null;
  assert.deepEqual(await world.titles(), BEFORE, "the page has carried it out");
});

Deno.test("undo: only what was asked for is taken back, and the words of a refusal are the gateway's", async () => {
  await using world = await createScene();
  const nobody = await run(world, { task: { client: "Somebody else" } });
  assert.equal(nobody.code, DONE);
  assert.match(nobody.out, /There is nothing to undo\.$/);
  const one = await run(world, { task: { tool: "notes.create", isDry: true } });
  assert.match(one.out, /^What “Test app” did by notes\.create in[^]*Would be put back: 1 record\n/);
  assert.match(one.out, /note “Advert” is taken away again/);
  const strange = await run(world, { task: { space: "Nowhere" } });
  assert.equal(strange.code, REFUSED);
  assert.match(strange.said, /^No space that can be used here has this id or name\./);
  const old = await run(world, {
    task: { until: new Date(world.clock.now - 3_000_000).toISOString() },
  });
  assert.match(old.out, /There is nothing to undo\.$/);
});

Deno.test("undo: what the person's own token did within the hour is taken back without their page", async () => {
  await using world = await createScene();
  const { code, out, said } = await run(world, { task: { isOwn: true, isYes: true } });
  assert.deepEqual([code, said], [DONE, ""]);
  assert.match(out, /^What programs with your own token did in your own space since/);
  assert.match(out, /Left alone, since somebody changed it later:\n\n {2}note \S+: /);
});
