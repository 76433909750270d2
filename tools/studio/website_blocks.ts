// Changing the texts of a block. The app draws a block by the schema of its type, which only the app knows: so a block is made as a copy
// of another, texts take the place of texts, and nothing else changes (contract: modules, website, rule 3).
import { z } from "zod";
import { createdOutput, defineTool, refuseInput } from "../../lib/tool/authoring.ts";
import { blocks, pages, sites, STEP } from "./website_tables.ts";

/** Changes texts of a block, or of a copy. */
export const saveBlock = defineTool({
  name: "website.save_block",
  title: "Change the texts of a block",
  access: "write",
  description:
    "Change texts of a block: `texts` has the names of its text props with their new values. With `asCopy` the block stays, and " +
    "a copy of it with these texts follows it on the page. Returns the id of the block that has the texts.",
  input: z.object({
    id: z.string().min(1).max(256).describe("the block's id, exactly as {website.read} gives it"),
    texts: z.record(z.string().max(100), z.string().max(20_000)),
    asCopy: z.boolean().default(false),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ id, texts, asCopy }, { now, records }) {
    return await records.writeTogether(async (rows) => {
      const block = await records.get(blocks, id);
      const { siteId } = await records.get(pages, block.pageId ?? "");
      const props = withTexts(block.props ?? {}, texts);
      const mark = async () => {
        if (siteId !== undefined) await rows.update(sites, siteId, () => ({ draftUpdatedAt: now }));
      };
      if (asCopy) {
        const { order = 0, pageId = "", parentBlockId = null, slotKey = null, schemaVersion = 1, type = "" } =
          block;
        const beside: number[] = [];
        await records.scan(blocks, { where: (other) => other.pageId === pageId }, (other) => {
          if (other.parentBlockId === id) {
            refuseInput("asCopy: the block has blocks in it, which only the app copies");
          }
          if ((other.parentBlockId ?? null) === parentBlockId) beside.push(other.order ?? 0);
        });
        const place = placeAfter(order, beside);
        const values = { pageId, parentBlockId, slotKey, type, props, schemaVersion, order: place };
        const copy = await rows.insert(blocks, values);
        await mark();
        return { id: copy.id, changed: true };
      }
      const { changed } = await rows.update(blocks, id, () => ({ props }));
      if (changed) await mark();
      return { id, changed };
    });
  },
});

/** The props with these texts. Refuses a name that is none of the block's texts. */
function withTexts(
  props: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const names = Object.keys(props).filter((name) => typeof props[name] === "string");
  for (const name of Object.keys(texts)) {
    if (names.includes(name)) continue;
    refuseInput(`texts: the block has no text ${JSON.stringify(name)}; its texts are ${names.join(", ")}`);
  }
  return { ...props, ...texts };
}

/** The place right behind a block, among the blocks beside it. */
function placeAfter(order: number, beside: readonly number[]): number {
  const next = Math.min(...beside.filter((other) => other > order));
  return Number.isFinite(next) ? (order + next) / 2 : order + STEP;
}
