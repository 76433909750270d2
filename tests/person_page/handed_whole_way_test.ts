// From an app's call to the page that shows what it was handed, all of it real: the gateway that is called notes, another one reads.
import assert from "node:assert/strict";
import { z } from "zod";
import { hide } from "../../lib/kit/secret.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { parseExport } from "../../scripts/ledger/export_file.ts";
import { exitCodeOf, verifyLedger } from "../../scripts/ledger/verify_ledger.ts";
import { bearer } from "../_support/test_backend.ts";
import { act, createApps } from "../history/_activity.ts";
import { seen } from "./_ledger_rows.ts";

const SEEN = "/activity/seen";
const Made = z.object({ id: z.string() });
const SECRET = "a text that stands in no ledger";

Deno.test("whole way: what apps were handed is on the page, call by call, and what they could have read; the download verifies", async () => {
  await using world = await createApps();
  const { id } = Made.parse(
    (await act(world, world.claude, "notes_create", { title: SECRET, content: SECRET })).note,
  );
  await act(world, world.claude, "notes_read", { id });
  await act(world, world.other, "notes_search", { query: "nothing like it" });
  await act(world, { token: world.own.token }, "notes_search", {});
  await world.sdkOnly.stop();
  world.clock.now += 60_000;

  const { entries, gaps, unreadable, broken, state } = await seen(world);
  assert.deepEqual([gaps, unreadable, broken, state], [0, 0, 0, "kept"]);
  assert.deepEqual(
    entries.map(({ app, isOwn, tool, read, wrote }) => [app, isOwn, tool, read[0]?.ids, wrote]),
    [
      [null, true, "notes.search", [id], 0],
      [world.other.key, false, "notes.search", undefined, 0],
      [world.claude.key, false, "notes.read", [id], 0],
      [world.claude.key, false, "notes.create", undefined, 1],
    ],
  );
  const page = await world.anna.open(SEEN);
  assert.match(page.html, /“Claude”[^]*Read a note: was handed 1 note <span class="soft">· title, content/);
  assert.match(page.html, /“Cursor”[^]*Search notes: looked through 1 note/);
  assert.match(page.html, /It could have read this, by what you allowed it then:[^]*<li>Notes: see/);
  assert.match(page.html, /It could have read everything: it came with your own token/);
  assert.ok(page.html.includes(`<li>${id}</li>`));
  assert.ok(!page.html.includes(SECRET), "no record is opened for the page");
  const [, wrote = ""] = /<a href="([^"]*)">See what it wrote/.exec(page.html) ?? [];
  const call = await world.anna.open(wrote.replaceAll("&amp;", "&"));
  assert.match(call.html, /made the note/);
  assert.ok(call.html.includes(SECRET), "the time line shows the record");

  const file = await world.anna.submit(page, `${SEEN}/export`);
  assert.ok(!file.html.includes(SECRET));
  const exported = parseExport(file.html);
  assert.ok(exported);
  const key = await ledgerKey(world);
  const verified = await verifyLedger({ ...exported, subject: world.own.id, key, pins: null });
  assert.deepEqual([exitCodeOf(verified.findings), verified.findings], [0, []]);
});

async function ledgerKey(world: Awaited<ReturnType<typeof createApps>>): Promise<CryptoKey> {
  const answer = await world.auth("/api/v1/me/encryption-vault/key", { headers: bearer(world.own) });
  const { masterKey } = z.object({ masterKey: z.string() }).parse(await answer.json());
  const keys = createMasterKeys();
  const master = await keys.import(hide(masterKey));
  assert.ok(master);
  return await keys.sealingKey(master, "mana-mcp/ledger/v1");
}
