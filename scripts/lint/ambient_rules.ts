// Which names of the runtime a file may use: nothing of the outside world in a tool, the clock and the network only where they are
// injected, cryptography of field data in one file.
import { isGatewayFile, isToolFile, sourcePath } from "./source_path.ts";

/** Names a tool has no business with: ways to the outside, to code from text, to other people's calls. */
const FORBIDDEN_IN_TOOLS: ReadonlySet<string> = new Set([
  "fetch",
  "Deno",
  "globalThis",
  "window",
  "self",
  "global",
  "process",
  "Buffer",
  "require",
  "eval",
  "Function",
  "Worker",
  "WebSocket",
  "WebSocketStream",
  "EventSource",
  "BroadcastChannel",
  "XMLHttpRequest",
  "WebAssembly",
  "localStorage",
  "sessionStorage",
  "caches",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "addEventListener",
  "dispatchEvent",
  "reportError",
  "console",
  "alert",
  "prompt",
  "confirm",
  "crypto",
  "performance",
  "Date",
  "Proxy",
  "Reflect",
]);
/** Properties by which plain values lead to `Function` and to shared prototypes. */
const FORBIDDEN_PROPERTIES: ReadonlySet<string> = new Set(["constructor", "__proto__", "prototype"]);

/** The world comes in as parameters: what is read here instead can neither be tested nor replaced. */
const INJECTED: readonly { readonly object: string; readonly property: string; readonly instead: string }[] =
  [
    { object: "Date", property: "now", instead: "now" },
    { object: "performance", property: "now", instead: "monotonic" },
    { object: "Math", property: "random", instead: "random" },
    { object: "crypto", property: "randomUUID", instead: "newId" },
  ];

/** Only these files turn texts into ciphertext and back: field values, and what the gateway keeps for itself. */
const CIPHER_FILES: readonly string[] = ["lib/sealing/cipher.ts", "lib/own_records/envelope.ts"];

/** Whether an identifier is only the name of a property, a method or a member of a type. */
function isPropertyName(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return !parent.computed && starts(parent.property, node);
    case "Property":
      return !parent.computed && !parent.shorthand && starts(parent.key, node);
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return !parent.computed && starts(parent.key, node);
    case "TSQualifiedName":
      return starts(parent.right, node);
    default:
      return false;
  }
}

function starts(part: Deno.lint.Node, node: Deno.lint.Node): boolean {
  return part.range[0] === node.range[0];
}

function isNamed(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** The name of a member, `a.b` or `a["b"]`; null when it is computed. */
function memberName({ computed, property }: Deno.lint.MemberExpression): string | null {
  if (!computed && property.type === "Identifier") return property.name;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : null;
}

/** Rules on what is reached for instead of being handed in. */
export const ambientRules: Readonly<Record<string, Deno.lint.Rule>> = {
  "tool-globals": {
    create(context) {
      if (!isToolFile(sourcePath(context.filename))) return {};
      const refuse = (node: Deno.lint.Node, name: string) =>
        context.report({
          node,
          message: `A tool file does not use ${name}: everything it needs is in its context`,
        });
      return {
        Identifier(node) {
          if (FORBIDDEN_IN_TOOLS.has(node.name) && !isPropertyName(node)) refuse(node, node.name);
        },
        MemberExpression(node) {
          const name = memberName(node);
          if (name !== null && FORBIDDEN_PROPERTIES.has(name)) refuse(node, name);
        },
        MetaProperty: (node) => refuse(node, "import.meta"),
        ThisExpression: (node) => refuse(node, "this"),
      };
    },
  },
  "deno-only-in-main": {
    create(context) {
      if (!isGatewayFile(sourcePath(context.filename))) return {};
      return {
        Identifier(node) {
          if (!["Deno", "globalThis", "process"].includes(node.name) || isPropertyName(node)) return;
          context.report({
            node,
            message: `Only main.ts touches ${node.name}: take what is needed as a parameter`,
          });
        },
      };
    },
  },
  "injected-world": {
    create(context) {
      if (!isGatewayFile(sourcePath(context.filename))) return {};
      const refuse = (node: Deno.lint.Node, what: string, instead: string) =>
        context.report({ node, message: `${what} is the outside world: take \`${instead}\` as a parameter` });
      return {
        MemberExpression(node) {
          const name = memberName(node);
          const found = INJECTED.find(({ object, property }) =>
            property === name && isNamed(node.object, object)
          );
          if (found !== undefined) refuse(node, `${found.object}.${found.property}`, found.instead);
        },
        NewExpression(node) {
          if (isNamed(node.callee, "Date") && node.arguments.length === 0) refuse(node, "new Date()", "now");
        },
        CallExpression(node) {
          if (isNamed(node.callee, "Date")) refuse(node, "Date()", "now");
          if (isNamed(node.callee, "fetch")) refuse(node, "The global fetch", "fetch");
        },
      };
    },
  },
  "field-cryptography": {
    create(context) {
      const path = sourcePath(context.filename);
      if (!isGatewayFile(path) || CIPHER_FILES.includes(path)) return {};
      return {
        MemberExpression(node) {
          const { object } = node;
          if (!["encrypt", "decrypt"].includes(memberName(node) ?? "")) return;
          const subtle = isNamed(object, "subtle") ||
            (object.type === "MemberExpression" && memberName(object) === "subtle");
          if (subtle) {
            context.report({ node, message: `Only ${CIPHER_FILES.join(" and ")} encrypt and decrypt` });
          }
        },
      };
    },
  },
};
