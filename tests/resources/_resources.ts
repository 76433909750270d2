import assert from "node:assert/strict";
import { z } from "zod";
import { rpc, type RpcAnswer } from "../_support/mcp.ts";
import type { Person, World } from "../_support/world.ts";

const Listed = z.looseObject({
  resources: z.array(z.looseObject({ uri: z.string(), name: z.string(), mimeType: z.string() })),
  nextCursor: z.string().optional(),
});
const Read = z.looseObject({
  contents: z.array(z.strictObject({ uri: z.string(), mimeType: z.string(), text: z.string() })),
  _meta: z.looseObject({}).optional(),
});
const Completed = z.looseObject({
  completion: z.strictObject({ values: z.array(z.string()), total: z.number(), hasMore: z.boolean() }),
});

/** The address of a collection, or of a record in it. */
export function uriOf(space: string, module: string, id?: string): string {
  const rest = id === undefined ? "" : `/${encodeURIComponent(id)}`;
  return `mana://spaces/${encodeURIComponent(space)}/${module}${rest}`;
}

/** The addresses of records on one page of `resources/list`. Views, on the first page, are tests/mcp/views_test.ts. */
export async function uris(
  world: World,
  person: Person,
  params: Record<string, unknown> = {},
): Promise<{ readonly uris: string[]; readonly next: string | undefined }> {
  const answer = await rpc(world, person, "resources/list", params);
  const { resources, nextCursor } = Listed.parse(answer.body.result, { error: () => answer.text });
  const uris = resources.map(({ uri }) => uri).filter((uri) => uri.startsWith("mana:"));
  return { uris, next: nextCursor };
}

/** What `resources/read` answers. */
export async function read(world: World, person: Person, uri: string): Promise<z.infer<typeof Read>> {
  const answer = await rpc(world, person, "resources/read", { uri });
  return Read.parse(answer.body.result, { error: () => answer.text });
}

/** The JSON of a resource that must be there. */
export async function readJson(world: World, person: Person, uri: string): Promise<Record<string, unknown>> {
  const { contents: [first] } = await read(world, person, uri);
  assert.ok(first);
  assert.deepEqual([first.uri, first.mimeType], [uri, "application/json"]);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(first.text));
}

/** The error of a request that must fail: code, words and data. */
export function errorOf({ body, text }: RpcAnswer): unknown[] {
  assert.ok(body.error, text);
  return [body.error.code, body.error.message, body.error["data"]];
}

/** The error for what is not there, whatever the reason. */
export function notFound(uri: string): unknown[] {
  return [-32602, "Resource not found", { uri }];
}

/** The values of `completion/complete` for a variable of the template of a record. */
export async function complete(
  world: World,
  person: Person,
  name: string,
  value: string,
  settled: Record<string, string> = {},
): Promise<z.infer<typeof Completed>["completion"]> {
  const answer = await rpc(world, person, "completion/complete", {
    ref: { type: "ref/resource", uri: "mana://spaces/{space}/{module}/{id}" },
    argument: { name, value },
    context: { arguments: settled },
  });
  return Completed.parse(answer.body.result, { error: () => answer.text }).completion;
}
