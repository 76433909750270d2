// Deleting a page or a block of a web site. Sites and home pages stay: a site without a home page cannot be opened in the app.
import { z } from "zod";
import { defineTool, deletedOutput, deleteQuestion, refuseInput } from "../../lib/tool/authoring.ts";
import { blocks, pages, sites } from "./website_tables.ts";

/** Deletes a page with its blocks, or a block with the blocks in it. */
export const remove = defineTool({
  name: "website.delete",
  title: "Delete a page or a block",
  access: "destructive",
  view: "approval",
  description:
    "Delete a page with its blocks, or a block with the blocks in it; sites and home pages stay. The person is asked first, by the " +
    "gateway: do not ask them yourself. No tool brings it back, only the Mana app where the person uses it.",
  input: z.object({
    kind: z.enum(["page", "block"]),
    id: z.string().min(1).max(256).describe("as {website.list} or {website.read} gives it"),
  }),
  output: deletedOutput,
  async confirm({ kind, id }, { records }) {
    if (kind === "block") {
      const { type } = await records.get(blocks, id);
      return deleteQuestion(blocks, { id, title: type ?? "" });
    }
    const { title, path } = await records.get(pages, id);
    demandNoHome(path);
    return deleteQuestion(pages, { id, title: title ?? "" });
  },
  async run({ kind, id }, { now, records }) {
    await records.writeTogether(async (rows) => {
      const pageId = kind === "page" ? id : (await records.get(blocks, id)).pageId ?? "";
      const { path, siteId } = await records.get(pages, pageId);
      if (kind === "page") demandNoHome(path);
      const children = new Map<string, string[]>();
      const ofPage: string[] = [];
      await records.scan(blocks, { where: (block) => block.pageId === pageId }, (block) => {
        ofPage.push(block.id);
        const parent = block.parentBlockId ?? "";
        children.set(parent, [...children.get(parent) ?? [], block.id]);
      });
      for (const block of kind === "page" ? ofPage : treeOf(id, children)) await rows.remove(blocks, block);
      if (kind === "page") await rows.remove(pages, id);
      if (siteId !== undefined) await rows.update(sites, siteId, () => ({ draftUpdatedAt: now }));
    });
    return { ok: true as const, id };
  },
});

/** A site without a home page cannot be opened in the app. */
function demandNoHome(path: string | undefined): void {
  if (path === "/") refuseInput("id: the home page stays, a site needs one");
}

/** A block and all blocks in it, each once, whatever circle the data may have. */
function treeOf(id: string, children: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([id]);
  for (const one of found) for (const child of children.get(one) ?? []) found.add(child);
  return found;
}
