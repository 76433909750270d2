import { temporaryFolder } from "./temporary_folder.ts";

/** What a clone has to have for the tasks that people run. */
const PARTS = [
  "main.ts",
  "deno.json",
  "deno.lock",
  "package.json",
  "backend",
  "lib",
  "process",
  "scripts",
  "tools",
];

/** A copy of the product under a path that has to be quoted, decoded and encoded in the right places. */
export interface OddClone extends AsyncDisposable {
  readonly path: string;
}

/** Copies the product to a folder whose name has a space, `ü`, `#` and what looks like an encoded letter. */
export async function oddClone(): Promise<OddClone> {
  const folder = await temporaryFolder();
  const path = `${folder.path}/a ü #b %41`;
  await Deno.mkdir(path);
  for (const part of PARTS) await copy(part, `${path}/${part}`);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}
