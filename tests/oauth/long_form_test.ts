// Forms longer than any page of sign-in has: each is answered at once, whether its length was said before or not.
import assert from "node:assert/strict";
import { createFlow } from "../_support/flow.ts";
import { ISSUER } from "../_support/oauth_flow.ts";

Deno.test("a form that is too long is answered at once, on every page, and changes nothing", async () => {
  await using flow = await createFlow();
  const long = `email=a&password=${"x".repeat(100_000)}`;
  for (const path of ["/sign-in", "/sign-up", "/sign-out", "/consent", "/apps"]) {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      accept: "text/html",
      origin: ISSUER,
    };
    const told = await flow.auth(path, {
      method: "POST",
      headers: { ...headers, "content-length": `${long.length}` },
      body: long,
    });
    const untold = await flow.auth(path, { method: "POST", headers, body: new Blob([long]).stream() });
    for (const answer of [told, untold]) {
      // Where accounts are made elsewhere there is no /sign-up.
      const statuses = path === "/sign-up" ? [400, 403, 404] : [400, 403];
      assert.ok(statuses.includes(answer.status), `${path} ${answer.status}`);
      assert.deepEqual(answer.headers.getSetCookie(), []);
      await answer.body?.cancel();
    }
  }
});
