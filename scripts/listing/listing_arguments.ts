// What `deno task server-json` and `deno task review-kit` are told: flags, and the settings of the gateway.
import manifest from "../../deno.json" with { type: "json" };
import { parseSettings, type Settings } from "../../lib/settings/settings.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";
import type { ListingWords } from "./server_json.ts";

const FLAGS = ["name", "title", "description", "version", "website", "repository", "email"] as const;

/** What was asked for, or what is wrong with it. */
export type ListingArguments =
  | {
    readonly ok: true;
    readonly words: ListingWords;
    readonly settings: Settings;
    /** Whether an account for reviewers is to be made and filled. */
    readonly wantsAccount: boolean;
    /** Its address. */
    readonly email: string | undefined;
  }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the arguments (`--name=…` or `--name …`) and the settings. */
export function readListingArguments(
  args: readonly string[],
  env: (name: string) => string | undefined,
): ListingArguments {
  const told = new Map<string, string>();
  const problems: string[] = [];
  let wantsAccount = false;
  for (let at = 0; at < args.length; at++) {
    const [flag = "", ...rest] = (args[at] ?? "").split("=");
    const name = flag.replace(/^--/, "");
    if (flag === "--account") wantsAccount = true;
    else if (flag.startsWith("--") && FLAGS.some((known) => known === name)) {
      told.set(name, rest.length > 0 ? rest.join("=") : args[++at] ?? "");
    } else {problems.push(`${args[at]} is unknown: ${
        FLAGS.map((known) => `--${known}`).join(", ")
      } and --account are known`);}
  }
  const parsed = parseSettings(Object.fromEntries(SETTINGS.map(({ name }) => [name, env(name)])));
  if (!parsed.ok) problems.push(...parsed.problems);
  if (!parsed.ok || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    settings: parsed.settings,
    wantsAccount,
    email: told.get("email"),
    words: {
      publicUrl: parsed.settings.publicUrl,
      version: told.get("version") ?? manifest.version,
      name: told.get("name"),
      title: told.get("title"),
      description: told.get("description"),
      websiteUrl: told.get("website"),
      repository: told.get("repository"),
    },
  };
}
