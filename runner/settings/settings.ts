// What the runner's process can be set to, checked. The variables stand in settings_table.ts. Reads no environment itself, and its words
// never repeat a value: some values are secrets.
import { z } from "zod";
import { SETTINGS } from "./settings_table.ts";

/** Parses the environment. An empty variable counts as absent. Tells every problem at once, each with the name of its variable. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const given = { ...DEFAULTS, ...Object.fromEntries(set) };
  const parsed = Environment.safeParse(given);
  const problems = parsed.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}`) ?? [];
  if ("PERSONA_BRAIN" in given && given.PERSONA_BRAIN === "model" && !("ANTHROPIC_API_KEY" in given)) {
    problems.push("ANTHROPIC_API_KEY is missing: with PERSONA_BRAIN=model a model has to be paid for");
  }
  if (parsed.success && parsed.data.MANA_PERSONAS_KEY === parsed.data.PERSONA_SEED_SECRET) {
    problems.push(
      "MANA_PERSONAS_KEY must differ from PERSONA_SEED_SECRET: it is sent, and passwords follow from the other",
    );
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems: [...new Set(problems)] };
  const env = parsed.data;
  return {
    ok: true,
    settings: {
      port: env.PERSONAS_PORT,
      authUrl: env.MANA_AUTH_URL,
      signInUrl: env.MANA_SIGN_IN_URL ?? env.MANA_AUTH_URL,
      apiUrl: env.MANA_API_URL ?? env.MANA_AUTH_URL,
      mcpUrl: env.MANA_MCP_URL.endsWith("/mcp") ? env.MANA_MCP_URL : `${env.MANA_MCP_URL}/mcp`,
      personasKey: env.MANA_PERSONAS_KEY,
      seedSecret: env.PERSONA_SEED_SECRET,
      brain: env.PERSONA_BRAIN,
      model: env.ANTHROPIC_API_KEY === undefined ? undefined : {
        key: env.ANTHROPIC_API_KEY,
        url: env.ANTHROPIC_BASE_URL ?? MODEL_URL,
        name: env.PERSONA_MODEL,
        budgetTokens: env.PERSONA_BUDGET_TOKENS,
      },
      concurrency: env.PERSONA_CONCURRENCY,
      intervalMs: env.PERSONA_TICK_INTERVAL_MS,
      seed: env.PERSONA_SEED,
    },
  };
}

/** Settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The settings, parsed. URLs have no slash at their end. */
export interface Settings {
  /** Port to listen on at 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  readonly authUrl: string;
  /** Where a persona may type its password on a page, and nowhere else. */
  readonly signInUrl: string;
  readonly apiUrl: string;
  /** The gateway's endpoint; ends with `/mcp`. */
  readonly mcpUrl: string;
  readonly personasKey: string;
  readonly seedSecret: string;
  readonly brain: "scripted" | "model";
  /** The model; absent: there is no key, and no way to the model's host. */
  readonly model: ModelSettings | undefined;
  readonly concurrency: number;
  readonly intervalMs: number;
  readonly seed: number;
}

/** Which model, and how much of it. */
export interface ModelSettings {
  readonly key: string;
  readonly url: string;
  readonly name: string;
  readonly budgetTokens: number;
}

const DEFAULTS: Readonly<Record<string, string>> = Object.fromEntries(
  SETTINGS.flatMap(({ name, fallback }) => fallback === null ? [] : [[name, fallback]]),
);
const MODEL_URL = "https://api.anthropic.com";
/** The reference publishes this secret: whoever reads it there could sign in as any persona. */
const PUBLIC_SEED_SECRET = "dev-persona-seed-secret-rotate-in-prod";
const MIN_SECRET = 16;

/** An http or https URL without user, query and fragment, and without slashes at its end. */
const serviceUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ["http:", "https:"].includes(protocol) && !(username || password || search || hash);
}, { error: "must be an http or https URL without user, query and fragment" })
  .transform((text) => text.replace(/\/+$/, ""));

function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d{1,15}$/, error).transform(Number).pipe(
    z.number().min(least, error).max(most, error),
  );
}

function secret() {
  const missing = "is missing: it stands in personas.json of the backend's data folder";
  return z.string({ error: missing }).min(MIN_SECRET, `must have at least ${MIN_SECRET} characters`);
}

const Environment = z.object({
  PERSONAS_PORT: z.string().regex(/^\d{1,5}$/, "must be a port number").transform(Number).pipe(
    z.number().max(65535, "must be a port number"),
  ),
  MANA_AUTH_URL: serviceUrl,
  MANA_SIGN_IN_URL: serviceUrl.optional(),
  MANA_API_URL: serviceUrl.optional(),
  MANA_MCP_URL: serviceUrl,
  MANA_PERSONAS_KEY: secret(),
  PERSONA_SEED_SECRET: secret().refine(
    (text) => text !== PUBLIC_SEED_SECRET,
    "must not be the secret that is published with the reference",
  ),
  PERSONA_BRAIN: z.enum(["scripted", "model"], { error: "must be scripted or model" }),
  ANTHROPIC_API_KEY: z.string().regex(/^[\x21-\x7e]{1,500}$/, "must be one word").optional(),
  ANTHROPIC_BASE_URL: serviceUrl.optional(),
  PERSONA_MODEL: z.string().regex(/^[A-Za-z0-9._:@/-]{1,100}$/, "must be the name of a model"),
  PERSONA_BUDGET_TOKENS: whole(1, 1_000_000_000),
  PERSONA_CONCURRENCY: whole(1, 20),
  PERSONA_TICK_INTERVAL_MS: whole(1000, 86_400_000),
  PERSONA_SEED: whole(0, 4_294_967_295),
});
