// A skill as hosts get it: addresses, texts with the names of tools as clients see them, and the digest of each file. Made once, when
// the gateway is made: the same setting gives the same bytes, since a host asks the person again for every changed byte (SEP-2640).
import { hash } from "node:crypto";
import { MAX_SKILL_FILE_BYTES } from "../../kit/limits.ts";
import { utf8Bytes } from "../../kit/bytes/utf8_bytes.ts";
import { type Skill, SKILL_FILE } from "./define_skill.ts";

/** The directory of all skills. The segments after it are a skill's name and a file's path. */
export const SKILLS_ROOT = "skill://mana";

/** A skill as hosts get it. */
export interface PublishedSkill {
  readonly modules: readonly string[];
  readonly entry: SkillEntry;
  readonly files: readonly SkillFile[];
}

/** An entry of `skills/list`. */
export interface SkillEntry {
  /** The address of SKILL.md. */
  readonly uri: string;
  /** What YAML reads at the head of SKILL.md, all of it. */
  readonly frontmatter: { readonly name: string; readonly description: string };
  /** Every file, each once. `digest` is `sha256:` with 64 hex digits, `size` is in bytes. */
  readonly resources: readonly { readonly uri: string; readonly digest: string; readonly size: number }[];
}

/** A file as MCP describes a resource, with its text. */
export interface SkillFile {
  readonly uri: string;
  readonly name: string;
  /** Of SKILL.md alone. */
  readonly description?: string;
  readonly mimeType: "text/markdown";
  /** In bytes of UTF-8. */
  readonly size: number;
  readonly text: string;
}

/**
 * `inWords` replaces `{module.verb}` by a tool's name. Throws TypeError where a text names a tool that is not there, or is too long
 * with the names in it.
 */
export function publishSkill(
  { name, description, modules, files }: Skill,
  inWords: (text: string) => string,
): PublishedSkill {
  const published = files.map(({ path, text }) => {
    const named = inWords(text);
    const [unknown] = /\{[^{}\s]{0,100}\}/.exec(named) ?? [];
    if (unknown !== undefined) {
      throw new TypeError(`Cannot publish skill ${name}: ${path} tells of ${unknown}, which is no tool here`);
    }
    const size = utf8Bytes(named);
    if (size > MAX_SKILL_FILE_BYTES) {
      throw new TypeError(
        `Cannot publish skill ${name}: ${path} is longer than ${MAX_SKILL_FILE_BYTES} bytes`,
      );
    }
    return Object.freeze({
      uri: `${SKILLS_ROOT}/${name}/${path}`,
      ...(path === SKILL_FILE ? { name, description } : { name: path.slice(path.lastIndexOf("/") + 1) }),
      mimeType: "text/markdown" as const,
      size,
      text: named,
    });
  });
  return Object.freeze({
    modules,
    entry: Object.freeze({
      uri: `${SKILLS_ROOT}/${name}/${SKILL_FILE}`,
      frontmatter: Object.freeze({ name, description }),
      resources: Object.freeze(
        published.map(({ uri, text, size }) =>
          Object.freeze({ uri, digest: `sha256:${hash("sha256", text, "hex")}`, size })
        ),
      ),
    }),
    files: Object.freeze(published),
  });
}
