// Web sites. Publishing is the person's, in the Mana app (contract: modules, website).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  createdOutput,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { saveBlock } from "./website_blocks.ts";
import { remove } from "./website_deletion.ts";
import { read, savePage } from "./website_pages.ts";
import { blocks, pages, sites, Slug, STEP } from "./website_tables.ts";

const list = defineTool({
  name: "website.list",
  title: "List web sites",
  access: "read",
  description: "List the web sites of the active space with their pages.",
  input: z.object(pageInput({ most: 50, usual: 10 })),
  output: z.object({
    sites: z.array(
      recordOutput(sites).extend({
        pages: z.array(z.object({ id: z.string(), path: z.string(), title: z.string() })),
      }),
    ),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const ofSites = new Map<string, { id: string; path: string; title: string; order: number }[]>();
    await records.scan(pages, {}, ({ id, siteId = "", path = "", title = "", order = 0 }) => {
      ofSites.set(siteId, [...ofSites.get(siteId) ?? [], { id, path, title, order }]);
    });
    const { rows, ...end } = await records.list(sites, {
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      page: input,
    });
    const sorted = (id: string) =>
      (ofSites.get(id) ?? []).sort((a, b) => a.order - b.order).slice(0, MAX_PAGES)
        .map(({ order: _order, ...page }) => page);
    return { sites: rows.map((site) => ({ ...site, pages: sorted(site.id) })), ...end };
  },
});

/** Pages that are told of a site. */
const MAX_PAGES = 100;

const create = defineTool({
  name: "website.create",
  title: "Create a web site",
  access: "write",
  description: "Make a web site with an empty home page. Nothing is published. Returns the ids of both.",
  input: z.object({ name: visibleText(120), slug: Slug }),
  output: createdOutput.extend({ pageId: z.string() }),
  async run({ name, slug }, { now, records }) {
    return await records.writeTogether(async (rows) => {
      await records.scan(sites, { where: (site) => site.slug === slug }, () => {
        refuseInput("slug: another site has it");
      });
      const { id } = await rows.insert(sites, { name, slug, publishedVersion: null, draftUpdatedAt: now });
      const page = await rows.insert(pages, { siteId: id, path: "/", title: "Start", order: STEP });
      return { id, pageId: page.id };
    });
  },
});

/** Web sites. */
export const websiteModule: Module = defineModule({
  name: "website",
  label: "Web sites",
  nouns: ["website"],
  group: "Studio",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list, read, create, savePage, saveBlock, remove],
  writes: [sites, pages, blocks],
});
