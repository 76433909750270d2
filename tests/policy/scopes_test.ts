import assert from "node:assert/strict";
import { challengeScope, grantedSpaces, isInScope, parseScopes } from "../../lib/people/scopes.ts";

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

Deno.test("challengeScope() names what is missing, and asks for a refresh token where the client has one", () => {
  assert.equal(challengeScope(parseScopes("todo:read"), "todo:write"), "todo:write");
  assert.equal(
    challengeScope(parseScopes("todo:read offline_access"), "todo:write"),
    "todo:write offline_access",
  );
});

Deno.test("grantedSpaces() restricts only when a space is named", () => {
  assert.equal(grantedSpaces(null), null);
  assert.equal(grantedSpaces(parseScopes("todo:read")), null);
  assert.deepEqual(grantedSpaces(parseScopes("space:a todo:read space:b")), new Set(["a", "b"]));
});
