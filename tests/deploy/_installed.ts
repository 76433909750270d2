// Which programs of Debian's are there to be tried. A test that may not run a program says so, as where it is not installed.
import { print } from "../../scripts/print.ts";

/** Whether `path` can be run here; prints why `what` is not tested otherwise. */
export async function isInstalled(path: string, what: string): Promise<boolean> {
  const reason = await whyNot(path);
  if (reason !== undefined) print(`Not tested: ${what}, because ${path} ${reason}`);
  return reason === undefined;
}

async function whyNot(path: string): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "run", command: path });
  if (state !== "granted") return "may not be run by this task";
  try {
    return (await Deno.stat(path)).isFile ? undefined : "is no program";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "is not installed";
    throw error;
  }
}
