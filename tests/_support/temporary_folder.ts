// A folder for one test, below .mana-test, the only place where tests write.
/** A folder that is gone at the end of the test. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder inside `.mana-test`, the only place that tests may write to. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  await Deno.mkdir(".mana-test", { recursive: true });
  const path = await Deno.makeTempDir({ dir: ".mana-test" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
