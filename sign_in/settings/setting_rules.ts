// What single settings may be, for the process of this folder and for the embedded backend. The words never repeat a value:
// some values are secrets. Reads no environment.
import { z } from "zod";
import { isOrigin } from "../../process/is_origin.ts";
import { OPERATOR_FORMS, type OperatorSetting } from "../../process/operator/operator.ts";
import { parsePostgresAddress } from "../database/postgres_address.ts";
import { withoutEnding } from "../kit/without_ending.ts";
import { parseSecrets, SECRET_LENGTH } from "../secrets/secrets.ts";

/** A port; 0 lets the system choose. */
export const port = z.string().regex(/^\d{1,5}$/, "must be a port number").transform(Number).pipe(
  z.number().max(65535, "must be a port number"),
);
/** An http or https URL, without slashes at its end. */
export const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .transform((text) => withoutEnding(text, "/"));
/** An http or https URL without user, query and fragment, and without slashes at its end. */
export const plainUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ["http:", "https:"].includes(protocol) && !(username || password || search || hash);
}, { error: "must be an http or https URL without user, query and fragment" })
  .transform((text) => withoutEnding(text, "/"));

/** One origin of web pages. */
export const origin = z.string().refine(isOrigin, {
  error: "must list origins such as https://app.example.test or app://notes, separated by commas",
});
/** A comma list without empty parts. */
export const list = z.string().transform((text) =>
  text.split(",").map((part) => part.trim()).filter(Boolean)
);
/** The gateway as `deno task start` runs it, in both spellings that people type. */
export const DEFAULT_GATEWAY_ADDRESSES = ["http://127.0.0.1:3069/mcp", "http://localhost:3069/mcp"] as const;

/** RFC 8707, section 2, as MCP narrows it: https, or http on this computer; no query, no fragment. */
const gatewayAddress = z.string().refine((text) => {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" ||
    protocol === "http:" && isThisComputer(hostname);
}, {
  error:
    "must list URLs such as https://mcp.example.org/mcp, separated by commas; http only on this computer",
});
/** Addresses in the spelling of the URL standard: clients send them so, and tokens are compared with it. */
export const gatewayAddresses = list.pipe(z.tuple([gatewayAddress], gatewayAddress)).transform((
  [first, ...rest],
): [string, ...string[]] => [
  normalized(first),
  ...rest.map(normalized),
]);

/** A name in the public DNS, in lower case. An IP address is refused: its last label is digits. */
export const publicHost = z.string().refine((text) => {
  const labels = text.split(".");
  const last = labels.at(-1) ?? "";
  return labels.length > 1 && !LOCAL_ENDS.includes(last) && /^[a-z].+$/.test(last) &&
    labels.every((label) => /^[a-z0-9-]+$/.test(label) && !label.startsWith("-") && !label.endsWith("-"));
}, { error: "must list host names such as claude.ai, separated by commas" });
/** Where the PostgreSQL is. */
export const databaseUrl = z.string().transform(parsePostgresAddress).refine(
  (address) => address !== undefined,
  {
    error:
      "must be postgres://user:password@host/database, with ?sslmode=verify-full or ?sslmode=disable at most",
  },
);

/** A folder. It is the only one that the process may read and write, and Deno's lists of rights are split at commas. */
export function folder(variable: string) {
  return z.string().regex(
    /^[^,]*$/,
    `must have no comma in it, or the process would get rights to other folders: start it inside that folder with ${variable}=.`,
  );
}

/** What the pages say of the operator; see process/operator/. */
export const operatorRules = {
  OPERATOR_NAME: operatorText("OPERATOR_NAME"),
  OPERATOR_CONTACT: operatorText("OPERATOR_CONTACT"),
  OPERATOR_COUNTRY: operatorText("OPERATOR_COUNTRY"),
  PRIVACY_URL: operatorText("PRIVACY_URL"),
  TERMS_URL: operatorText("TERMS_URL"),
};

function operatorText(name: OperatorSetting) {
  const { words, fits } = OPERATOR_FORMS[name];
  return z.string().refine((text) => fits(text.trim()), { error: `must be ${words}` }).optional();
}

/** The secrets that seal, sign and open. */
export const secrets = z.string().transform(parseSecrets).refine((parsed) => parsed !== undefined, {
  error:
    "must be 2:secret,1:older-secret: a different whole number before each, without commas in them, each at least " +
    `${SECRET_LENGTH} characters long`,
});

/**
 * Parses the environment by a table of rules. An empty variable counts as absent. Tells every problem at once, each with the
 * name of its variable and without its value.
 */
export function parseEnvironment<Shape extends z.ZodRawShape>(
  rules: z.ZodObject<Shape>,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly data: z.output<z.ZodObject<Shape>> | undefined; readonly problems: readonly string[] } {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const parsed = rules.safeParse(Object.fromEntries(given));
  const problems = parsed.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}`) ?? [];
  const isAlone = environment.SIGN_IN_DATABASE_URL && !environment.SIGN_IN_SECRETS;
  return { data: parsed.data, problems: [...new Set([...problems, ...(isAlone ? [NEEDS_SECRETS] : [])])] };
}

/** Each node would make secrets of its own otherwise, and none could open what another sealed. */
const NEEDS_SECRETS = "SIGN_IN_SECRETS must be set where SIGN_IN_DATABASE_URL is set: 1: and at least " +
  `${SECRET_LENGTH} random characters, the same on every node`;

/** Whether a host name of a URL can only be this computer. */
export function isThisComputer(hostname: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}

function normalized(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + (pathname === "/" && !address.endsWith("/") ? "" : pathname);
}

/** Last labels that no public DNS has: such names would let strangers make us call into the local network. */
const LOCAL_ENDS = ["local", "localhost", "internal", "lan", "home", "arpa", "test"];
