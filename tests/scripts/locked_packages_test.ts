import assert from "node:assert/strict";
import { z } from "zod";

/** What is locked: better-auth and its plugins run on the same copies of what they share. */

const Imports = z.object({ imports: z.record(z.string(), z.string()) });
const Overrides = z.object({ overrides: z.record(z.string(), z.string()) });
const Lock = z.object({ npm: z.record(z.string(), z.unknown()) });

async function parsed<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(JSON.parse(await Deno.readTextFile(path)));
}

Deno.test("locked: one copy of better-auth and of everything that its plugins share with it", async () => {
  const versions = new Map<string, Set<string>>();
  for (const key of Object.keys((await parsed(Lock, "deno.lock")).npm)) {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? assert.fail(key);
    versions.set(name ?? "", (versions.get(name ?? "") ?? new Set()).add(version ?? ""));
  }
  const named = await Promise.all(
    ["sign_in", "backend"].map((folder) => parsed(Imports, `${folder}/deno.json`)),
  );
  for (const [name, specifier] of named.flatMap(({ imports }) => Object.entries(imports))) {
    assert.deepEqual([...versions.get(name) ?? []].map((version) => `npm:${name}@${version}`), [specifier]);
  }
});

Deno.test("locked: the peers that the plugins name more narrowly are the ones that better-auth itself runs on", async () => {
  const { imports } = await parsed(Imports, "sign_in/deno.json");
  const { overrides } = await parsed(Overrides, "package.json");
  assert.deepEqual(
    Object.entries(overrides).map(([name, version]) => `npm:${name}@${version}`),
    Object.keys(overrides).map((name) => imports[name]),
  );
  assert.deepEqual(Object.keys(overrides), ["@better-auth/utils", "@better-fetch/fetch", "better-call"]);
});

Deno.test("locked: the conformance suite has its own lock, so that nobody who starts the product fetches its packages", async () => {
  const names = async (path: string) =>
    Object.keys((await parsed(Lock, path)).npm).map((key) => key.replace(/^(@?[^@]+)@.*$/, "$1"));
  const [ours, suites] = [await names("deno.lock"), await names("tests/conformance/suite.lock")];
  for (const name of ["@modelcontextprotocol/conformance", "@octokit/rest", "undici"]) {
    assert.ok(suites.includes(name) && !ours.includes(name), name);
  }
});
