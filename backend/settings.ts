import { z } from "zod";
import { KEY_BYTES } from "./limits.ts";

/** Names of the environment variables that the backend reads; it may be granted these and no others. */
export const SETTING_NAMES = [
  "BACKEND_PORT",
  "BACKEND_SYNC_PORT",
  "BACKEND_HOST",
  "BACKEND_DATA",
  "BACKEND_FIRST_PERSON",
  "JWT_AUDIENCE",
  "JWT_ISSUER",
  "MANA_SERVICE_KEY",
  "MANA_AUTH_KEK",
  "CORS_ORIGINS",
] as const;

/** What the backend is started with. */
export interface Settings {
  /** Port of auth and vault; 0 lets the system choose. */
  readonly port: number;
  /** Port of sync; 0 lets the system choose. */
  readonly syncPort: number;
  /** A loopback address. */
  readonly host: string;
  /** The one folder that the backend reads and writes. */
  readonly data: string;
  /** E-mail address of the account to create at first start. */
  readonly firstPerson: string | undefined;
  readonly audience: string;
  /** Public base URL, the `iss` of every token; absent: `http://localhost:<port>`. */
  readonly issuer: string | undefined;
  /** Absent: the internal endpoints answer 401 to everybody. */
  readonly serviceKey: string | undefined;
  /** Absent: a key is generated into the data folder. */
  readonly kek: Uint8Array<ArrayBuffer> | undefined;
  readonly origins: readonly string[];
}

/** Settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const port = z.string().regex(/^\d{1,5}$/, "must be a port number").transform(Number).pipe(
  z.number().max(65535, "must be a port number"),
);
const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const origin = z.string().refine(
  (text) => URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text,
  { error: "must list origins such as http://localhost:5173, separated by commas" },
);
const kek = z.base64("must be base64").transform((text) => Uint8Array.fromBase64(text)).refine(
  (bytes) => bytes.length === KEY_BYTES,
  { error: `must be ${KEY_BYTES} bytes in base64` },
);

const Environment = z.object({
  BACKEND_PORT: port.default(3001),
  BACKEND_SYNC_PORT: port.default(3050),
  // Only loopback: the passwords and keys of this service travel over plain HTTP.
  BACKEND_HOST: z.enum(["127.0.0.1", "localhost", "::1"], {
    error: "must be a loopback address: 127.0.0.1, localhost or ::1",
  }).default("127.0.0.1"),
  BACKEND_DATA: z.string().default("./.mana"),
  BACKEND_FIRST_PERSON: z.email("must be an e-mail address").optional(),
  JWT_AUDIENCE: z.string().default("mana"),
  JWT_ISSUER: url.transform((text) => text.replace(/\/+$/, "")).optional(),
  MANA_SERVICE_KEY: z.string().min(8, "must have at least 8 characters").optional(),
  MANA_AUTH_KEK: kek.optional(),
  CORS_ORIGINS: z.string().default("http://localhost:5173")
    .transform((text) => text.split(",").map((part) => part.trim()).filter(Boolean)).pipe(z.array(origin)),
});

/**
 * Parses the environment. An empty variable counts as absent. Reports every problem at once, each naming
 * its variable; never repeats a value, because two of them are secrets.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const parsed = Environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((one) => `${String(one.path[0])} ${one.message}`);
    return { ok: false, problems: [...new Set(problems)] };
  }
  const env = parsed.data;
  if (env.BACKEND_PORT !== 0 && env.BACKEND_PORT === env.BACKEND_SYNC_PORT) {
    return { ok: false, problems: ["BACKEND_SYNC_PORT must differ from BACKEND_PORT"] };
  }
  return {
    ok: true,
    settings: {
      port: env.BACKEND_PORT,
      syncPort: env.BACKEND_SYNC_PORT,
      host: env.BACKEND_HOST,
      data: env.BACKEND_DATA,
      firstPerson: env.BACKEND_FIRST_PERSON,
      audience: env.JWT_AUDIENCE,
      issuer: env.JWT_ISSUER,
      serviceKey: env.MANA_SERVICE_KEY,
      kek: env.MANA_AUTH_KEK,
      origins: env.CORS_ORIGINS,
    },
  };
}
