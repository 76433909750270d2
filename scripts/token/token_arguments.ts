// What `deno task token` is asked for, and the one address that it may then reach.
import { hostAndPort } from "../../process/address.ts";
import { isPlainUrl } from "../../lib/settings/setting_reader.ts";

/** How the task is called, for whoever called it wrong. */
export const USAGE =
  "deno task --quiet token                     of the first person of a running deno task start\n" +
  "deno task --quiet token --auth URL [EMAIL]  of anybody, at the auth service with this address";

/** Reads the arguments of the task. A password is not among them: others could read it in the list of processes. */
export function tokenArguments(args: readonly string[]): TokenArguments {
  if (args.length === 0) return { ok: true, auth: null };
  const [flag, url = "", email = null, ...more] = args.flatMap((argument) =>
    argument.startsWith(FLAG_VALUE) ? ["--auth", argument.slice(FLAG_VALUE.length)] : [argument]
  );
  if (flag !== "--auth" || more.length > 0) return { ok: false, problem: "Unknown arguments." };
  if (!isPlainUrl(url)) {
    return { ok: false, problem: "--auth takes an http or https URL without user, query and fragment." };
  }
  if (email !== null && !email.includes("@")) {
    return { ok: false, problem: "What follows the URL is an e-mail address." };
  }
  return { ok: true, auth: { url: url.replace(/\/$/, ""), host: hostAndPort(url), email } };
}

const FLAG_VALUE = "--auth=";

/** What was asked for; `auth` is null for the first person of a running start. */
export type TokenArguments =
  | { readonly ok: true; readonly auth: AskedService | null }
  | { readonly ok: false; readonly problem: string };

/** An auth service, and who wants a token there. */
export interface AskedService {
  /** Without a trailing slash. */
  readonly url: string;
  /** As `--allow-net` takes it. */
  readonly host: string;
  /** Null where it has to be asked for. */
  readonly email: string | null;
}
