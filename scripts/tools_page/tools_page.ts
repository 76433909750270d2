// The text of docs/tools.md: every profile with its size, every tool with its access, input, tables and size.
import type { Module } from "../../lib/tool/define_module.ts";
import { createOffer, type Offered } from "../../lib/tool/offered.ts";
import type { ListedTool } from "../../lib/tool/tool_registry.ts";
import { inputWords } from "./input_words.ts";
import { profileSizes, tokensOf } from "./profile_sizes.ts";

/** The whole text. */
export function toolsPage(
  { tables, ...offered }: Pick<Offered, "modules" | "profiles" | "views"> & {
    readonly tables: ReadonlyMap<string, readonly string[]>;
  },
): string {
  const { registry } = createOffer(offered, "underscore");
  const listed = registry.list();
  const general = listed.filter(({ tool }) => tool.scope === "general");
  const groups = new Set(offered.modules.map(({ group }) => group));
  return [
    HEAD,
    profileTable(offered),
    ...[...groups].map((group) =>
      `## ${group}\n\n${
        offered.modules.filter((module) => module.group === group)
          .map((module) => moduleSection(module, tables.get(module.name) ?? [], listed)).join("\n")
      }`
    ),
    `## General tools\n\nThey take their module as an argument; a call of one is a call of the module's own tool.\n\n${
      toolTable(general)
    }`,
  ].join("\n");
}

const HEAD = `# The tools

Written by \`deno task tools:docs\` from the modules themselves; a test holds it against them. Tokens are estimated on the high side
for a person with several spaces; the second number is without output schemas, which many clients do not hand to their model.
Arguments with \`?\` can be left out. Every tool that works with records takes \`space?\` as well. How a tool is written:
[authoring-tools.md](authoring-tools.md).

## Profiles

\`tools/list\` shows one of these at \`/mcp?profile=…\`; which one is shown otherwise: [architecture.md](architecture.md).
`;

function profileTable(offered: Pick<Offered, "modules" | "profiles" | "views">): string {
  return table(
    ["profile", "holds", "tools", "tokens", "without outputs"],
    profileSizes(offered).map(({ name, about, tools, tokens, withoutOutput }) => [
      `\`${name}\``,
      about,
      String(tools),
      tokens.toLocaleString("en-US"),
      withoutOutput.toLocaleString("en-US"),
    ]),
  );
}

function moduleSection(module: Module, tables: readonly string[], listed: readonly ListedTool[]): string {
  const { label, name, spaceTypes } = module;
  const records = tables.length === 0 ? "no table" : tables.map((one) => `\`${one}\``).join(", ");
  return `### ${label}\n\nModule \`${name}\`; works with ${records}; new records in ${
    spaceTypes.join(", ")
  } spaces.\n\n${toolTable(listed.filter(({ tool }) => module.tools.includes(tool)))}`;
}

const ACCESS_WORDS = { read: "looks", write: "adds or changes", destructive: "asks, then deletes" } as const;

function toolTable(tools: readonly ListedTool[]): string {
  return table(
    ["tool", "does", "access", "takes", "tokens"],
    tools.map(({ tool, name, listing, spacedListing }) => {
      const { tokens, withoutOutput } = tokensOf([spacedListing]);
      return [
        `\`${name}\``,
        tool.title,
        ACCESS_WORDS[tool.access],
        inputWords(listing.inputSchema),
        `${tokens} / ${withoutOutput}`,
      ];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}
