import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { UNFINISHED_WRITE_MS } from "../../lib/records/together/unfinished_writes.ts";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { CALL, callerOf, insert, refusalOf } from "./_harness.ts";
import {
  blocks,
  createSessions,
  logs,
  logSession,
  type Sessions,
  skills,
  start,
  tryToLog,
} from "./_sessions.ts";

Deno.test("rows go out in the order in which they were added, neighbours of an app in one push", async () => {
  const h = createSessions();
  await start(h);
  const before = h.services.pushes().length;
  await logSession(h, 10);
  const pushes = h.services.pushes().slice(before).map(({ url, body }) => [
    url.pathname,
    JSON.parse(body).changes.map(({ table, op }: { table: string; op: string }) => `${op} ${table}`),
  ]);
  assert.deepEqual(pushes, [
    ["/sync/timeblocks", ["insert timeBlocks"]],
    ["/sync/skilltree", ["insert logs", "update skills"]],
  ]);
  const [log] = (await h.read().list(logs)).rows;
  const [block] = (await h.read().list(blocks)).rows;
  assert.equal(log?.blockId, block?.id);
  assert.equal(block?.sourceId, log?.id, "each points at the other");
  assert.equal((await h.read().get(skills, "s")).totalXp, 10);
});

Deno.test("nothing is written when the callback throws, and not before it has returned", async () => {
  const h = createSessions();
  await start(h);
  const before = h.services.pushes().length;
  await assert.rejects(
    h.write().writeTogether(async (rows) => {
      await rows.insert(blocks, { title: "x", sourceId: "y" });
      await rows.update(skills, "s", () => ({ totalXp: 1 }));
      assert.equal(h.services.pushes().length, before);
      throw new Error("no");
    }),
    /no/,
  );
  assert.equal(h.services.pushes().length, before);
  assert.equal(await h.read().count(blocks), 0);
});

Deno.test("when the first push is refused for certain, the refusal is the usual one", async () => {
  const h = createSessions();
  await start(h);
  h.services.intercept = ({ method }) => method === "POST" ? new Response("", { status: 402 }) : undefined;
  assert.deepEqual(await refusalOf(logSession(h, 10)), { reason: "sync-inactive" });
  h.services.intercept = () => undefined;
  assert.equal(await h.read().count(blocks), 0);
});

Deno.test("a part that was refused is named, with what was stored, and the same call completes the write", async () => {
  const h = createSessions();
  await start(h);
  h.services.intercept = ({ url, method }) =>
    method === "POST" && url.pathname.endsWith("skilltree") ? new Response("", { status: 402 }) : undefined;
  const refusal = await refusalOf(logSession(h, 10));
  const [block] = (await h.read().list(blocks)).rows;
  assert.ok(refusal.reason === "write-partly" && block !== undefined);
  assert.deepEqual(refusal.stored, [{ record: "time block", id: block.id }]);
  assert.deepEqual(refusal.unknown, []);
  assert.deepEqual(refusal.missing, [{ record: "log", id: block.sourceId }, { record: "skill", id: "s" }]);
  assert.equal(
    describeRefusal(refusal).message,
    `The sync service did not confirm the whole change (stored: time block ${block.id}; not stored: log ${block.sourceId}, ` +
      "skill s). Call the tool again with exactly the same arguments within 15 minutes: that completes the change and doubles " +
      "nothing.",
  );
  h.services.intercept = () => undefined;
  const pushes = h.services.pushes().length;
  await logSession(h, 10);
  assert.equal(h.services.pushes().length, pushes + 1, "the block is not sent again");
  assert.equal((await h.read().list(blocks)).rows.length, 1);
  assert.deepEqual((await h.read().list(logs)).rows.map(({ id }) => id), [block.sourceId]);
  assert.equal((await h.read().get(skills, "s")).totalXp, 10);
});

Deno.test("a completed write is forgotten: the same call makes a new record", async () => {
  const h = createSessions();
  await start(h);
  await logSession(h, 10);
  await logSession(h, 10);
  assert.equal(await h.read().count(logs), 2);
  assert.equal((await h.read().get(skills, "s")).totalXp, 20);
});

