/** Who is asked how: the client's form, else an address that it opens, else a link in the refusal. The link stands in all three. */
import assert from "node:assert/strict";
import { goZeroKnowledge, NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { ISSUER } from "../_support/oauth_flow.ts";
import {
  type AppWorld,
  callTool,
  connectAs,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
  type Result,
} from "./_approvals.ts";

const FORM = { elicitation: { form: {} } };
const ADDRESS = { elicitation: { url: {} } };

async function newNote(world: AppWorld, title = "Shopping"): Promise<string> {
  return recordOf(await done(callTool(world, world.app, "notes_create", { title })), "note").id;
}

/** The question in a result. */
function questionIn({ resultType, inputRequests, requestState, ...rest }: Result) {
  assert.equal(resultType, "input_required", JSON.stringify(rest));
  return { params: inputRequests?.confirm.params ?? {}, requestState };
}

/** Sends an answer to a question as a client does. */
function answered(action: string, requestState: string | undefined) {
  return {
    inputResponses: { confirm: action === "accept" ? { action, content: {} } : { action } },
    ...(requestState === undefined ? {} : { requestState }),
  };
}

async function isThere(world: AppWorld, id: string): Promise<boolean> {
  const changes = (await pullAll(world, world.owner, NOTES)).filter((change) => change.id === id);
  return !changes.some(({ op }) => op === "delete");
}

Deno.test("form: the question has the link, and a yes in the form closes what waits on the page", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  const { params, requestState } = questionIn(
    await callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM }),
  );
  const waiting = await onlyOpen(world, world.owner);
  assert.equal(
    params.message,
    'Delete the note "Shopping"? The Mana app, where you use it, can bring it back. You can also look at it, and ' +
      `decide, at ${ISSUER}/approvals/${waiting.id}.`,
  );
  const more = answered("accept", requestState);
  assert.deepEqual(
    await done(callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM, more })),
    { ok: true, id },
  );
  assert.equal(await isThere(world, id), false);
  const [closed] = await pageOf(world, world.owner).list();
  assert.equal(closed?.status, "done");
});

Deno.test("form: a no is a no on the page as well", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  const { requestState } = questionIn(
    await callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM }),
  );
  const more = answered("decline", requestState);
  assert.match(
    await refusal(callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM, more })),
    /confirmation-declined/,
  );
  const [closed] = await pageOf(world, world.owner).list();
  assert.ok(closed);
  assert.equal(closed.status, "declined");
  assert.equal((await pageOf(world, world.owner).decide(closed, "yes")).ok, false);
  assert.equal(await isThere(world, id), true);
});

Deno.test("form: a client that closes it at once is given the link, in words that say so; later it is not", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  for (
    const [ms, words] of [[
      900,
      /^The form that asked the person was closed without an answer: perhaps nobody saw it\. Not done/,
    ], [1_000, /confirmation-cancelled/]] as const
  ) {
    const { requestState } = questionIn(
      await callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM }),
    );
    world.clock.now += ms;
    const more = answered("cancel", requestState);
    const said = await refusal(
      callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM, more }),
    );
    assert.match(said, words);
    assert.equal(said.includes(`${ISSUER}/approvals/${(await onlyOpen(world, world.owner)).id}`), ms < 1_000);
  }
  assert.equal(await isThere(world, id), true);
});

Deno.test("form: what the person decided on the page meanwhile counts, and is not done a second time", async () => {
  await using world = await createAppWorld();
  for (const decision of ["yes", "no"] as const) {
    const id = await newNote(world);
    const { requestState } = questionIn(
      await callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM }),
    );
    assert.ok((await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), decision)).ok);
    const answer = callTool(world, world.app, "notes_delete", { id }, {
      capabilities: FORM,
      more: answered("accept", requestState),
    });
    if (decision === "yes") assert.deepEqual(await done(answer), { ok: true, id });
    else assert.match(await refusal(answer), /the person said no/);
    assert.equal(await isThere(world, id), decision === "no");
  }
});

Deno.test("form: where the question cannot be kept, the form asks without a link", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  world.intercept = ({ url }) =>
    url.includes("/sync/mcp") ? Promise.resolve(new Response("no", { status: 500 })) : undefined;
  const { params, requestState } = questionIn(
    await callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM }),
  );
  assert.equal(
    params.message,
    'Delete the note "Shopping"? The Mana app, where you use it, can bring it back.',
  );
  const more = answered("accept", requestState);
  assert.deepEqual(
    await done(callTool(world, world.app, "notes_delete", { id }, { capabilities: FORM, more })),
    { ok: true, id },
  );
  assert.equal(await isThere(world, id), false);
});

