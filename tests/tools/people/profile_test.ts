import assert from "node:assert/strict";
import {
  lastChange,
  masterKey,
  open,
  pullAll,
  pushDelete,
  pushInsert,
  pushUpdate,
  seal,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { inSpace, makeTeam } from "../../_support/team.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const PROFILE: WireTable = { app: "profile", table: "userContext" };

/** The record as the auth service makes it at sign-up: of the person and of no space, its sections sealed whole. */
async function bootstrap(
  world: World,
  person: Person,
  sections: Record<string, unknown> = {},
): Promise<CryptoKey> {
  const key = await masterKey(world, person);
  const empty = {
    about: {},
    interests: [],
    routine: {},
    nutrition: {},
    leisure: {},
    goals: [],
    social: {},
    freeform: "",
  };
  const sealed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...empty, ...sections })) {
    sealed[name] = await seal(key, value);
  }
  const data = {
    ...sealed,
    userId: person.id,
    interview: { answeredIds: [], skippedIds: [] },
    spaceId: undefined,
    authorId: undefined,
    visibility: undefined,
  };
  await pushInsert(world, person, PROFILE, "singleton", data);
  return key;
}

async function profileOf(world: World, person: Person): Promise<Record<string, unknown>> {
  return { ...Object((await callOk(world, person, "profile_read")).profile) };
}

Deno.test("a new person has a profile, of no space and with nothing in clear, and can fill it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const [made, ...more] = await pullAll(world, anna, PROFILE);
  assert.equal(more.length, 0, "signing in again writes no second one");
  const { createdAt, ...data } = made?.data ?? {};
  assert.match(String(createdAt), /^2026-/);
  assert.deepEqual(data, {
    id: "singleton",
    userId: anna.id,
    interview: { answeredIds: [], skippedIds: [] },
  });
  assert.deepEqual([made?.spaceId, made?.actor?.principalId, made?.origin], [
    undefined,
    "system:bootstrap",
    "system",
  ]);
  const given = { about: { occupation: "Gärtnerin" }, goals: ["Marathon"], addFreeform: "Mag Tee." };
  assert.deepEqual(await callOk(world, anna, "profile_update", given), { ok: true, changed: true });
  const { about, goals, freeform } = await profileOf(world, anna);
  assert.deepEqual([about, goals, freeform], [{ occupation: "Gärtnerin" }, ["Marathon"], "Mag Tee."]);
  const { fields = {} } = await lastChange(world, anna, PROFILE, "singleton");
  assert.equal(await open(await masterKey(world, anna), fields.freeform?.value), "Mag Tee.");
});

Deno.test("profile.read: the sections opened; nothing where nothing is stored", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { profile: made } = await callOk(world, anna, "profile_read");
  const sections = {
    about: {},
    interests: [],
    routine: {},
    nutrition: {},
    leisure: {},
    goals: [],
    social: {},
  };
  assert.deepEqual({ ...Object(made), ...sections, id: "singleton", freeform: "" }, made);
  await bootstrap(world, anna, {
    about: { bio: "Climbs", since: 2019 },
    goals: ["sleep more"],
    freeform: "Hello",
  });
  const { profile, freeformChars } = await callOk(world, anna, "profile_read");
  const { about, goals, interests, freeform, interview } = Object(profile);
  assert.deepEqual([about, goals, interests, freeform, interview, freeformChars], [
    { bio: "Climbs", since: 2019 },
    ["sleep more"],
    [],
    "Hello",
    undefined,
    5,
  ]);
});

Deno.test("profile.read: a long free text comes in portions beside whole sections", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const whole = "Wörter ".repeat(9_000);
  await bootstrap(world, anna, { freeform: whole, about: { bio: "x".repeat(2_000) } });
  let text = "";
  for (let offset: unknown = 0; offset !== undefined;) {
    const { profile, nextOffset, freeformChars } = await callOk(world, anna, "profile_read", { offset });
    const { about, freeform } = Object(profile);
    assert.deepEqual([about?.bio?.length, freeformChars], [offset === 0 ? 2_000 : undefined, whole.length]);
    text += String(freeform);
    offset = nextOffset;
  }
  assert.equal(text, whole);
  assert.match(await callRefused(world, anna, "profile_read", { offset: 63_001 }), /only 63000 characters/);
});

