// Sites, pages and blocks as they are stored, and how a change of them marks the site (contract: modules, website).
import { z } from "zod";
import { defineAppTable, refuseInput } from "../../lib/tool/authoring.ts";

/** A site. It is made with a home page. */
export const sites = defineAppTable("website/websites", {
  record: "site",
  fields: ["name", "slug", "publishedVersion", "draftUpdatedAt"],
});

/** A page of a site. */
export const pages = defineAppTable("website/websitePages", {
  record: "page",
  fields: ["siteId", "path", "title", "seo", "order"],
  as: {
    seo: z.looseObject({ title: z.string().optional(), description: z.string().optional() }).default({}),
  },
});

/** A block of a page, or within another block. */
export const blocks = defineAppTable("website/websiteBlocks", {
  record: "block",
  fields: ["pageId", "parentBlockId", "slotKey", "type", "props", "schemaVersion", "order"],
  as: { props: z.record(z.string(), z.unknown()) },
});

/** The gap between two places in an order, so that the app can put something between them. */
export const STEP = 1_024;

/** The path of a page: `/`, or lower-case segments. */
export const Path = z.string().max(200).regex(
  /^\/$|^(\/[a-z0-9-]+)+$/,
  "expected / or lower-case segments such as /about/team",
);

/** The address of a site, by which the public finds it once the person publishes it. */
export const Slug = z.string().regex(
  /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/,
  "expected 2 to 40 of a-z, 0-9 and hyphens, with none at the ends",
);

/** Refuses a path that another page of the site has. */
export function demandFreePath(
  path: string,
  siteId: string,
  all: Iterable<{ readonly id: string; readonly siteId?: string; readonly path?: string }>,
  own?: string,
): void {
  for (const page of all) {
    if (page.siteId === siteId && page.path === path && page.id !== own) {
      refuseInput(`path: another page of this site has ${path}`);
    }
  }
}
