// Why an auth service gave no token, and what to do about it, in words of ours. Contract: auth-vault section 3.
import { counted } from "../../lib/kit/counted.ts";
import { type AuthAnswer, NoToken } from "./ask_auth.ts";

/** The words for an answer that is no token. */
export function describeRefusal({ status, code, waitSeconds }: AuthAnswer): NoToken {
  const known = code === null ? undefined : BY_CODE.get(code);
  if (known !== undefined) return new NoToken(known);
  if (status === 423 || code === "ACCOUNT_LOCKED") {
    return new NoToken(`The account is locked after too many wrong passwords: ${again(waitSeconds)}.`);
  }
  if (status === 429) return new NoToken(`Too many sign-ins: ${again(waitSeconds)}.`);
  if (status === 401) return new NoToken("The e-mail address or the password is wrong.");
  if (status >= 300 && status < 400) {
    return new NoToken("The address redirects: give the address that it leads to.");
  }
  if (status === 404 || status === 405 || status === 200) {
    return new NoToken("That is no auth service with /api/v1/auth/login: check the address.");
  }
  if (status >= 500) return new NoToken(`The auth service is not available (${status}): try again later.`);
  return new NoToken(`The auth service refused to sign you in (${status}): try it in the Mana app.`);
}

const BY_CODE: ReadonlyMap<string, string> = new Map([
  [
    "EMAIL_NOT_VERIFIED",
    "The e-mail address is not confirmed yet: follow the link in the mail that the auth service has sent.",
  ],
  [
    "INVALID_ORIGIN",
    "The auth service does not know itself by this address: give the one that it is configured with (its BASE_URL).",
  ],
]);

function again(seconds: number | null): string {
  if (seconds === null) return "try again later";
  return `try again in ${
    seconds < 120 ? counted(Math.ceil(seconds), "second") : counted(Math.ceil(seconds / 60), "minute")
  }`;
}
