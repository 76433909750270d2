/** Every file below `folder`, however deep, that holds `text` as it stands. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesWith(path, text));
    else if (entry.isFile && (await Deno.readTextFile(path)).includes(text)) found.push(path);
  }
  return found;
}
