// Files with secrets: readable by their owner alone, and whole at any moment.

/** Writes a file (0600), whole or not at all: a crash leaves the old file or the new file, never half of a secret. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await Deno.open(draft, { write: true, create: true, truncate: true, mode: 0o600 });
  try {
    await Deno.chmod(draft, 0o600); // a draft left by an earlier crash keeps its old mode otherwise
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(draft, path);
}
