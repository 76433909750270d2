// Paths as URLs, for places with signs that URLs escape.
import { pathToFileURL } from "node:url";

/** The URL of a file or a folder; a folder's ends with `/` when its path does. */
export async function toFileUrl(path: string): Promise<URL> {
  return new URL(
    path.endsWith("/") ? `${pathToFileURL(await Deno.realPath(path)).href}/` : pathToFileURL(path).href,
  );
}
