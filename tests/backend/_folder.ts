/** A data folder for one test; `await using` removes it. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty folder below `.mana-test`, the one place that tests may write. */
export async function makeFolder(): Promise<Folder> {
  const path = `.mana-test/${crypto.randomUUID()}`;
  await Deno.mkdir(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
