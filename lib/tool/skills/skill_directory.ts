// What stands in a directory of skills (SEP-2640, reading directories). A directory is there because a file is below it.
import { type SkillFile, SKILLS_ROOT } from "./publish_skill.ts";

/** A file or a directory as MCP describes a resource. */
export interface DirectoryMember {
  readonly uri: string;
  readonly name: string;
  readonly description?: string;
  readonly mimeType: "text/markdown" | "inode/directory";
  /** In bytes; of a file alone. */
  readonly size?: number;
}

/** The direct members of a directory, in the order of `files`; null for an address that is no directory of these files. */
export function readSkillDirectory(files: readonly SkillFile[], uri: string): DirectoryMember[] | null {
  if (uri !== SKILLS_ROOT && !uri.startsWith(`${SKILLS_ROOT}/`)) return null;
  const prefix = `${uri}/`;
  const members = new Map<string, DirectoryMember>();
  for (const { text: _text, ...file } of files) {
    if (!file.uri.startsWith(prefix)) continue;
    const [name = "", ...below] = file.uri.slice(prefix.length).split("/");
    const member = `${prefix}${name}`;
    members.set(member, below.length === 0 ? file : { uri: member, name, mimeType: "inode/directory" });
  }
  return members.size === 0 ? null : [...members.values()];
}
