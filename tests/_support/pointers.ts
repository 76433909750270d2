// The pointers from documents to tests.
/**
 * The tests that a document points to and that do not exist. A pointer is a test file in backticks, a colon, and the test's
 * name up to the end of the cell, of the line or of a `<br>`.
 */
export async function brokenPointers(
  path: string,
): Promise<{ readonly found: number; readonly broken: string[] }> {
  const text = await Deno.readTextFile(path);
  const broken: string[] = [];
  let found = 0;
  for (const [, file, named] of text.matchAll(/`(tests\/[\w/]+_test\.tsx?)`: ((?:(?!<br>)[^|\n])+)/g)) {
    if (file === undefined || named === undefined) continue;
    found += 1;
    const name = named.trim();
    const source = await Deno.readTextFile(file).catch(() => "");
    const written = [JSON.stringify(name), `'${name}'`, `\`${name}\``];
    if (!written.some((literal) => source.includes(literal))) broken.push(`${file}: ${name}`);
  }
  return { found, broken };
}
