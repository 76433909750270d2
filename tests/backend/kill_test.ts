import assert from "node:assert/strict";
import { z } from "zod";
import { EPOCH, FAR } from "./_sync.ts";
import { type BackendProcess, makeFolder, startBackend } from "./_backend_process.ts";

const ROUNDS = 3;
/** Acknowledged pushes before the process is killed: enough that it dies in the middle of many. */
const PUSHES_PER_ROUND = 150;
const WRITERS = 4;
/** Changes of one push: all of them are there afterwards, or none. */
const BATCH = 5;

const Login = z.object({ accessToken: z.string() });
const Page = z.object({
  serverChanges: z.array(z.object({ id: z.string() })),
  syncedUntil: z.string(),
  hasMore: z.boolean().optional(),
});
const person = { email: "anna@mana.test", password: "correct horse" };

function json(body: unknown, token?: string): RequestInit {
  const headers = {
    "content-type": "application/json",
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

Deno.test("kill -9 during pushes loses no acknowledged write and keeps no half of a push", async () => {
  await using folder = await makeFolder();
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    await using backend = await startBackend(folder.path);
    if (round === 0) await (await fetch(`${backend.auth}/api/v1/auth/register`, json(person))).body?.cancel();
    const token = await logIn(backend);
    assertStored(await pullAll(backend, token), acknowledged, sent);

    let left = PUSHES_PER_ROUND;
    const dead = Promise.withResolvers<void>();
    const write = async (writer: number) => {
      for (let n = 0;; n++) {
        const batch = `${round}-${writer}-${n}`;
        sent.add(batch);
        const changes = Array.from({ length: BATCH }, (_, i) => {
          return { table: "tasks", id: `${batch}/${i}`, op: "insert", data: { n } };
        });
        try {
          const response = await fetch(
            `${backend.sync}/sync/todo`,
            json({ clientId: "writer", since: FAR, changes }, token),
          );
          await response.body?.cancel();
          if (response.status !== 200) return;
          acknowledged.add(batch);
          if (--left === 0) dead.resolve(void await backend.stop("SIGKILL"));
        } catch {
          return; // the connection died with the process
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    await dead.promise;
  }
  assert.ok(acknowledged.size >= ROUNDS * PUSHES_PER_ROUND);
  await using backend = await startBackend(folder.path);
  assertStored(await pullAll(backend, await logIn(backend)), acknowledged, sent);
});

async function logIn(backend: BackendProcess): Promise<string> {
  const response = await fetch(`${backend.auth}/api/v1/auth/login`, json(person));
  return Login.parse(await response.json()).accessToken;
}

function assertStored(ids: readonly string[], acknowledged: ReadonlySet<string>, sent: ReadonlySet<string>) {
  const batches = Map.groupBy(ids, (id) => id.split("/")[0] ?? "");
  for (const batch of acknowledged) assert.ok(batches.has(batch), `lost ${batch}`);
  for (const [batch, rows] of batches) {
    assert.ok(sent.has(batch));
    assert.equal(rows.length, BATCH, `half of ${batch}`);
  }
}

async function pullAll(backend: BackendProcess, token: string): Promise<string[]> {
  const ids: string[] = [];
  for (let since = EPOCH;;) {
    const query = new URLSearchParams({ collection: "tasks", since });
    const response = await fetch(`${backend.sync}/sync/todo/pull?${query}`, {
      headers: { authorization: `Bearer ${token}`, "x-client-id": "reader" },
    });
    const page = Page.parse(await response.json());
    ids.push(...page.serverChanges.map((change) => change.id));
    if (!page.hasMore) return ids;
    since = page.syncedUntil;
  }
}
