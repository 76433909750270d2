import { builtinModules } from "node:module";

/**
 * What a file of a package reaches for beyond its package: modules of Deno's own by any way of importing, imports and requires
 * whose name is computed, and the words by which one gets at either. Read by Deno's own parser, the one that will run the file.
 */
export function waysOut(path: string, source: string): readonly string[] {
  return [...new Set(Deno.lint.runPlugin(PLUGIN, path, source).map(({ message }) => message))];
}

const BUILTINS: ReadonlySet<string> = new Set(builtinModules);
/** Names that get at modules, at Deno, or at a loader, wherever they stand. */
const WORDS: ReadonlySet<string> = new Set([
  ...[
    "Bun",
    "Deno",
    "createRequire",
    "getBuiltinModule",
    "importScripts",
    "mainModule",
    "_load",
    "dlopen",
    "binding",
  ],
]);

/** What a specifier says; null when it names a file or a package, which the lock knows. */
function judge(specifier: unknown): string | null {
  if (typeof specifier !== "string") return "a computed name";
  const name = specifier.replace(/^node:/, "");
  if (specifier !== name || BUILTINS.has(name) || BUILTINS.has(name.split("/")[0] ?? "")) {
    return `node:${name}`;
  }
  return /^[a-z][a-z+.-]*:/i.test(specifier) ? specifier : null;
}

/** The text of a literal, or of a template without holes. */
function textOf(node: Deno.lint.Node | null | undefined): unknown {
  if (node?.type === "Literal") return node.value;
  return node?.type === "TemplateLiteral" && node.quasis.length === 1 ? node.quasis[0]?.cooked : undefined;
}

const PLUGIN: Deno.lint.Plugin = {
  name: "ways-out",
  rules: {
    found: {
      create(context) {
        const say = (node: Deno.lint.Node, message: string | null) => {
          if (message !== null) context.report({ node, message });
        };
        const named = (node: Deno.lint.Node, specifier: Deno.lint.Node | null | undefined) => {
          const found = judge(textOf(specifier));
          say(node, found === "a computed name" ? `import of ${found}` : found);
        };
        return {
          ImportDeclaration: (node) => named(node, node.source),
          ExportAllDeclaration: (node) => named(node, node.source),
          ExportNamedDeclaration: (node) => node.source ? named(node, node.source) : undefined,
          ImportExpression: (node) => named(node, node.source),
          CallExpression(node) {
            if (node.callee.type === "Identifier" && /^_*require$/.test(node.callee.name)) {
              const found = judge(textOf(node.arguments[0]));
              say(node, found === "a computed name" ? `require of ${found}` : found);
            }
          },
          Identifier(node) {
            if (WORDS.has(node.name)) say(node, `the word ${node.name}`);
            // Handed on instead of called, it can be called with anything.
            const { parent } = node;
            if (!/^_*require$/.test(node.name)) return;
            if (parent.type === "CallExpression" && parent.callee === node) return;
            say(node, "require as a value");
          },
          Literal(node) {
            if (typeof node.value === "string" && WORDS.has(node.value)) say(node, `the word ${node.value}`);
          },
        };
      },
    },
  },
};
