// Backup and restore of a sign-in server with a data folder, by the command of docs/production.md.
import assert from "node:assert/strict";
import { startSignIn } from "../../scripts/stack/start_stack.ts";
import { refresh, tokensOf } from "../_support/oauth_flow.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { PAGE } from "../docs/_production.ts";
import { createConnected, isExchanged, KEY } from "../sign_in/_connected_process.ts";
import { isInstalled } from "./_installed.ts";

/** Debian's. */
const SQLITE = "/usr/bin/sqlite3";

Deno.test({
  name: "a backup that was made while the server ran brings apps and sessions back, in an empty folder",
  ignore: !await isInstalled(SQLITE, "the backup of production.md"),
  fn: bringsBack,
});

async function bringsBack(): Promise<void> {
  await using folder = await temporaryFolder();
  const { services, first, app, start } = await createConnected(folder.path);
  await using _services = services;
  const [, statement] = /sign_in\.sqlite "(VACUUM INTO '[^']+')"/.exec(await Deno.readTextFile(PAGE)) ?? [];
  assert.ok(statement, "the page says how a backup is made");
  await using backup = await temporaryFolder();
  const command = new Deno.Command(SQLITE, {
    args: [`${folder.path}/sign_in.sqlite`, statement.replace(/'.+'/, `'${backup.path}/sign_in.sqlite'`)],
    clearEnv: true,
  });
  const { success, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  await Deno.copyFile(`${folder.path}/secrets.json`, `${backup.path}/secrets.json`);
  assert.equal(await first.server.stop(), 0);
  {
    await using second = await start({ SIGN_IN_DATA: backup.path });
    assert.ok(await isExchanged(second.door, app.access));
    const renewed = await tokensOf(await refresh(second.door, app.clientId, app.refresh));
    assert.ok(await isExchanged(second.door, renewed.access));
  }
  await Deno.remove(`${backup.path}/secrets.json`);
  const without = startSignIn({
    env: { SIGN_IN_DATA: backup.path, SIGN_IN_SERVICE_KEY: KEY, SIGN_IN_PORT: "0" },
  });
  assert.equal(await without.exited, 78);
}