Deno.test("address: a client that opens one gets it as such, and the link again until the person has decided", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  const { params, requestState } = questionIn(
    await callTool(world, world.app, "notes_delete", { id }, { capabilities: ADDRESS }),
  );
  const waiting = await onlyOpen(world, world.owner);
  assert.deepEqual(
    { ...params, _meta: undefined },
    {
      mode: "url",
      message: 'Delete the note "Shopping"? The Mana app, where you use it, can bring it back.',
      url: `${ISSUER}/approvals/${waiting.id}`,
      _meta: undefined,
    },
  );
  assert.equal(requestState, undefined);
  // "accept" says that the address was opened, and nothing of what the person decides.
  const more = answered("accept", undefined);
  const opened = callTool(world, world.app, "notes_delete", { id }, { capabilities: ADDRESS, more });
  assert.equal((await linkIn(opened)).id, waiting.id);
  assert.equal(await isThere(world, id), true);
  assert.ok((await pageOf(world, world.owner).decide(waiting, "yes")).ok);
  assert.deepEqual(
    await done(callTool(world, world.app, "notes_delete", { id }, { capabilities: ADDRESS })),
    { ok: true, id },
  );
});

Deno.test("address: who declines to open it has said no", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  questionIn(await callTool(world, world.app, "notes_delete", { id }, { capabilities: ADDRESS }));
  const more = answered("decline", undefined);
  assert.match(
    await refusal(callTool(world, world.app, "notes_delete", { id }, { capabilities: ADDRESS, more })),
    /confirmation-declined\): the question was declined, by the person or by a rule of this client\./,
  );
  assert.equal((await pageOf(world, world.owner).list())[0]?.status, "declined");
});

Deno.test("a client with a form and an address is asked by the form", async () => {
  await using world = await createAppWorld();
  const id = await newNote(world);
  const capabilities = { elicitation: { form: {}, url: {} } };
  assert.equal(
    questionIn(await callTool(world, world.app, "notes_delete", { id }, { capabilities })).params.mode,
    "form",
  );
});

Deno.test("five questions of an app wait at most, twenty an hour; other apps have their own", async () => {
  await using world = await createAppWorld();
  const ids: string[] = [];
  for (let index = 0; index < 7; index++) ids.push(await newNote(world, `Note ${index}`));
  // At the same time, so that a count that is read before another is written would let six through.
  const words = await Promise.all(
    ids.slice(0, 6).map((id) => refusal(callTool(world, world.app, "notes_delete", { id }))),
  );
  const full = words.filter((text) => !text.startsWith("Not done: the person has to allow this."));
  assert.deepEqual(full, [
    "The call is not allowed (approvals-open): 5 questions of this app already wait for the person. Nothing was changed. " +
    "Ask them to decide these first.",
  ]);
  // Another app of hers may ask.
  const other = await connectAs(world, "Other app", { allow: ["notes:destructive", "notes:write"] });
  await linkIn(callTool(world, other, "notes_delete", { id: ids[6] ?? "" }));
  const page = pageOf(world, world.owner);
  for (const approval of await page.list()) assert.ok((await page.decide(approval, "no")).ok);
  for (let asked = 5; asked < 20; asked++) {
    world.clock.now += 20_000;
    const id = await newNote(world);
    await linkIn(callTool(world, world.app, "notes_delete", { id }));
    assert.ok((await page.decide(await onlyOpen(world, world.owner), "no")).ok);
  }
  const [last = ""] = ids.slice(-1);
  assert.match(
    await refusal(callTool(world, world.app, "notes_delete", { id: last })),
    /approvals-rate\): this app has asked the person 20 times within an hour/,
  );
});

Deno.test("a person whose key no server has is told that they delete in the app", async () => {
  await using world = await createAppWorld();
  const { id } = recordOf(await done(callTool(world, world.app, "notes_create", { title: "Plain" })), "note");
  await goZeroKnowledge(world, world.owner);
  world.clock.now += 60_000;
  const words = await refusal(callTool(world, world.app, "notes_delete", { id }));
  assert.equal(
    words,
    "The call is not allowed (destructive-not-allowed): notes_delete asks the person first, and this client cannot ask. The " +
      "question cannot be kept for their own page either, since no server has their key: they do it themselves, in the Mana app.",
  );
});
