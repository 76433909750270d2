import assert from "node:assert/strict";
import { counted } from "../../lib/kit/counted.ts";

/** A number before a plural noun. Constants and limits are never 1. */
const NOUNS =
  /\$\{(?![A-Z_]+\}|refusal\.limitBytes\})[^{}]*\} (?:bytes|characters|changes|days|entries|hours|messages|minutes|records|rows|seconds|settings|spaces|times|tools|writes)\b|\((?:s|es)\)[ .,`"]/;

Deno.test("counted(): one thing is singular, none and several are plural", () => {
  assert.deepEqual([0, 1, 2].map((count) => counted(count, "second")), [
    "0 seconds",
    "1 second",
    "2 seconds",
  ]);
});

Deno.test("no text of ours puts a number that may be 1 straight before a plural", async () => {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (/(?<!_html)\.tsx?$/.test(name)) {
        for (const line of (await Deno.readTextFile(path)).split("\n")) {
          // A sentence that has its own singular says so in the same or the line before.
          if (NOUNS.test(line) && !/once|import |=== 1/.test(line)) found.push(`${path}: ${line.trim()}`);
        }
      }
    }
  };
  for (const folder of ["lib", "tools", "backend", "scripts", "views"]) await walk(folder);
  assert.deepEqual(found.filter((line) => !line.includes("of these records were")), []);
});