Deno.test("profile.update: a section is merged and sealed whole, in the person's record of no space", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await bootstrap(world, anna, { about: { bio: "Climbs", since: 2019 }, goals: ["a"] });
  // A client that fills a strict schema sends null for what it leaves out: it takes nothing away.
  const given = { about: { occupation: "Baker", bio: null }, goals: null, routine: { wakeUp: "06:30" } };
  assert.deepEqual(await callOk(world, anna, "profile_update", given), { ok: true, changed: true });
  const change = await lastChange(world, anna, PROFILE, "singleton");
  assert.deepEqual([change.op, change.spaceId ?? "", Object.keys(change.fields ?? {}).sort()], [
    "update",
    "",
    ["about", "routine", "updatedAt"],
  ]);
  assert.deepEqual(await open(key, change.fields?.about?.value), {
    bio: "Climbs",
    since: 2019,
    occupation: "Baker",
  });
  await withoutPush(world, async () => {
    const again = { about: { occupation: "Baker" }, routine: { wakeUp: "06:30" } };
    assert.equal((await callOk(world, anna, "profile_update", again)).changed, false);
  });
  // What the phone writes meanwhile is merged with, not written over.
  await pushUpdate(world, anna, PROFILE, "singleton", { about: await seal(key, { bio: "Swims" }) }, {});
  await callOk(world, anna, "profile_update", { about: { location: "Ulm" }, interests: ["maps"] });
  const { about, interests } = await profileOf(world, anna);
  assert.deepEqual([about, interests], [{ bio: "Swims", location: "Ulm" }, ["maps"]]);
  await callOk(world, anna, "profile_update", { clear: ["about.bio", "interests"] });
  const cleared = await profileOf(world, anna);
  assert.deepEqual([cleared.about, cleared.interests, cleared.goals], [{ location: "Ulm" }, [], ["a"]]);
});

Deno.test("profile.update: free text is added at the end, behind a line", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await bootstrap(world, anna);
  await callOk(world, anna, "profile_update", { addFreeform: "One" });
  await callOk(world, anna, "profile_update", { addFreeform: "Two" });
  assert.equal((await profileOf(world, anna)).freeform, "One\n\n---\n\nTwo");
});

Deno.test("profile.update: where the auth service has made no profile, none is made here", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushDelete(world, anna, PROFILE, "singleton", {});
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "profile_update", { goals: ["a"] }),
      /there is no profile yet/,
    );
  });
});

Deno.test("profile.update: what makes no sense is refused and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await bootstrap(world, anna, { freeform: "x".repeat(199_990) });
  const foreign = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  await pushUpdate(
    world,
    anna,
    PROFILE,
    "singleton",
    { social: await seal(foreign, { workStyle: "x" }) },
    {},
  );
  const before = (await pullAll(world, anna, PROFILE)).length;
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{}, /nothing to change/],
      [{ interests: [] }, /interests: /],
      [{ about: { birthday: "1990-02-30" } }, /about\.birthday: expected an existing day/],
      [{ routine: { bedtime: "25:00" } }, /routine\.bedtime: expected a time such as 07:30/],
      [{ clear: ["about"] }, /clear: expected some of about\.bio/],
      [{ clear: ["about.constructor"] }, /clear: expected some of/],
      [{ addFreeform: "x".repeat(20) }, /addFreeform: the free text would be longer than 200000/],
      [
        { social: { livingSetup: "alone" } },
        /^This profile cannot be changed because its social cannot be read/,
      ],
      [{ freeform: "new" }, /unknown argument "freeform"/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "profile_update", args), words);
    }
  });
  assert.equal((await pullAll(world, anna, PROFILE)).length, before);
  assert.ok(key);
});

Deno.test("profile: a team has none, and says so instead of showing an empty one", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await bootstrap(world, anna);
  const team = inSpace(await makeTeam(world, anna));
  for (const [tool, args] of [["profile_read", {}], ["profile_update", { goals: ["a"] }]] as const) {
    assert.match(await callRefused(world, anna, tool, args, team), /the profile is the person's own/);
  }
});
