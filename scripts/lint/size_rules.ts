// How long a file and a function may be, and that a file begins with what it is for (docs/house.md, the shape of a file).
import { sourcePath } from "./source_path.ts";

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 80;

/** Files that are as long as their subject: every refusal, with one exhaustive mapping of them, and every limit with its reason. */
const LONG_FILES: readonly string[] = ["lib/kit/errors.ts", "lib/kit/limits.ts"];

/** A file of the product, or of the scripts that start it. */
function isJudged(path: string): boolean {
  return /^(lib|process|tools|sign_in|backend|runner|scripts|views)\/|^main\.ts$/.test(path);
}

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Whether the whole function is one `switch`, which is as long as its union has members. */
function isSwitch({ body }: FunctionNode): boolean {
  return body?.type === "BlockStatement" && body.body.length === 1 &&
    body.body[0]?.type === "SwitchStatement";
}

/** Rules on length and headers. */
export const sizeRules: Readonly<Record<string, Deno.lint.Rule>> = {
  "file-header": {
    create(context) {
      if (!isJudged(sourcePath(context.filename))) return {};
      return {
        Program(node) {
          if (/^(#!.*\n)?\/\/ /.test(context.sourceCode.text)) return;
          context.report({
            node,
            message: "A file begins with what it is for: one to four lines of // comment",
          });
        },
      };
    },
  },
  "file-length": {
    create(context) {
      const path = sourcePath(context.filename);
      if (!isJudged(path) || LONG_FILES.includes(path)) return {};
      return {
        Program(node) {
          const lines = context.sourceCode.text.trimEnd().split("\n").length;
          if (lines <= MAX_FILE_LINES) return;
          context.report({
            node,
            message:
              `A file has at most ${MAX_FILE_LINES} lines and this one ${lines}: split it by what it is about`,
          });
        },
      };
    },
  },
  "function-length": {
    create(context) {
      if (!isJudged(sourcePath(context.filename))) return {};
      const judge = (node: FunctionNode) => {
        const [start, end] = node.range;
        const lines = context.sourceCode.text.slice(start, end).split("\n").length;
        if (lines <= MAX_FUNCTION_LINES || isSwitch(node)) return;
        context.report({
          node,
          message:
            `A function has at most ${MAX_FUNCTION_LINES} lines and this one ${lines}: give its parts names`,
        });
      };
      return { FunctionDeclaration: judge, FunctionExpression: judge, ArrowFunctionExpression: judge };
    },
  },
};
