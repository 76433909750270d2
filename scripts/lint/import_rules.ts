import { importedPath, isGatewayFile, isToolFile, sourcePath } from "./source_path.ts";

/** What a tool file may import. Types and all: a tool that can name the sync client is half-way to having it. */
const TOOL_IMPORTS: readonly string[] = ["../lib/tool/define_tool.ts", "zod"];

/** Packages with exactly one way in, so that replacing or auditing one is reading one file. */
const SINGLE_IMPORTERS: readonly { readonly specifier: RegExp; readonly file: string }[] = [
  { specifier: /^(npm:)?@modelcontextprotocol\//, file: "lib/mcp/sdk.ts" },
  { specifier: /^(@panva\/jose|(npm:)?jose)(@|\/|$)/, file: "lib/people/verifier.ts" },
];

/** Files that import nothing at all. */
const LEAVES: readonly string[] = [
  "lib/kit/errors.ts",
  "lib/kit/limits.ts",
  "lib/tool/day.ts",
  "lib/kit/delay.ts",
];

/** Which way imports must not point: nothing matched by `from` imports what `not` matches. */
const UPWARDS: readonly { readonly from: RegExp; readonly not: RegExp }[] = [
  { from: /^lib\//, not: /^(tools|backend|scripts|tests|bench)\/|^main\.ts$/ },
  { from: /^lib\//, not: /^lib\/gateway\.ts$/ },
  { from: /^lib\/records\//, not: /^lib\/((mcp|http|policy)\/|(tool|registry)\.ts$)/ },
  { from: /^lib\/(policy|auth|http)\//, not: /^lib\/records\// },
  { from: /^lib\/policy\//, not: /^lib\/(mcp|http)\// },
  { from: /^tools\//, not: /^(backend|scripts|tests|bench)\/|^main\.ts$/ },
  { from: /^main\.ts$/, not: /^(backend|scripts|tests|bench)\// },
  { from: /^backend\//, not: /^(lib|tools|scripts|tests|bench)\/|^main\.ts$/ },
  { from: /^process\//, not: /^(?!process\/)/ },
];

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
    !isToolFile(path)
      ? null
      : (specifier) =>
        TOOL_IMPORTS.includes(specifier)
          ? null
          : `A tool file imports ${TOOL_IMPORTS.join(" and ")} only: everything else comes in its context`
  ),
  "no-dynamic-import": {
    create(context) {
      if (!isGatewayFile(sourcePath(context.filename))) return {};
      return {
        ImportExpression: (node) =>
          context.report({
            node,
            message: "The gateway loads no code after its start: import it at the top",
          }),
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
    if (LEAVES.includes(path)) return "This file is a leaf: it imports nothing";
    const target = importedPath(path, specifier);
    if (target === null) return null;
    const broken = UPWARDS.some(({ from, not }) => from.test(path) && not.test(target));
    return broken ? `Imports point downwards: ${path} must not know ${target}` : null;
  }),
};
