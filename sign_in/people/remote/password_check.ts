// How the auth service compares passwords and codes: what is sent, and what each answer means (auth-vault, sections 3 and 11;
// the second factor was not seen on the service, better-auth 1.6 has it). Counts no attempts: held_attempts.ts does.
import { z } from "zod";
import { BUSY_SECONDS, LOGIN_LOCK_MS, SECOND_FACTOR_MS } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import { type AskAuthService, type AuthAnswer, type AuthQuestion, logAnswer } from "./ask_auth_service.ts";
import { SECOND_FACTOR_COOKIE, SESSION_COOKIE, takeSetCookie } from "./auth_cookies.ts";
import { SessionUser } from "./auth_service.ts";

/** Compares passwords and codes at the auth service. */
export interface PasswordCheck {
  /** `address`: the network address that the attempt comes from. */
  checkPassword(email: string, password: string, address: string): Promise<PasswordAnswer>;
  /** `cookie`: that of {@link CodeNeeded}. */
  checkCode(cookie: string, code: string, address: string): Promise<CodeAnswer>;
}

/** Creates the checks. */
export function createPasswordCheck(deps: PasswordCheckDeps): PasswordCheck {
  return {
    async checkPassword(email, password, address) {
      const question: AuthQuestion = { method: "POST", path: SIGN_IN, body: { email, password }, address };
      return judgePassword(deps, question, await deps.ask(question));
    },
    async checkCode(cookie, code, address) {
      const path = /^\d{6}$/.test(code) ? TOTP : BACKUP_CODE;
      const question: AuthQuestion = { method: "POST", path, cookie, body: { code }, address };
      return judgeCode(deps, question, await deps.ask(question));
    },
  };
}

/** What the checks are made of. */
export interface PasswordCheckDeps {
  readonly ask: AskAuthService;
  readonly log: ServiceLog;
}

/** The person is in: the cookie of their new session, and who the auth service says they are. */
export interface SignedInThere {
  readonly outcome: "signed-in";
  readonly cookie: string;
  readonly user: SessionUser;
}

/** The password is right, and a code is asked for. */
export interface CodeNeeded {
  readonly outcome: "code-needed";
  /** Stands for the sign-in that waits. */
  readonly cookie: string;
  /** How long the auth service waits. */
  readonly waitsMs: number;
}

/** Nothing was compared, or nobody knows. */
export type NoAnswer =
  | { readonly outcome: "held-back" | "busy"; readonly seconds: number }
  /** `isLate`: the auth service may have compared the password; its answer did not come in time. */
  | { readonly outcome: "unavailable"; readonly isLate: boolean };

/** What came of a password. */
export type PasswordAnswer =
  | SignedInThere
  | CodeNeeded
  | NoAnswer
  | { readonly outcome: "wrong-password" | "unconfirmed" };

/** What came of a code. `over`: the auth service does not wait for it any more. */
export type CodeAnswer = SignedInThere | NoAnswer | { readonly outcome: "wrong-code" | "over" };

const SIGN_IN = "/api/auth/sign-in/email";
const TOTP = "/api/auth/two-factor/verify-totp";
const BACKUP_CODE = "/api/auth/two-factor/verify-backup-code";

const Entered = z.object({ user: SessionUser });
const AsksForCode = z.object({ twoFactorRedirect: z.literal(true) });
const Refusal = z.object({
  code: z.string().optional(),
  error: z.string().optional(),
  retryAfterSec: z.number().optional(),
});

/** Whether a refusal has one of these codes; the auth service has two envelopes (auth-vault, section 3). */
function hasCode({ code, error }: z.infer<typeof Refusal>, codes: readonly string[]): boolean {
  return codes.some((each) => each === code || each === error);
}

/** Answers about a code that can no longer be right, by better-auth's names. */
const OVER = ["INVALID_TWO_FACTOR_COOKIE", "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "OTP_HAS_EXPIRED"];

function judgePassword(deps: PasswordCheckDeps, question: AuthQuestion, answer: AuthAnswer): PasswordAnswer {
  if (answer.status === 200) {
    // First of all: an answer that asks for a second factor lets nobody in, whatever else it has.
    if (AsksForCode.safeParse(answer.json).success) return waitForCode(deps, question, answer);
    return signedIn(answer) ?? noAnswer(deps, question, answer);
  }
  const refusal = Refusal.safeParse(answer.json).data;
  if (refusal !== undefined) {
    // 400: better-auth sees no e-mail address in the text.
    if (answer.status === 401 || answer.status === 400) return { outcome: "wrong-password" };
    if (answer.status === 403 && hasCode(refusal, ["EMAIL_NOT_VERIFIED"])) return { outcome: "unconfirmed" };
  }
  return noAnswer(deps, question, answer);
}

function judgeCode(deps: PasswordCheckDeps, question: AuthQuestion, answer: AuthAnswer): CodeAnswer {
  if (answer.status === 200) return signedIn(answer) ?? noAnswer(deps, question, answer);
  const refusal = Refusal.safeParse(answer.json).data;
  if (refusal !== undefined && (answer.status === 401 || answer.status === 400)) {
    return { outcome: hasCode(refusal, OVER) ? "over" : "wrong-code" };
  }
  return noAnswer(deps, question, answer);
}

/** In is only who has a session: the answer names the person and sets the session's cookie. */
function signedIn({ json, headers }: AuthAnswer): SignedInThere | undefined {
  const entered = Entered.safeParse(json).data;
  const cookie = takeSetCookie(headers, SESSION_COOKIE)?.pair;
  return entered === undefined || cookie === undefined
    ? undefined
    : { outcome: "signed-in", cookie, user: entered.user };
}

function waitForCode(
  deps: PasswordCheckDeps,
  question: AuthQuestion,
  answer: AuthAnswer,
): CodeNeeded | NoAnswer {
  const cookie = takeSetCookie(answer.headers, SECOND_FACTOR_COOKIE);
  if (cookie === undefined) return noAnswer(deps, question, answer);
  const waitsMs = Math.min((cookie.maxAge ?? Infinity) * 1000, SECOND_FACTOR_MS);
  return { outcome: "code-needed", cookie: cookie.pair, waitsMs };
}

function noAnswer({ log }: PasswordCheckDeps, question: AuthQuestion, answer: AuthAnswer): NoAnswer {
  if (answer.status !== 429) {
    logAnswer(log, question, answer);
    return { outcome: "unavailable", isLate: answer.status === "late" };
  }
  const refusal = Refusal.catch({}).parse(answer.json);
  const isLocked = hasCode(refusal, ["ACCOUNT_LOCKED"]);
  const given = refusal.retryAfterSec ??
    Number(answer.headers.get("x-retry-after") ?? answer.headers.get("retry-after") ?? NaN);
  const usual = isLocked ? LOGIN_LOCK_MS / 1000 : BUSY_SECONDS;
  const seconds = Number.isFinite(given) ? Math.min(Math.max(Math.ceil(given), 1), 3600) : usual;
  return { outcome: isLocked ? "held-back" : "busy", seconds };
}
