// What a skill is made of: instructions for one piece of work, as a directory of texts that a host loads for its model (SEP-2640,
// agentskills.io). Static text without scripts and without rights: a skill discloses nothing and grants nothing.
import { MAX_SKILL_FILE_BYTES } from "../../kit/limits.ts";
import { utf8Bytes } from "../../kit/bytes/utf8_bytes.ts";

/** What the author of a skill writes; see docs/skills.md. */
export interface SkillDefinition {
  /** Lower case words with `-`, at most 64 characters: `weekly-review`. */
  readonly name: string;
  /** What the skill does and when to use it, for a model that chooses among skills; at most 1,024 characters, one line. */
  readonly description: string;
  /** The modules that the skill has a model read: it is shown only to callers that may read each of them. */
  readonly modules: readonly string[];
  /** SKILL.md below its frontmatter, in Markdown. Tools are named as `{module.verb}`. */
  readonly text: string;
  /** Further texts by their path in the skill, `references/fields.md`; none by default. */
  readonly references?: Readonly<Record<string, string>>;
}

/** A checked skill. */
export interface Skill {
  readonly name: string;
  readonly description: string;
  readonly modules: readonly string[];
  /** SKILL.md first, tools still named as `{module.verb}`. */
  readonly files: readonly SkillText[];
}

/** A file of a skill. */
export interface SkillText {
  /** In the directory of the skill. */
  readonly path: string;
  readonly text: string;
}

/** The file that every skill has. */
export const SKILL_FILE = "SKILL.md";

/**
 * Checks a definition and makes it a skill. Throws TypeError for a name, description or path that hosts may refuse, for a text that
 * is too long, and for every member that a skill of ours does not have: `allowed-tools` would ask the host for rights.
 */
export function defineSkill(definition: SkillDefinition): Skill {
  const { name, description, modules, text, references = {} } = definition;
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot define skill ${JSON.stringify(name)}: ${why}`);
  };
  const unknown = Object.keys(definition).find((member) => !MEMBERS.has(member));
  if (unknown !== undefined) refuse(`a skill has no ${unknown}`);
  if (!NAME.test(name) || name.length > MAX_NAME_CHARS || YAML_WORDS.has(name)) {
    refuse("its name has to be lower case words with -");
  }
  if (!DESCRIPTION.test(description)) refuse("its description has to be one line without quotes or tools");
  if (modules.length === 0) refuse("it names no module");
  const files = [{ path: SKILL_FILE, text: `${frontmatter(name, description)}\n${text}` }];
  for (const [path, reference] of Object.entries(references)) {
    if (!REFERENCE.test(path)) refuse(`${path} is no reference; a skill has texts, not scripts`);
    files.push({ path, text: reference });
  }
  for (const { path, text } of files) {
    if (!text.endsWith("\n") || UNSEEN.test(text) || !text.isWellFormed()) {
      refuse(`${path} has to be lines of text that end with a line feed`);
    }
    if (utf8Bytes(text) > MAX_SKILL_FILE_BYTES) {
      refuse(`${path} is longer than ${MAX_SKILL_FILE_BYTES} bytes`);
    }
  }
  return Object.freeze({
    name,
    description,
    modules: Object.freeze([...modules]),
    files: Object.freeze(files.map((file) => Object.freeze(file))),
  });
}

const MEMBERS: ReadonlySet<string> = new Set(["name", "description", "modules", "text", "references"]);
/** agentskills.io, `name`. It begins with a letter, so that YAML cannot read a number or a date. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME_CHARS = 64;
/** Words that YAML 1.1 or 1.2 reads as another type than text. */
const YAML_WORDS: ReadonlySet<string> = new Set([
  "true",
  "false",
  "yes",
  "no",
  "on",
  "off",
  "y",
  "n",
  "null",
]);
/** One line that stands between double quotes as it is, in YAML of any version. */
const DESCRIPTION = /^[^"\\{}\p{C}\p{Zl}\p{Zp}]{1,1024}$/u;
const REFERENCE = /^references\/[a-z0-9]+(-[a-z0-9]+)*\.md$/;
/** No control character but the line feed: hosts compare bytes, and no reader may see another text than the model. */
const UNSEEN = /[^\P{Cc}\n]|\p{Cf}/u;

/** The head of SKILL.md. What a host's YAML reader makes of it has to equal the entry of `skills/list`, field by field. */
function frontmatter(name: string, description: string): string {
  return `---\nname: ${name}\ndescription: "${description}"\n---\n`;
}
