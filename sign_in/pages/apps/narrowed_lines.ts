// What a connected app is narrowed to, in lines for its card: "Journal: only the last 7 days; titles, not the texts".
import type { Grant } from "../../oauth/grants/grant.ts";
import { moduleOf } from "../../oauth/grants/scopes.ts";
import type { NarrowableModule } from "../access/narrowing_fields.ts";
import { type KnownNames, narrowingWords, sinceWords } from "../access/narrowing_words.ts";

/** The lines; none where the app sees everything of what it may see. `modules`: those of its permissions that can be narrowed. */
export function narrowedLines(
  { narrowing, readBudget, permissions }: Pick<Grant, "narrowing" | "readBudget" | "permissions">,
  modules: readonly NarrowableModule[],
  names: KnownNames,
): readonly string[] {
  const budget = readBudget === undefined
    ? []
    : [`In an hour it may read ${readBudget.toLocaleString("en-GB")} things.`];
  if (narrowing === undefined) return budget;
  if (narrowing === "unreadable") return [UNREADABLE, ...budget];
  const narrowed = modules.flatMap((module) => {
    const choice = narrowing.modules[module.name];
    return choice === undefined ? [] : [{ module, choice }];
  });
  const all = new Set(permissions.map(moduleOf)).size;
  const [since, ...others] = new Set(narrowed.map(({ choice }) => choice.since));
  const isAlike = others.length === 0 && narrowed.length === all && narrowed.length > 1 &&
    narrowed.every(({ choice }) => Object.keys(choice).length === 1);
  // Many lines that say the same hide the line that does not.
  const lines = isAlike && since !== undefined
    ? [`Everything: only ${sinceWords(since, { since: { field: "createdAt" } })}`]
    : narrowed.map(({ module, choice }) =>
      `${module.label}: only ${narrowingWords(choice, module.narrowing, names)}`
    );
  return [...lines, ...budget];
}

const UNREADABLE =
  "What you narrowed cannot be read any more, so it sees nothing. Choose again what it may see.";
