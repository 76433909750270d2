// Which skills a caller is shown, and their files. A skill is shown like a prompt: where a tool that reads each of its modules is.
// Reading a file is no call: it asks no service and opens nothing.
import type { Principal } from "../../people/principal.ts";
import type { Skill } from "../../tool/skills/define_skill.ts";
import { publishSkill, type SkillEntry, type SkillFile } from "../../tool/skills/publish_skill.ts";
import { type DirectoryMember, readSkillDirectory } from "../../tool/skills/skill_directory.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import { createReadableModules, type ReadableModulesDeps } from "./readable_modules.ts";

/** The skills of a gateway. What a caller is not shown is told like what is not there. */
export interface SkillList {
  /** The skills that the caller is shown, in the order of `tools/skills/skills.ts`. */
  listFor(principal: Principal): readonly SkillEntry[];
  /** The skill whose SKILL.md has this address; undefined for any other address. */
  find(uri: string, principal: Principal): SkillEntry | undefined;
  /** A file of a skill. */
  findFile(uri: string, principal: Principal): SkillFile | undefined;
  /** The members of a directory that has files of skills below it; null for any other address. */
  readDirectory(uri: string, principal: Principal): DirectoryMember[] | null;
}

/** Dependencies of {@link createSkillList}. */
export interface SkillListDeps extends ReadableModulesDeps {
  readonly skills: readonly Skill[];
  readonly registry: Pick<ToolRegistry, "byModule" | "inWords">;
}

/**
 * Makes every text and digest now. Throws TypeError when two skills share a name, when a module of a skill has no tool that reads, and
 * when a text names a tool that is not there.
 */
export function createSkillList(deps: SkillListDeps): SkillList {
  const { skills, registry } = deps;
  const modules = createReadableModules(deps);
  if (new Set(skills.map(({ name }) => name)).size < skills.length) {
    throw new TypeError("Cannot list skills: two share a name");
  }
  for (const skill of skills) {
    const unread = modules.findUnread(skill.modules);
    if (unread !== undefined) {
      throw new TypeError(`Cannot list skill ${skill.name}: no tool reads the module ${unread}`);
    }
  }
  const published = skills.map((skill) => publishSkill(skill, registry.inWords));
  const shownTo = (principal: Principal) =>
    published.filter((skill) => modules.areShown(skill.modules, principal));
  const filesFor = (principal: Principal) => shownTo(principal).flatMap(({ files }) => files);
  return Object.freeze({
    listFor: (principal: Principal) => shownTo(principal).map(({ entry }) => entry),
    find: (uri: string, principal: Principal) =>
      shownTo(principal).find(({ entry }) => entry.uri === uri)?.entry,
    findFile: (uri: string, principal: Principal) => filesFor(principal).find((file) => file.uri === uri),
    readDirectory: (uri: string, principal: Principal) => readSkillDirectory(filesFor(principal), uri),
  });
}
