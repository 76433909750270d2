import assert from "node:assert/strict";
import { grantedSpaces, isInScope, parseScopes, scopeUnion } from "../../lib/policy/scopes.ts";

const WRITE_TODO = { module: "todo", access: "write" } as const;

for (
  const [claim, expected] of [
    ["todo:write", true],
    ["mana:write", true],
    ["todo:read mana:read", false],
    ["notes:write", false],
    ["todo:writer todo TODO:WRITE", false],
    ["", false],
  ] as const
) {
  Deno.test(`isInScope(): ${JSON.stringify(claim)} ${expected ? "allows" : "does not allow"} writing todos`, () => {
    assert.equal(isInScope(parseScopes(claim), WRITE_TODO), expected);
  });
}

Deno.test("isInScope(): a token without a scope claim is the person's own", () => {
  assert.equal(isInScope(null, WRITE_TODO), true);
});

Deno.test("scopeUnion() lists what the token has and what is missing, so that stepping up loses nothing", () => {
  assert.equal(
    scopeUnion(parseScopes("todo:read offline_access"), "todo:write"),
    "offline_access todo:read todo:write",
  );
});

Deno.test("grantedSpaces() restricts only when a space is named", () => {
  assert.equal(grantedSpaces(null), null);
  assert.equal(grantedSpaces(parseScopes("todo:read")), null);
  assert.deepEqual(grantedSpaces(parseScopes("space:a todo:read space:b")), new Set(["a", "b"]));
});
