// Who imports whom: the stairs, packages with one way in, and what a tool file may name.
import { importedPath, isGatewayFile, isToolFile, sourcePath } from "./source_path.ts";
import { roomOf, wrongWay } from "./stairs.ts";

/** What a tool file may import. Types and all: a tool that can name the sync client is half-way to having it. */
const TOOL_IMPORTS: readonly string[] = ["lib/tool/authoring.ts", "zod"];

/** Packages with exactly one way in, so that replacing or auditing one is reading one file. */
const SINGLE_IMPORTERS: readonly { readonly specifier: RegExp; readonly file: string }[] = [
  { specifier: /^(npm:)?@modelcontextprotocol\//, file: "lib/mcp/sdk.ts" },
  { specifier: /^(@panva\/jose|(npm:)?jose)(@|\/|$)/, file: "lib/people/signed_token.ts" },
  { specifier: /^(npm:)?lru-cache(@|\/|$)/, file: "lib/kit/bounded_cache.ts" },
  { specifier: /^(npm:)?@redis\//, file: "lib/nodes/valkey_client.ts" },
  { specifier: /^(npm:)?rrule-temporal(@|\/|$)/, file: "lib/tool/time/series.ts" },
];

/**
 * The one import after the start: a package that only some operators need, and that takes 28 MB and 90 ms. Its name is literal, so that
 * it is part of the module graph that is checked before `serve` and packed by `compile`.
 */
const LATE_IMPORT = { file: "lib/nodes/valkey_client.ts", specifier: "@redis/client" };

/** What lib/kit/ may import besides its own files: what measures or keeps values, and reaches for nothing outside. */
const KIT_IMPORTS: readonly string[] = ["node:buffer", "lru-cache"];

type Check = (specifier: string) => string | null;

/** A rule that judges every specifier a file imports or re-exports, statically or dynamically. */
function onImports(checkFor: (path: string) => Check | null): Deno.lint.Rule {
  return {
    create(context) {
      const check = checkFor(sourcePath(context.filename));
      if (check === null) return {};
      const judge = (node: Deno.lint.Node, source: Deno.lint.Node | null) => {
        if (source?.type !== "Literal" || typeof source.value !== "string") return;
        const message = check(source.value);
        if (message !== null) context.report({ node, message });
      };
      return {
        ImportDeclaration: (node) => judge(node, node.source),
        ExportAllDeclaration: (node) => judge(node, node.source),
        ExportNamedDeclaration: (node) => judge(node, node.source),
        ImportExpression: (node) => judge(node, node.source),
      };
    },
  };
}

/** Rules on who imports whom. */
export const importRules: Readonly<Record<string, Deno.lint.Rule>> = {
  "tool-imports": onImports((path) =>
    !isToolFile(path) ? null : (specifier) => {
      const imported = importedPath(path, specifier) ?? specifier;
      return TOOL_IMPORTS.includes(imported) || isToolFile(imported)
        ? null
        : `A tool file imports ${
          TOOL_IMPORTS.join(", ")
        } and other tool files only: everything else comes in its context`;
    }
  ),
  "no-dynamic-import": {
    create(context) {
      const path = sourcePath(context.filename);
      if (!isGatewayFile(path)) return {};
      return {
        ImportExpression(node) {
          const isLate = path === LATE_IMPORT.file && node.source.type === "Literal" &&
            node.source.value === LATE_IMPORT.specifier;
          if (isLate) return;
          context.report({
            node,
            message: "The gateway loads no code after its start: import it at the top",
          });
        },
      };
    },
  },
  "single-importer": onImports((path) =>
    !isGatewayFile(path) && path !== "main.ts" ? null : (specifier) => {
      const owner = SINGLE_IMPORTERS.find((entry) => entry.specifier.test(specifier));
      return owner === undefined || owner.file === path ? null : `Only ${owner.file} imports ${specifier}`;
    }
  ),
  "import-direction": onImports((path) => (specifier) => {
    if (roomOf(path) === "lib/kit" && !specifier.startsWith(".") && !KIT_IMPORTS.includes(specifier)) {
      return `lib/kit/ imports nothing but itself and ${KIT_IMPORTS.join(", ")}`;
    }
    const target = importedPath(path, specifier);
    return target === null ? null : wrongWay(path, target);
  }),
};
