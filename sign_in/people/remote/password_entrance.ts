// How people with a password at the auth service come in: it is compared there, and held back before it is sent where too many
// were wrong. Neither password nor code is stored, logged or told to anybody else.
import { z } from "zod";
import { sha256 } from "../../kit/sha256.ts";
import type {
  CodeAttempt,
  CodeOutcome,
  PasswordEntrance,
  SignInAttempt,
  SignInOutcome,
} from "../entrance.ts";
import { enterPerson, type EnterPersonDeps, isOpenRequest } from "./enter_person.ts";
import type { BegunAttempt, HeldAttempts } from "./held_attempts.ts";
import type { CodeNeeded, NoAnswer, PasswordCheck, SignedInThere } from "./password_check.ts";
import type { SealedPlace, Sealing } from "./sealing.ts";

/** Creates the entrance. */
export function createPasswordEntrance(deps: PasswordEntranceDeps): PasswordEntrance {
  return {
    kind: "password",
    forgotUrl: deps.forgotUrl,
    signIn: (attempt) => signIn(deps, attempt),
    verifyCode: (attempt) => verifyCode(deps, attempt),
    leave: (sessionId) => deps.endings.leave(`session:${sessionId}`),
  };
}

/** What the entrance is made of. */
export interface PasswordEntranceDeps extends EnterPersonDeps {
  readonly check: PasswordCheck;
  readonly held: HeldAttempts;
  /** Seals sign-ins that wait for a code. */
  readonly pendingSealing: Sealing;
  readonly forgotUrl: string | undefined;
  readonly now: () => number;
}

async function signIn(deps: PasswordEntranceDeps, attempt: SignInAttempt): Promise<SignInOutcome> {
  const { password, oauthQuery, address } = attempt;
  const email = attempt.email.trim().toLowerCase();
  if (!await isOpenRequest(deps, oauthQuery)) return { outcome: "expired" };
  const begun = await deps.held.begin({ kind: "password", email, address });
  if (begun.outcome !== "begun") return begun;
  const answer = await deps.check.checkPassword(email, password, address);
  switch (answer.outcome) {
    case "signed-in":
      return await enter(deps, begun, answer, oauthQuery);
    case "code-needed":
      await begun.notCompared();
      return { outcome: "code-needed", pending: await sealPending(deps, email, answer, oauthQuery) };
    case "unconfirmed":
      await begun.notCompared();
      return { outcome: "unconfirmed" };
    case "wrong-password":
      return { outcome: "wrong-password" };
    default:
      return await noAnswer(begun, answer);
  }
}

async function verifyCode(deps: PasswordEntranceDeps, attempt: CodeAttempt): Promise<CodeOutcome> {
  const { oauthQuery, address, pending } = attempt;
  if (!await isOpenRequest(deps, oauthQuery)) return { outcome: "expired" };
  const waiting = await openPending(deps, pending, oauthQuery);
  if (waiting === undefined || waiting.until <= deps.now()) return { outcome: "over" };
  const begun = await deps.held.begin({ kind: "code", email: waiting.email, address });
  if (begun.outcome !== "begun") return begun;
  const answer = await deps.check.checkCode(waiting.cookie, attempt.code.replaceAll(/\s/g, ""), address);
  switch (answer.outcome) {
    case "signed-in":
      return await enter(deps, begun, answer, oauthQuery);
    case "wrong-code":
      return { outcome: "wrong-code", pending };
    case "over":
      await begun.notCompared();
      return { outcome: "over" };
    default:
      return await noAnswer(begun, answer);
  }
}

async function enter(
  deps: PasswordEntranceDeps,
  begun: BegunAttempt,
  there: SignedInThere,
  oauthQuery: string,
) {
  await begun.succeeded();
  return await enterPerson(deps, there, oauthQuery);
}

/** An answer that came too late counts: the auth service may have counted the attempt as well. */
async function noAnswer(begun: BegunAttempt, answer: NoAnswer) {
  if (answer.outcome !== "unavailable") {
    await begun.notCompared();
    return { outcome: answer.outcome, seconds: answer.seconds };
  }
  if (!answer.isLate) await begun.notCompared();
  return { outcome: answer.outcome };
}

/** A sign-in that waits for a code. */
const Pending = z.object({ cookie: z.string(), email: z.string(), until: z.number() });

/** Sealed for the app's request that waits: in another request, and so for another app, it does not open. */
async function toPlace(oauthQuery: string): Promise<SealedPlace> {
  return { holder: `request:${await sha256(oauthQuery)}`, userId: "" };
}

async function sealPending(
  deps: PasswordEntranceDeps,
  email: string,
  { cookie, waitsMs }: CodeNeeded,
  oauthQuery: string,
): Promise<string> {
  const pending: z.infer<typeof Pending> = { cookie, email, until: deps.now() + waitsMs };
  return await deps.pendingSealing.seal(JSON.stringify(pending), await toPlace(oauthQuery));
}

async function openPending(deps: PasswordEntranceDeps, pending: string, oauthQuery: string) {
  const text = await deps.pendingSealing.open(pending, await toPlace(oauthQuery));
  return text === undefined ? undefined : Pending.parse(JSON.parse(text));
}
