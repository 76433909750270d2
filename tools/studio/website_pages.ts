// Pages of a web site: reading a page with its blocks, adding and changing pages.
import { z } from "zod";
import {
  createdOutput,
  defineTool,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  recordOutputOf,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { blocks, demandFreePath, pages, Path, sites, STEP } from "./website_tables.ts";

const PageId = recordId("page", "website.list");

const SHOWN = ["parentBlockId", "type", "props", "order"] as const;

/** Shows a page with its blocks. */
export const read = defineTool({
  name: "website.read",
  title: "Read a web page",
  access: "read",
  description:
    "Read the blocks of one page in order. `props` are the contents of a block, whose texts {website.save_block} changes.",
  input: z.object({ id: PageId, ...pageInput({ most: 200, usual: 50 }) }),
  output: z.object({
    page: recordOutput(pages),
    blocks: z.array(recordOutputOf(blocks, SHOWN)),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const page = await records.get(pages, input.id);
    const { rows, ...end } = await records.list(blocks, {
      where: ({ pageId }) => pageId === input.id,
      order: [{ field: "order", missing: 0 }],
      show: SHOWN,
      page: input,
    });
    return { page, blocks: [...rows], ...end };
  },
});

/** Adds or changes a page. */
export const savePage = defineTool({
  name: "website.save_page",
  title: "Save a web page",
  access: "write",
  description:
    "Add a page at the end of a site, by `siteId`, or change the page with `id`. Returns the page's id.",
  input: z.object({
    id: PageId.optional(),
    siteId: recordId("site", "website.list").optional(),
    path: Path.optional(),
    title: visibleText(200).optional(),
    seoTitle: z.string().max(200).optional(),
    seoDescription: z.string().max(500).optional(),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ id, siteId, ...input }, { now, records }) {
    const { seoTitle, seoDescription, ...given } = patchOf(input);
    const seo = {
      ...(seoTitle === undefined ? {} : { title: seoTitle }),
      ...(seoDescription === undefined ? {} : { description: seoDescription }),
    };
    return await records.writeTogether(async (rows) => {
      const known = id === undefined ? null : await records.get(pages, id);
      const site = known?.siteId ?? siteId;
      if (site === undefined) refuseInput("siteId: a new page needs the site it is for");
      if (siteId !== undefined && siteId !== site) {
        refuseInput("siteId: the page with this id is of another site");
      }
      const all: { id: string; siteId: string; path: string; order: number }[] = [];
      await records.scan(pages, { where: (page) => page.siteId === site }, (page) => {
        all.push({ id: page.id, siteId: site, path: page.path ?? "", order: page.order ?? 0 });
      });
      if (given.path !== undefined) demandFreePath(given.path, site, all, id);
      // The app shows "unpublished changes" by this mark (rule 2).
      const mark = () => rows.update(sites, site, () => ({ draftUpdatedAt: now }));
      if (known === null) {
        const { path, title } = given;
        if (path === undefined || title === undefined) refuseInput("path, title: a new page needs both");
        const order = Math.max(0, ...all.map((page) => page.order)) + STEP;
        const made = await rows.insert(pages, { siteId: site, path, title, seo, order });
        await mark();
        return { id: made.id, changed: true };
      }
      const { changed } = await rows.update(pages, known.id, (page) => ({
        ...given,
        ...(Object.keys(seo).length === 0 ? {} : { seo: { ...page.seo, ...seo } }),
      }));
      if (changed) await mark();
      return { id: known.id, changed };
    });
  },
});
