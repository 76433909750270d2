/**
 * Prints `{ path, source }`, one per line, for every file with code under the folders given. A process of its own, since the
 * tests themselves may not read the cache of packages.
 */
async function print(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await print(path);
    else if (/\.[cm]?jsx?$|\.node$|\.wasm$/.test(name)) {
      const source = /\.(node|wasm)$/.test(name) ? null : await Deno.readTextFile(path);
      const line = new TextEncoder().encode(`${JSON.stringify({ path, source })}\n`);
      for (let done = 0; done < line.length;) done += await Deno.stdout.write(line.subarray(done));
    }
  }
}
for (const folder of Deno.args) await print(folder);
