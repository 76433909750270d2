// Every variable the gateway reads, with its default and its meaning. The README's table and the permission to read the
// environment are made of this list; settings.ts says what each value may be.
import { OPERATOR_SETTINGS } from "../../process/operator/operator.ts";
import { SERVICES } from "../kit/services.ts";
import { DEFAULT_MEMORY_MB } from "./memory_shares.ts";

/** Every variable, in the order of the README. */
export const SETTINGS: readonly Setting[] = Object.freeze([
  { name: "PORT", fallback: "3069", meaning: "Port to listen on; 0 picks a free one and prints it." },
  { name: "HOST", fallback: "127.0.0.1", meaning: "Address to listen on." },
  ...SERVICES.map(({ setting, fallback, meaning }) => ({ name: setting, fallback, meaning })),
  { name: "JWT_AUDIENCE", fallback: "mana", meaning: "Audience that tokens must carry." },
  {
    name: "JWT_ISSUER",
    fallback: null,
    meaning: "Issuer that people's own tokens must carry, or a comma list; the auth URL by default.",
  },
  {
    name: "SIGN_IN_ISSUER",
    fallback: null,
    meaning:
      "Issuer that tokens of connected apps must carry: the sign-in server's public address. MANA_SIGN_IN_URL by default, or JWT_ISSUER without it.",
  },
  {
    name: "PUBLIC_URL",
    fallback: null,
    meaning:
      "Address under which people reach the gateway, with its path where it has one and without /mcp; the Host they use by default.",
  },
  {
    name: "TOKEN_FORWARDING",
    fallback: "deny",
    meaning:
      "allow: where the auth service offers no token exchange, connected apps' own tokens go to the services.",
  },
  {
    name: "CORS_ORIGINS",
    fallback: null,
    meaning:
      "Comma list of origins whose pages may call the gateway and the embedded backend, such as https://app.example.test or app://notes; none by default.",
  },
  {
    name: "ALLOWED_HOSTS",
    fallback: null,
    meaning: "Comma list of Host header values; localhost, 127.0.0.1, [::1] and HOST by default.",
  },
  {
    name: "MANA_MCP_CLIENT_ID",
    fallback: "mana-mcp",
    meaning: "Client id of this gateway's writes in the sync log.",
  },
  { name: "POLICY_MODE", fallback: "enforce", meaning: "Policy gate: enforce, log-only or off." },
  {
    name: "RATE_LIMIT_WRITES",
    fallback: "30",
    meaning: "Calls of one writing tool by one person in a rolling minute; 0 means no limit.",
  },
  {
    name: "RATE_LIMIT_READS",
    fallback: "120",
    meaning: "The same for a reading tool.",
  },
  {
    name: "DESTRUCTIVE_TOOLS",
    fallback: null,
    meaning: "Comma list of deleting tools, such as todo.delete, that run without asking the person first.",
  },
  { name: "MCP_TOOL_NAMES", fallback: "underscore", meaning: "Tool names in lists: underscore or dotted." },
  {
    name: "MANA_SERVICE_KEY",
    fallback: null,
    meaning:
      "To look memberships up where the auth service refuses a person's JWT on its list of spaces: without it every tool is refused there.",
  },
  {
    name: "SIGN_IN_SERVICE_KEY",
    fallback: null,
    meaning:
      "With MANA_SIGN_IN_URL: the key that the sign-in server knows this gateway by, at least 32 characters. Without: MANA_SERVICE_KEY is used.",
  },
  {
    name: "REQUIRE_SEALED",
    fallback: "false",
    meaning:
      "true: plaintext found in a field that should be sealed is reported as unreadable, except where the Mana apps themselves store it (missions).",
  },
  {
    name: "LEDGER",
    fallback: "best-effort",
    meaning:
      "Notes what apps were handed in the person's ledger: best-effort, strict (no answer without its row) or off. Who asks for strict gets it.",
  },
  {
    name: "NODE_SECRET",
    fallback: null,
    meaning:
      "Secrets that several gateways share, newest first, such as 2:newer,1:older, each 32 random bytes in base64. What one gateway began goes on at another.",
  },
  {
    name: "VALKEY_URL",
    fallback: null,
    meaning:
      "Store that several gateways share for exact limits and news: rediss://user:password@host:port, or redis: on this computer. Needs NODE_SECRET.",
  },
  {
    name: "NODES",
    fallback: "1",
    meaning:
      "How many gateways serve the same people: while the shared store cannot be asked, each allows its part of the limits.",
  },
  {
    name: "METRICS_PORT",
    fallback: null,
    meaning:
      "Port of HOST for /metrics, which the main port then has no more, /health and /ready; worker 2 has the next port, and so on.",
  },
  {
    name: "WORKER",
    fallback: null,
    meaning:
      "Which of several workers on one port this process is, such as 2/4: `deno task serve --workers 4` sets it, or a unit does. Needs NODE_SECRET.",
  },
  {
    name: "MEMORY_MB",
    fallback: String(DEFAULT_MEMORY_MB),
    meaning:
      "Memory in MB, from 350, that this process keeps to with many people: above 300 it holds their records, so that they need not be fetched and opened anew.",
  },
  ...OPERATOR_SETTINGS,
  { name: "LOG_LEVEL", fallback: "info", meaning: "debug, info, warn or error." },
  {
    name: "ALLOW_UNCONFINED",
    fallback: "false",
    meaning: "true or 1: serve even though the process may do more than `deno task permissions` prints.",
  },
]);

/** One setting: its name in the environment, its default as text, and what it means, as the README shows it. */
export interface Setting {
  readonly name: string;
  /** Default as text; null when there is none. */
  readonly fallback: string | null;
  readonly meaning: string;
}
