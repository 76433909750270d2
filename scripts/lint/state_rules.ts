// A module keeps no state, and nothing is cast past the type checker.
import { sourcePath } from "./source_path.ts";

/** A module is loaded once and shared by everyone: what changes inside it leaks between people and between tests. */
const STATEFUL: ReadonlySet<string> = new Set([
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "Array",
  "AbortController",
  "Headers",
]);

/** Whether a type annotation forbids changes: `ReadonlySet`, `ReadonlyMap`, `Readonly<…>`. */
function isReadonlyType(annotation: Deno.lint.TSTypeAnnotation | undefined): boolean {
  const type = annotation?.typeAnnotation;
  return type?.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
    type.typeName.name.startsWith("Readonly");
}

/** Rules on state and types. */
export const stateRules: Readonly<Record<string, Deno.lint.Rule>> = {
  "no-module-state": {
    create(context) {
      if (!/^(lib|tools|sign_in|backend|runner|views)\/|^main\.ts$/.test(sourcePath(context.filename))) {
        return {};
      }
      const judge = (node: Deno.lint.VariableDeclaration) => {
        if (node.kind !== "const" && node.declarations.length > 0) {
          context.report({
            node,
            message: "A module keeps no state: put the variable into a create function",
          });
        }
        for (const { id, init } of node.declarations) {
          const readonly = id.type === "Identifier" && isReadonlyType(id.typeAnnotation);
          if (
            init?.type === "NewExpression" && init.callee.type === "Identifier" &&
            STATEFUL.has(init.callee.name)
          ) {
            if (!readonly) {
              context.report({
                node: init,
                message:
                  `A module keeps no state: give the ${init.callee.name} a Readonly type or put it into a create function`,
              });
            }
          }
          if (
            init?.type === "CallExpression" && init.callee.type === "Identifier" &&
            /^create[A-Z]/.test(init.callee.name)
          ) {
            context.report({ node: init, message: "A module keeps no state: create it where it is used" });
          }
        }
      };
      return {
        "Program > VariableDeclaration": judge,
        "Program > ExportNamedDeclaration > VariableDeclaration": judge,
      };
    },
  },
  "no-double-cast": {
    create(context) {
      if (!/^(lib|tools|sign_in|backend|runner|scripts)\/|^main\.ts$/.test(sourcePath(context.filename))) {
        return {};
      }
      return {
        TSAsExpression(node) {
          const cast = node.typeAnnotation.type;
          if (cast === "TSUnknownKeyword" || cast === "TSAnyKeyword") {
            context.report({
              node,
              message: "A cast through unknown or any switches the type checker off: parse the value",
            });
          }
        },
      };
    },
  },
};
