// The list of tools as reviewers of a directory ask for it: with title, hints and what each hint rests on.
import { createOffer } from "../../lib/tool/offered.ts";
import type { ListedTool } from "../../lib/tool/tool_registry.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { VIEWS } from "../../tools/views.ts";

/** Every tool of the product, as clients see it. */
export function listedTools(): readonly ListedTool[] {
  return createOffer({ modules: MODULES, profiles: PROFILES, views: VIEWS }, "underscore").registry.list();
}

/** What a reviewer wants to know of a tool. */
export interface ToolLine {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
  /** Why the hints are as they are, in words. */
  readonly why: string;
}

/** The lines, in the order of `tools/list`. */
export function toolLines(): readonly ToolLine[] {
  return listedTools().map(({ tool, listing }) => {
    const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = listing.annotations;
    return {
      name: listing.name,
      title: listing.title,
      description: listing.description,
      readOnlyHint: readOnlyHint === true,
      destructiveHint: destructiveHint === true,
      idempotentHint: idempotentHint === true,
      openWorldHint: openWorldHint === true,
      why: `${
        WHY[tool.access]
      } It works with the person's own records at this installation and reaches nothing else.`,
    };
  });
}

const WHY: Readonly<Record<string, string>> = {
  read: "It only looks: the records that it is given cannot be written.",
  write: "It adds or changes records, and can delete none.",
  destructive: "It deletes, or carries out what deletes; the person is asked each time.",
};

/** The list as Markdown. */
export function toolsMarkdown(lines: readonly ToolLine[]): string {
  const mark = (hint: boolean) => hint ? "true" : "false";
  const rows = lines.map((line) =>
    `| \`${line.name}\` | ${line.title} | ${mark(line.readOnlyHint)} | ${mark(line.destructiveHint)} | ` +
    `${mark(line.idempotentHint)} | ${mark(line.openWorldHint)} | ${line.why} |`
  );
  return [
    `# Tools (${lines.length})`,
    "",
    "| name | title | readOnlyHint | destructiveHint | idempotentHint | openWorldHint | why |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
