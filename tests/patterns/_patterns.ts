import assert from "node:assert/strict";
import { isSafe } from "redos-detector";

/** A pattern of the source: as it is written, and where. */
export interface Pattern {
  readonly path: string;
  readonly source: string;
  readonly flags: string;
}

/** What of a file is about patterns. */
export interface FilePatterns {
  readonly literals: readonly Pattern[];
  /** Patterns that are put together when the program runs: nobody can judge them before. */
  readonly built: readonly string[];
  /** `z.email` and its kind: names of checks of the schema library that have a pattern of their own. */
  readonly checks: readonly string[];
}

/** Finds the patterns of a file by its syntax, not by its text. */
export function patternsIn(path: string, text: string): FilePatterns {
  const literals: Pattern[] = [];
  const built: string[] = [];
  const checks: string[] = [];
  const plugin: Deno.lint.Plugin = {
    name: "patterns",
    rules: {
      all: {
        create: () => ({
          Literal(node) {
            if (!node.raw.startsWith("/")) return;
            const end = node.raw.lastIndexOf("/");
            literals.push({ path, source: node.raw.slice(1, end), flags: node.raw.slice(end + 1) });
          },
          'NewExpression[callee.name="RegExp"], CallExpression[callee.name="RegExp"]'() {
            built.push(path);
          },
          'CallExpression > MemberExpression[object.name="z"]'(node: Deno.lint.MemberExpression) {
            if (node.property.type === "Identifier") checks.push(node.property.name);
          },
        }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, path, text);
  return { literals, built, checks };
}

/** Starts of a text times this is the most that a pattern without an endless quantifier may cost. */
const MOST_BRANCHES = 32_768;

/**
 * Whether the steps of a pattern grow with the text and not with its square, as a proof and not by trying texts: the
 * detector finds no end to how often it goes back only where that number grows; and a pattern all of whose quantifiers
 * have an end costs at most the product of their ranges at each place.
 */
export function isLinear({ source, flags }: Pick<Pattern, "source" | "flags">): boolean {
  const pattern = new RegExp(source, flags.replace(/[dgy]/g, ""));
  return branchesOf(source) <= MOST_BRANCHES || isSafe(pattern, { maxScore: Infinity, timeout: 20_000 }).safe;
}

/** The product of the ranges of all quantifiers; Infinity where one has no end. */
function branchesOf(source: string): number {
  const plain = source.replace(/\\./gs, "x").replace(/\[[^\]]*\]/g, "x").replace(/\(\?(?:<?[=!]|:)/g, "(");
  if (/[*+]|\{\d+,\}/.test(plain)) return Infinity;
  const ranges = [...plain.matchAll(/\{(\d+)(?:,(\d+))?\}/g)].map(([, least, most]) =>
    Number(most ?? least) - Number(least) + 1
  );
  const optional = [...plain.matchAll(/[^*+?}]\?/g)].length;
  return ranges.reduce((product, range) => product * range, 2 ** optional);
}

/** Every source file of the two processes. */
export async function sourceFiles(): Promise<{ readonly path: string; readonly text: string }[]> {
  const files = [{ path: "main.ts", text: await Deno.readTextFile("main.ts") }];
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (/\.tsx?$/.test(name)) files.push({ path, text: await Deno.readTextFile(path) });
    }
  };
  for (const folder of ["lib", "sign_in", "backend", "process", "tools"]) await walk(folder);
  assert.ok(files.length > 100);
  return files;
}