Deno.test("an unfinished write is for one person, app, space, tool and input, and for a while", async () => {
  const h = createSessions();
  const anna = callerOf("anna");
  const client = { id: "c", name: "App", appKey: "a", tokenId: "t", grantId: "g" };
  await start(h);
  await tryToLog(h, 10, "skilltree");
  const [left] = (await h.read().list(blocks)).rows;
  for (
    const other of [
      { input: { xp: 11, id: "s" } },
      { actor: { tool: "skilltree.other", clientName: "Test Client", callId: CALL } },
      { input: { xp: 10, id: "s" }, caller: { ...anna, principal: { ...anna.principal, client } } },
    ]
  ) {
    await logSession(h, 1, other);
    assert.equal((await h.read().list(blocks)).rows.filter(({ id }) => id === left?.id).length, 1);
    assert.ok(!(await h.read().list(logs)).rows.some(({ id }) => id === left?.sourceId));
  }
  // Members of the input in another order are the same call.
  await logSession(h, 10, { input: { id: "s", xp: 10 } });
  assert.ok((await h.read().list(logs)).rows.some(({ id }) => id === left?.sourceId));

  await tryToLog(h, 10, "skilltree");
  h.clock += UNFINISHED_WRITE_MS;
  const ids = new Set((await h.read().list(blocks)).rows.map(({ id }) => id));
  await logSession(h, 10);
  assert.equal((await h.read().list(blocks)).rows.filter(({ id }) => !ids.has(id)).length, 1);
});

Deno.test("what another device wrote between the two calls stays, and the counter counts both", async () => {
  const h = createSessions();
  await start(h);
  await tryToLog(h, 10, "skilltree");
  h.clock += 1000;
  await h.write({ actor: { tool: "other.tool", clientName: "Other", callId: CALL } })
    .update(skills, "s", ({ totalXp = 0 }) => ({ totalXp: totalXp + 5 }));
  await logSession(h, 10);
  assert.equal((await h.read().get(skills, "s")).totalXp, 15);
});

Deno.test("an update that arrived, and was written over since, is not made again", async () => {
  const h = createSessions();
  await start(h);
  await tryToLog(h, 10, "skilltree", true);
  h.clock += 1000;
  await h.write({ actor: { tool: "other.tool", clientName: "Other", callId: CALL } })
    .update(skills, "s", ({ totalXp = 0 }) => ({ totalXp: totalXp + 5 }));
  await logSession(h, 10);
  assert.equal((await h.read().get(skills, "s")).totalXp, 15);
  assert.equal(await h.read().count(logs), 1);
});

Deno.test("the tool that completes a write does not see what it has stored before", async () => {
  const h = createSessions();
  await start(h);
  const begin = async () => {
    const mine = h.write({ input: {} });
    await mine.writeTogether(async (rows) => {
      // "Only when no timer runs": the block of the unfinished call must not count.
      assert.equal(await mine.count(blocks), 0);
      assert.equal((await mine.list(blocks)).rows.length, 0);
      const id = rows.newId(logs);
      const block = await rows.insert(blocks, { title: "timer", sourceId: id });
      await rows.insert(logs, { xp: 0, blockId: block.id }, { id });
    });
  };
  h.services.intercept = ({ url, method }) =>
    method === "POST" && url.pathname.endsWith("skilltree") ? new Response("", { status: 402 }) : undefined;
  assert.equal((await refusalOf(begin())).reason, "write-partly");
  h.services.intercept = () => undefined;
  await begin();
  assert.equal(await h.read().count(blocks), 1);
  assert.equal(await h.read().count(logs), 1);
  await assert.rejects(begin(), assert.AssertionError, "now it runs");
});

Deno.test("a fixed id: the record gets it, and a second call completes the write under it", async () => {
  const h = createSessions();
  await start(h);
  const book = async () => {
    const mine = h.write({ input: {} });
    await mine.writeTogether(async (rows) => {
      const log = await rows.insert(logs, { xp: 1, blockId: "b" }, { id: rows.newId(logs, "log-of-s") });
      await rows.insert(blocks, { title: "x", sourceId: log.id });
    });
  };
  h.services.intercept = ({ url, method }) =>
    method === "POST" && url.pathname.endsWith("timeblocks") ? new Response("", { status: 402 }) : undefined;
  assert.equal((await refusalOf(book())).reason, "write-partly");
  h.services.intercept = () => undefined;
  await book();
  assert.deepEqual((await h.read().list(logs)).rows.map(({ id }) => id), ["log-of-s"]);
  assert.equal((await h.read().list(blocks)).rows[0]?.sourceId, "log-of-s");
});

