// Where a running `deno task personas` is found by `seed`, `list`, `clean` and `open`: a file in the data folder with its addresses.
// Addresses only; the secrets stand in personas.json beside it, which the backend writes.
import { z } from "zod";

/** Name of the file, in the folder that the task works in. */
export const RUNNING_FILE = "running.json";

/** Writes the file; what it returns removes it. */
export async function writeRunning(running: Running): Promise<() => Promise<void>> {
  await Deno.writeTextFile(RUNNING_FILE, JSON.stringify(running), { mode: 0o600 });
  return async () => {
    await Deno.remove(RUNNING_FILE).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  };
}

/** The task that runs on this folder; null: none does, though a file may be left of one that was killed. */
export async function findRunning(ask: typeof fetch = fetch): Promise<Running | null> {
  const running = await readRunning();
  if (running === null) return null;
  try {
    const response = await ask(`${running.authUrl}/health`);
    await response.body?.cancel();
    return response.ok ? running : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // nobody listens there
    throw error;
  }
}

async function readRunning(): Promise<Running | null> {
  try {
    return Running.parse(JSON.parse(await Deno.readTextFile(RUNNING_FILE)));
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound || error instanceof SyntaxError || error instanceof z.ZodError
    ) {
      return null;
    }
    throw error;
  }
}

const Running = z.object({
  authUrl: z.url(),
  /** Where people sign in. */
  issuer: z.url(),
  mcpUrl: z.url(),
  reportUrl: z.url(),
});

/** Where everything of a running task is. */
export type Running = z.infer<typeof Running>;
