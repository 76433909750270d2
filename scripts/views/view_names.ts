// Which views there are: the folders of views/ that have a view.ts.

/** Their names, sorted. */
export async function viewNames(root: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${root}/views`)) {
    if (isDirectory && await hasView(`${root}/views/${name}/view.ts`)) names.push(name);
  }
  return names.sort();
}

async function hasView(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
