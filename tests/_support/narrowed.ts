// Documents of grants for tests: what an app may see of a person's records, as introspection tells it. The document is put into the
// answer on its way to the gateway, so that it may be any document, also one that no sign-in server would make.
//
//     await using world = await createConnected();
//     const app = await connect(world, world.anna, { allow: ["notes:read"] });
//     narrowApps(world, { rules: [{ collection: "notes/notes", access: ["read"], fields: ["title"] }] });
//
// `narrowApps` narrows every app of the world, or each by its name; the last one counts, from the very next request on.
import { INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import type { World } from "./world.ts";

/** A whole entry out of the parts that a test is about. */
export function recordsEntry(parts: Record<string, unknown>): Record<string, unknown> {
  return { type: "mana_records", v: 1, tz: "Europe/Berlin", until: null, rules: [], ...parts };
}

/** What introspection tells of a grant besides, as it tells it. */
export interface Narrowing {
  readonly authorization_details?: unknown;
  readonly read_budget?: unknown;
  readonly ledger?: unknown;
}

/**
 * Gives every app this document from now on; with a function each app what the function makes of its name. Null: no document.
 * Other requests go to the `world.intercept` of before.
 */
export function narrowApps(
  world: World,
  document: Record<string, unknown> | null | ((appName: string) => Narrowing),
): void {
  const before = world.intercept;
  world.intercept = async (request) => {
    if (!request.url.endsWith("/oauth/introspect")) return await before?.(request);
    const answer: Record<string, unknown> = await (await world.backend.auth.fetch(request)).json();
    if (answer.active !== true) return Response.json(answer);
    const narrowing = typeof document === "function"
      ? document(String(answer.client_name ?? ""))
      : document === null
      ? {}
      : { authorization_details: [recordsEntry(document)] };
    const { authorization_details: _, ...rest } = answer;
    return Response.json({ ...rest, ...narrowing });
  };
  // What the gateway was told before is believed for so long.
  world.clock.now += INTROSPECTION_CACHE_MS + 1;
}
