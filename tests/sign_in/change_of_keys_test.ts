// The change of keys of a sign-in server with a data folder, in the steps of docs/production.md.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { exchange, refresh, refusalOf, tokensOf } from "../_support/oauth_flow.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { readBlock } from "../docs/_production.ts";
import { createConnected, isExchanged, KEY } from "./_connected_process.ts";

const Secret = z.object({ secret: z.string() });

Deno.test("the secret that the data folder has is changed without anybody connecting anew", async () => {
  await using folder = await temporaryFolder();
  const { services, first, app, start } = await createConnected(folder.path);
  await using _services = services;
  assert.equal(await first.server.stop(), 0);
  const { secret } = Secret.parse(JSON.parse(await Deno.readTextFile(`${folder.path}/secrets.json`)));
  const fresh = "n".repeat(44);
  for (const SIGN_IN_SECRETS of [`0:${secret},1:${fresh}`, `1:${fresh},0:${secret}`, `1:${fresh}`]) {
    await using server = await start({ SIGN_IN_SECRETS });
    assert.ok(await isExchanged(server.door, app.access), SIGN_IN_SECRETS.slice(0, 2));
  }
});

Deno.test("with the signing key removed, apps get new tokens by themselves, and old tokens are worth nothing", async () => {
  await using folder = await temporaryFolder();
  const { services, first, app, start } = await createConnected(folder.path);
  await using _services = services;
  assert.equal(await first.server.stop(), 0);
  {
    using database = new DatabaseSync(`${folder.path}/sign_in.sqlite`);
    database.exec(await readBlock("DELETE "));
  }
  await using server = await start();
  const old = await exchange(server.door, app.access, {}, { "x-service-key": KEY });
  assert.equal(await refusalOf(old), "400 invalid_request");
  const renewed = await tokensOf(await refresh(server.door, app.clientId, app.refresh));
  assert.ok(await isExchanged(server.door, renewed.access));
});
