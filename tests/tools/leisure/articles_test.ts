import assert from "node:assert/strict";
import { z } from "zod";
import { masterKey, pushInsert, seal, type WireTable } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";

const ARTICLES: WireTable = { app: "articles", table: "articles" };

Deno.test("articles: articles of earlier versions are listed without their texts and read with them", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  for (
    const [id, title, status, day] of [["a1", "Tulpen", "unread", "01"], ["a2", "Rosen", "finished", "02"]]
  ) {
    await pushInsert(world, anna, ARTICLES, String(id), {
      title: await seal(key, title),
      content: await seal(key, `${title} `.repeat(20_000)),
      htmlContent: await seal(key, "<p>never shown</p>"),
      originalUrl: "https://garten.test/",
      status,
      savedAt: `2026-02-${day}T10:00:00.000Z`,
    });
  }
  const { rows } = await listed(world, anna, "articles_list");
  assert.deepEqual(rows.map(({ title, content }) => [title, content]), [["Rosen", undefined], [
    "Tulpen",
    undefined,
  ]]);
  assert.equal(
    (await listed(world, anna, "articles_list", { query: "tulpen", status: "unread" })).rows.length,
    1,
  );
  const read = await callOk(world, anna, "articles_read", { id: "a1" });
  const { article } = z.object({ article: z.looseObject({ content: z.string() }) }).parse(read);
  assert.ok(article.content.startsWith("Tulpen Tulpen"));
  assert.equal(read.contentChars, 140_000);
  assert.equal(read.nextOffset, article.content.length);
  assert.doesNotMatch(JSON.stringify(read), /never shown/);
  assert.equal(
    await callRefused(world, anna, "articles_read", { id: "no" }),
    notFound("saved article", "no"),
  );
  assert.match(
    await callRefused(world, anna, "articles_read", { id: "a1", offset: 140_001 }),
    /offset: the content has only 140,?000 characters/,
  );
});
