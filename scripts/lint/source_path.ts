// What kind of file a linted file is, by its path.
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A linted file's path inside the repository. */
export function sourcePath(filename: string): string {
  return filename.startsWith(root) ? filename.slice(root.length) : filename;
}

/** Whether the file declares tools, the code that is trusted least. */
export function isToolFile(path: string): boolean {
  return path.startsWith("tools/") && path.endsWith(".ts") && path !== "tools/modules.ts";
}

/** Whether the file belongs to what runs inside the gateway below main.ts. */
export function isGatewayFile(path: string): boolean {
  return path.startsWith("lib/") || path.startsWith("tools/") || path.startsWith("process/");
}

/** The path inside the repository that a relative import means; null for a package. */
export function importedPath(from: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
