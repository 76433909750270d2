// Pushes and pulls as the sync protocol writes them, for tests of the sync service itself.
import assert from "node:assert/strict";
import { z } from "zod";
import { type Account, bearer, post, type Services } from "../_support/test_backend.ts";

export const EPOCH = "1970-01-01T00:00:00.000Z";
export const FAR = "9999-12-31T23:59:59.999Z";

/** Pushes changes on the app `todo`; returns the status. */
export async function push(
  test: Pick<Services, "sync">,
  who: Pick<Account, "token">,
  changes: readonly unknown[],
  clientId = "writer",
): Promise<number> {
  const body = { clientId, since: FAR, changes };
  const response = await test.sync("/sync/todo", post(body, bearer(who)));
  await response.body?.cancel();
  return response.status;
}

const Page = z.object({
  serverChanges: z.array(z.looseObject({ id: z.string(), eventId: z.string() })),
  syncedUntil: z.string(),
  hasMore: z.literal(true).optional(),
});

/** Pulls one page of a table of `todo`. */
export async function pull(
  test: Pick<Services, "sync">,
  who: Pick<Account, "token">,
  table: string,
  since = EPOCH,
) {
  const query = new URLSearchParams({ collection: table, since });
  const response = await test.sync(`/sync/todo/pull?${query}`, {
    headers: { ...bearer(who), "x-client-id": "reader" },
  });
  assert.equal(response.status, 200);
  const page = Page.parse(await response.json());
  return { ...page, ids: page.serverChanges.map((change) => change.id) };
}

/** Pulls until there is no more; returns all ids in order. */
export async function pullAll(
  test: Pick<Services, "sync">,
  who: Pick<Account, "token">,
  table: string,
  since = EPOCH,
) {
  const ids: string[] = [];
  for (let at = since;;) {
    const page = await pull(test, who, table, at);
    ids.push(...page.ids);
    at = page.syncedUntil;
    if (page.hasMore === undefined) return { ids, syncedUntil: at };
  }
}
