// Every variable that the runner's process reads, with its default and its meaning. The README's table and the permission to read the
// environment are made of this list; settings.ts says what each value may be.

/** Every variable, in the order of the README. */
export const SETTINGS: readonly Setting[] = Object.freeze([
  {
    name: "PERSONAS_PORT",
    fallback: "3070",
    meaning: "Port of the report on this computer; 0 picks a free one and prints it.",
  },
  {
    name: "MANA_AUTH_URL",
    fallback: "http://localhost:3001",
    meaning: "The auth service at which personas sign in.",
  },
  {
    name: "MANA_SIGN_IN_URL",
    fallback: null,
    meaning: "The sign-in server where connected personas consent and decide; the auth service by default.",
  },
  {
    name: "MANA_API_URL",
    fallback: null,
    meaning: "The service that has the personas API; the auth service by default.",
  },
  {
    name: "MANA_MCP_URL",
    fallback: "http://127.0.0.1:3069",
    meaning: "The gateway that personas work through, with or without /mcp.",
  },
  {
    name: "MANA_PERSONAS_KEY",
    fallback: null,
    meaning: "By which the runner is known at the personas API; needed. It opens no data.",
  },
  {
    name: "PERSONA_SEED_SECRET",
    fallback: null,
    meaning: "What the passwords of personas follow from; needed. The same as where they were made.",
  },
  { name: "PERSONA_BRAIN", fallback: "scripted", meaning: "scripted or model: who thinks the days." },
  {
    name: "ANTHROPIC_API_KEY",
    fallback: null,
    meaning: "The model's key; needed with model. Without it the runner cannot reach the model's host.",
  },
  {
    name: "ANTHROPIC_BASE_URL",
    fallback: null,
    meaning: "Where the model is asked; https://api.anthropic.com by default.",
  },
  { name: "PERSONA_MODEL", fallback: "claude-haiku-4-5", meaning: "Which model plays." },
  {
    name: "PERSONA_BUDGET_TOKENS",
    fallback: "2000000",
    meaning: "Tokens of the model that may be used in a day, for all personas together.",
  },
  { name: "PERSONA_CONCURRENCY", fallback: "2", meaning: "How many personas are played at once, 1 to 20." },
  {
    name: "PERSONA_TICK_INTERVAL_MS",
    fallback: "60000",
    meaning: "How often the runner asks whose turn it is, from 1000.",
  },
  {
    name: "PERSONA_SEED",
    fallback: "1",
    meaning: "A whole number: with the same one, scripted days are the same.",
  },
]);

/** Names of the variables; the process may be granted these and no others. */
export const SETTING_NAMES: readonly string[] = SETTINGS.map(({ name }) => name);

/** One setting: its name in the environment, its default as text, and what it means, as the README shows it. */
export interface Setting {
  readonly name: string;
  /** Default as text; null when there is none. */
  readonly fallback: string | null;
  readonly meaning: string;
}
