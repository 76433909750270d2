// Listings and records as tools return them, checked for their shape.
import assert from "node:assert/strict";
import { z } from "zod";
import { callOk } from "./mcp.ts";
import type { Person, World } from "./world.ts";

/** A record as tools return it. */
export type Listed = z.infer<typeof Listed>;

const Listed = z.looseObject({
  id: z.string(),
  createdAt: z.string().nullable(),
  updatedAt: z.string().nullable(),
  unreadable: z.array(z.string()).optional(),
  clipped: z.array(z.string()).optional(),
});
const Listing = z.object({
  rows: z.array(Listed),
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
  unreadable: z.number(),
});

/** The one record of a result such as `{ habit }`. */
export function recordOf(output: Record<string, unknown>, name: string): Listed {
  return Listed.parse(output[name]);
}

/** A listing of a tool such as `todo_list`, whose rows come as `{ tasks }`. */
export async function listed(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<z.infer<typeof Listing>> {
  const output = await callOk(world, person, tool, args, headers);
  const { remarks: _said, hasMore, nextCursor, unreadable, ...rest } = output;
  const [rows, ...more] = Object.values(rest);
  assert.equal(more.length, 0);
  return Listing.parse({ rows, hasMore, nextCursor, unreadable });
}

/** The titles of a listing, in its order. */
export async function titles(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown[]> {
  return (await listed(world, person, tool, args, headers)).rows.map(({ title }) => title);
}

/** The refusal for a record that is not there, in the words of the contract with models. */
export function notFound(record: string, id: string): string {
  return `No ${record} with id ${JSON.stringify(id)} exists in this space: list them first.`;
}
