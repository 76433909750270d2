// A clone of the project at a path with a space, a letter beyond ASCII and signs that URLs escape.
import { temporaryFolder } from "./temporary_folder.ts";

/** What the tasks that people run have no use for. */
const LEFT_OUT: ReadonlySet<string> = new Set(["coverage", "dist", "docs", "node_modules", "soak", "tests"]);

/** A copy of the product under a path that has to be quoted, decoded and encoded in the right places. */
export interface OddClone extends AsyncDisposable {
  readonly path: string;
}

/** Copies the product to a folder whose name has a space, `ü`, `#` and what looks like an encoded letter. */
export async function oddClone(): Promise<OddClone> {
  const folder = await temporaryFolder();
  const path = `${folder.path}/a ü #b %41`;
  await Deno.mkdir(path);
  for await (const { name } of Deno.readDir(".")) {
    if (!name.startsWith(".") && !LEFT_OUT.has(name)) await copy(name, `${path}/${name}`);
  }
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}