Deno.test("callbacks of one module run one after the other; those of another do not wait", async () => {
  const h = createSessions();
  await start(h);
  const results = await Promise.all(Array.from({ length: 8 }, (_, n) => logSession(h, 1, { input: { n } })));
  assert.deepEqual(results.map((r) => r.totalXp).toSorted(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal((await h.read().get(skills, "s")).totalXp, 8);
  assert.equal(new Set((await h.read().list(logs)).rows.map(({ order }) => order)).size, 8);

  const held = Promise.withResolvers<void>();
  const first = h.write().writeTogether(() => held.promise);
  const own = logSession(h, 1);
  await h.write({ actor: { tool: "other.tool", clientName: "x", callId: CALL } }).writeTogether(() =>
    Promise.resolve()
  );
  held.resolve();
  await Promise.all([first, own]);
});

Deno.test("a call that waits for its turn ends with its signal, and lets nobody in before their turn", async () => {
  const h = createSessions();
  await start(h);
  const held = Promise.withResolvers<void>();
  const order: string[] = [];
  const first = h.write().writeTogether(async () => {
    await held.promise;
    order.push("first");
  });
  const controller = new AbortController();
  const second = refusalOf(h.write({ signal: controller.signal }).writeTogether(() => Promise.resolve()));
  const third = h.write().writeTogether(() => Promise.resolve(order.push("third")));
  controller.abort();
  assert.deepEqual(await second, { reason: "cancelled" });
  assert.deepEqual(order, []);
  held.resolve();
  await Promise.all([first, third]);
  assert.deepEqual(order, ["first", "third"]);
});

Deno.test("remove: only parts for a writing tool, everything for a destructive one, and no error for what is gone", async () => {
  const h = createSessions();
  await start(h);
  await logSession(h, 10);
  const [log] = (await h.read().list(logs)).rows;
  const writing = () => h.store.open(h.scope("write"));
  await assert.rejects(
    writing().writeTogether(async (rows) => {
      // The compiler refuses it as well.
      await Reflect.apply(rows.remove, rows, [skills, "s"]);
    }),
    TypeError,
  );
  assert.deepEqual(
    await writing().writeTogether(async (rows) => [
      await rows.remove(logs, log?.id ?? ""),
      await rows.remove(logs, "none"),
    ]),
    [true, false],
  );
  assert.equal(await h.read().count(logs), 0);
  assert.equal(await h.write().writeTogether((rows) => rows.remove(skills, "s")), true);
  assert.equal(await h.read().count(skills), 0);
});

Deno.test("faults of a tool are TypeErrors, and write nothing", async () => {
  const h = createSessions();
  await start(h);
  const before = h.services.pushes().length;
  const faults: ((
    rows: Parameters<Parameters<ReturnType<typeof h.write>["writeTogether"]>[0]>[0],
  ) => Promise<unknown>)[] = [
    async (rows) => {
      const { id } = await rows.insert(skills, { name: "x", totalXp: 0 });
      await rows.update(skills, id, () => ({ totalXp: 1 }));
    },
    async (rows) => {
      await rows.update(skills, "s", () => ({ totalXp: 1 }));
      await rows.update(skills, "s", () => ({ totalXp: 2 }));
    },
    async (rows) => {
      await rows.update(skills, "s", () => ({ totalXp: 1 }));
      await rows.remove(skills, "s");
    },
    (rows) => rows.insert(logs, { xp: 1, blockId: "b" }, { id: "made-up" }),
    (rows) => rows.insert(logs, { xp: 1, blockId: "b" }, { id: rows.newId(skills) }),
    async (rows) => {
      const id = rows.newId(logs);
      await rows.insert(logs, { xp: 1, blockId: "b" }, { id });
      await rows.insert(logs, { xp: 1, blockId: "b" }, { id });
    },
    (rows) => {
      void rows.update(skills, "s", () => ({ totalXp: 1 }));
      return Promise.resolve();
    },
    async (rows) => {
      for (let n = 0; n <= 1000; n++) await rows.insert(logs, { xp: n, blockId: "b" });
    },
  ];
  for (const fault of faults) await assert.rejects(h.write().writeTogether(fault), TypeError, String(fault));
  const records = h.write();
  await records.writeTogether(() => Promise.resolve());
  await assert.rejects(records.writeTogether(() => Promise.resolve()), TypeError, "twice in a call");
  let late: Parameters<Parameters<typeof records.writeTogether>[0]>[0] | undefined;
  await h.write().writeTogether((rows) => Promise.resolve(void (late = rows)));
  await assert.rejects(late?.insert(logs, { xp: 1, blockId: "b" }) ?? Promise.resolve(), TypeError);
  assert.equal(h.services.pushes().length, before);
});

Deno.test("a space where nothing may be created refuses an insert, and lets the rest be", async () => {
  const h = createSessions();
  await start(h);
  const noCreation = { reason: "policy-denied", rule: "r", advice: "a" } as const;
  const records = h.write({ noCreation });
  assert.deepEqual(
    await refusalOf(records.writeTogether((rows) => rows.insert(skills, { name: "x", totalXp: 0 }))),
    noCreation,
  );
  await h.write({ noCreation }).writeTogether((rows) => rows.update(skills, "s", () => ({ totalXp: 3 })));
  assert.equal((await h.read().get(skills, "s")).totalXp, 3);
});

Deno.test("a place in a list is also kept for single inserts that are made meanwhile", async () => {
  const h = createSessions();
  await start(h);
  const single = Promise.withResolvers<void>();
  await Promise.all([
    h.write().writeTogether(async (rows) => {
      await rows.insert(logs, { xp: 1, blockId: "b" }, { lastBy: "order" });
      single.resolve();
      await h.write().insert(logs, { xp: 2, blockId: "b" }, { lastBy: "order" });
    }),
    single.promise.then(() => h.write().insert(logs, { xp: 3, blockId: "b" }, { lastBy: "order" })),
  ]);
  assert.equal(new Set((await h.read().list(logs)).rows.map(({ order }) => order)).size, 3);
});

Deno.test("in a shared space, a callback sees what a member's callback before it has stored", async () => {
  const h = createSessions();
  await start(h);
  h.services.memberships.set("anna", new Set(["team"])).set("ben", new Set(["team"]));
  h.services.write("anna", "skilltree", [insert("skills", "t", { name: "x", totalXp: 0 }, "team")]);
  await Promise.all(
    ["anna", "ben", "anna", "ben"].map((subject, n) =>
      logSession(h, 1, { team: subject, input: { n } }, "t")
    ),
  );
  assert.equal((await h.read(h.team("anna")).get(skills, "t")).totalXp, 4);
});

Deno.test("a table is a part only when its definition says so", () => {
  const row = z.object({ a: z.string() });
  assert.equal(defineTable({ app: "a", name: "b", record: "c", row, encrypted: [] }).isPart, false);
  assert.equal(
    defineTable({ app: "a", name: "b", record: "c", row, encrypted: [], isPart: true }).isPart,
    true,
  );
});

const FAILURES = {
  "refused": [402],
  "not stored, no answer": [503, 503, 503, 503],
  "stored, no answer": ["lost", "lost", "lost", "lost"],
  "too many requests": [429, 429, 429, 429],
  "half stored, no answer": ["half", "half", "half", "half"],
  "half stored, then refused": ["half", 402],
  "lost, then refused": ["lost", 402],
  "lost once": ["lost"],
  "no answer once": [503],
} as const;

/** Makes the `nth` push of a call fail as `failure` says. */
function failAt(h: Sessions, nth: number, failure: readonly (number | "lost" | "half")[]): void {
  const bodies: string[] = [];
  let at = 0;
  h.services.intercept = ({ url, method, body }) => {
    if (method !== "POST" || !url.pathname.startsWith("/sync/")) return undefined;
    if (bodies.at(-1) !== body) bodies.push(body);
    const answer = bodies.length === nth + 1 ? failure[at++] : undefined;
    if (answer === "lost" || answer === "half") {
      store(h, url, body, answer);
      throw new TypeError("connection reset");
    }
    return answer === undefined ? undefined : new Response("", { status: answer });
  };
}

/** Stores a push, or half of it: each change has a transaction of its own (contract: sync section 2). */
function store(h: Sessions, url: URL, body: string, part: "lost" | "half"): void {
  const { changes } = JSON.parse(body);
  const stored = part === "lost" ? changes : changes.slice(0, Math.ceil(changes.length / 2));
  h.services.write("anna", url.pathname.split("/")[2] ?? "", stored, "mana-mcp");
}

/** Everything that is stored, without ids and times. */
async function stateOf(h: Sessions): Promise<unknown> {
  const { rows: sessions } = await h.read().list(logs);
  const found = await h.read().list(blocks);
  const { totalXp, level } = await h.read().get(skills, "s");
  return {
    logs: sessions.map(({ id, xp, order, blockId }) => {
      const block = found.rows.find((one) => one.id === blockId);
      return { xp, order, isPointedAt: block?.sourceId === id, title: block?.title };
    }),
    blocks: found.rows.length,
    totalXp,
    level,
  };
}

Deno.test("property: whatever is lost at whichever place, twice over, the same call ends as if all had arrived", async () => {
  const whole = createSessions();
  await start(whole);
  await logSession(whole, 10);
  const expected = await stateOf(whole);
  const names = Object.values(FAILURES);
  let refused = 0;
  for (const first of names) {
    for (const second of names) {
      for (const [n, m] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
        const h = createSessions();
        await start(h);
        const calls: string[] = [];
        for (const [nth, failure] of [[n, first], [m, second], [9, []]] as const) {
          failAt(h, nth, failure);
          h.clock += 500;
          const refusal = await logSession(h, 10).then(() => null, (error) => error.refusal);
          calls.push(refusal?.reason ?? "done");
          if (refusal === null) break;
          refused += 1;
        }
        assert.equal(calls.at(-1), "done");
        h.services.intercept = () => undefined;
        assert.deepEqual(await stateOf(h), expected, JSON.stringify({ first, second, n, m, calls }));
      }
    }
  }
  assert.ok(refused > 100, `${refused} refusals`);
});

Deno.test("property: parallel calls that lose answers, made again until they are done, are each counted once", async () => {
  const fates = fc.array(fc.constantFrom(null, null, "lost" as const, "half" as const, 503, 402), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
      fates,
      async (xps, left) => {
        const h = createSessions();
        await start(h);
        const fate = [...left];
        h.services.intercept = ({ url, method, body }) => {
          if (method !== "POST" || !url.pathname.startsWith("/sync/")) return undefined;
          h.clock += 1;
          const answer = fate.shift() ?? null;
          if (answer === "lost" || answer === "half") {
            store(h, url, body, answer);
            throw new TypeError("connection reset");
          }
          return answer === null ? undefined : new Response("", { status: answer });
        };
        await Promise.all(xps.map(async (xp, n) => {
          for (let tries = 0; tries < 50; tries++) {
            // A client calls again when it is told to, with another model's turn between.
            if (await logSession(h, xp, { input: { n } }).then(() => true, () => false)) return;
          }
          assert.fail("never done");
        }));
        const { rows } = await h.read().list(logs);
        assert.deepEqual(rows.map(({ xp }) => xp).toSorted(), [...xps].toSorted());
        assert.equal(new Set(rows.map(({ order }) => order)).size, xps.length);
        assert.equal(await h.read().count(blocks), xps.length);
        assert.equal((await h.read().get(skills, "s")).totalXp, xps.reduce((sum, xp) => sum + xp, 0));
      },
    ),
    { numRuns: 150 },
  );
});

for (const later of [0, 1000]) {
  Deno.test(`an update that never arrived, and was written over ${later} ms later, is made again on top of what is there`, async () => {
    const h = createSessions();
    await start(h);
    failAt(h, 1, [503, 503, 503, 503]);
    assert.equal((await refusalOf(logSession(h, 10))).reason, "write-partly");
    h.services.intercept = () => undefined;
    h.clock += later;
    await logSession(h, 5, { input: { other: true } });
    await logSession(h, 10);
    assert.equal((await h.read().get(skills, "s")).totalXp, 15);
  });
}

Deno.test("an update that arrived before a later part failed twice is not made a third time", async () => {
  const h = createSessions();
  await start(h);
  const practise = () =>
    h.write({ input: {} }).writeTogether(async (rows) => {
      await rows.update(skills, "s", ({ totalXp = 0 }) => ({ totalXp: totalXp + 10 }));
      await rows.insert(blocks, { title: "Practice", sourceId: "s" });
    });
  for (const fails of [true, true, false]) {
    h.services.intercept = ({ url, method }) =>
      fails && method === "POST" && url.pathname.endsWith("timeblocks")
        ? new Response("", { status: 402 })
        : undefined;
    h.clock += 1000;
    if (fails) assert.equal((await refusalOf(practise())).reason, "write-partly");
    else await practise();
  }
  assert.equal((await h.read().get(skills, "s")).totalXp, 10);
  assert.equal(await h.read().count(blocks), 1);
});

Deno.test("in a shared space, a callback pulls what a member stored just now, although hints say nothing is new", async () => {
  const h: Sessions = createSessions({
    hints: {
      touch: () => {},
      begin: () => ({ key: "", stream: h, hints: 0, at: 0 }),
      holds: () => true,
      onHint: () => {},
    },
  });
  h.services.memberships.set("anna", new Set(["team"])).set("ben", new Set(["team"]));
  h.services.write("anna", "skilltree", [insert("skills", "t", { name: "x", totalXp: 0 }, "team")]);
  for (const subject of ["anna", "ben"]) {
    assert.equal((await h.read(h.team(subject)).get(skills, "t")).totalXp, 0);
  }
  for (const [n, team] of ["anna", "ben", "anna"].entries()) {
    await logSession(h, 1, { team, input: { n } }, "t");
  }
  h.services.intercept = () => undefined;
  assert.equal(
    h.services.rows.findLast(({ change }) => change.table === "skills")?.change.fields?.totalXp?.value,
    3,
  );
});
