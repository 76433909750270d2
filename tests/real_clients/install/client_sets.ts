/**
 * What is installed for the truth lane: sets of packages, each in a folder of its own, so that a package that cannot be had
 * takes no other client with it. All versions stand in versions.json; the locks beside it pin what lies below.
 */
import { z } from "zod";
import versions from "./versions.json" with { type: "json" };

/** The folder of everything installed; git ignores it. */
export const FOLDER = ".mana-clients";
/** What each set's installation ended with: null, or the reason why the set is not there. */
export const REPORT = `${FOLDER}/report.json`;
/** What the tests note of the clients that they drove (driven.ts). */
export const DRIVEN = `${FOLDER}/driven`;
/** Shape of {@link REPORT}. */
export const Report = z.record(z.string(), z.string().nullable());

/** Name of a set, and of its folder. */
export type SetName = keyof typeof versions;

const Versions = z.record(z.string(), z.string().regex(/^\d[\w.]*$/, "an exact version"));
const Packages = z.union([
  // Packages for one platform alone are optional: npm leaves out what is not for this one.
  // The Agent SDK would bring Claude Code's binary along once more: `omits` leaves out the optional packages of packages.
  z.strictObject({
    npm: Versions,
    isOptional: z.boolean().default(false),
    omits: z.literal("optional").optional(),
  }),
  z.strictObject({ pip: Versions }),
]);

/** Packages of a set, at exact versions. */
export type Packages = z.infer<typeof Packages>;

/** Every set, in the order in which they are installed. */
export const SETS: ReadonlyMap<string, Packages> = new Map(
  Object.entries(versions).map(([name, packages]) => [name, Packages.parse(packages)]),
);

/** The lock file of a set, beside this file. */
export function lockOf(set: string, packages: Packages): URL {
  return new URL(`locks/${set}.${"npm" in packages ? "json" : "txt"}`, import.meta.url);
}

/** The `package.json` of an npm set. */
export function packageJsonOf(set: string, { npm, isOptional }: Extract<Packages, { npm: unknown }>): string {
  const dependencies = isOptional ? { optionalDependencies: npm } : { dependencies: npm };
  return `${
    JSON.stringify({ name: `mana-real-clients-${set.replaceAll("_", "-")}`, private: true, ...dependencies })
  }\n`;
}

/** The requirements of a Python set. */
export function requirementsOf({ pip }: Extract<Packages, { pip: unknown }>): string {
  return Object.entries(pip).map(([name, version]) => `${name}==${version}\n`).join("");
}
