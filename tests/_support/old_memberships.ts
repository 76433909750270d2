// A sync service with the memory of the real one: it believes a person's memberships for five minutes (contract: sync section
// 6), while the embedded one asks each time. Rows of a space that it does not know of are left out, and the position moves on.
import assert from "node:assert/strict";
import { z } from "zod";
import type { World } from "./world.ts";

/** How long the sync service believes memberships. */
export const SYNC_MEMORY_MS = 5 * 60_000;

const Rows = z.looseObject({
  serverChanges: z.array(
    z.looseObject({
      id: z.string(),
      spaceId: z.string().optional(),
      data: z.looseObject({ authorId: z.unknown() }).optional(),
    }),
  ),
});
const Spaces = z.array(z.object({ id: z.string() }));

/** Makes the world's sync service remember memberships. It asks for a person's when it has none, or they are too old. */
export function rememberMemberships(world: World): void {
  const known = new Map<string, { readonly at: number; readonly spaces: ReadonlySet<string> }>();
  const authors = new Map<string, unknown>();
  world.intercept = async (request) => {
    const token = request.headers.get("authorization") ?? "";
    if (!request.url.includes("/pull?")) return undefined;
    const person = subjectOf(token);
    let memory = known.get(person);
    if (memory === undefined || world.clock.now - memory.at >= SYNC_MEMORY_MS) {
      const list = await world.auth("/api/auth/organization/list", { headers: { authorization: token } });
      const spaces = new Set(Spaces.parse(await list.json()).map(({ id }) => id));
      known.set(person, memory = { at: world.clock.now, spaces });
    }
    const { spaces } = memory;
    const answer = await world.backend.sync.fetch(request);
    assert.equal(answer.status, 200);
    const body = Rows.parse(await answer.json());
    const serverChanges = body.serverChanges.filter(({ id, data, spaceId }) => {
      if (data !== undefined) authors.set(id, data.authorId);
      return spaceId === undefined || spaces.has(spaceId) || authors.get(id) === person;
    });
    return Response.json({ ...body, serverChanges });
  };
}

function subjectOf(bearer: string): string {
  const payload = bearer.split(".")[1] ?? "";
  const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
  return z.object({ sub: z.string() }).parse(JSON.parse(new TextDecoder().decode(bytes))).sub;
}
