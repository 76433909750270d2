// What this server asks the auth service about a session, and what the answers mean (auth-vault, sections 2 to 4 and 11).
// How people sign in there is password_check.ts.
import type { JSONWebKeySet } from "@panva/jose";
import { z } from "zod";
import type { ServiceLog } from "../../kit/service_log.ts";
import { PeopleFault } from "../people.ts";
import { type AskAuthService, type AuthAnswer, type AuthQuestion, logAnswer } from "./ask_auth_service.ts";

/** The auth service, as far as sessions go. Each method but `signOut` throws {@link PeopleFault}. */
export interface AuthService {
  /** A JWT of the session's person, not verified yet. */
  readToken(cookie: string): Promise<string>;
  /** The person's spaces, not parsed yet. */
  readSpaces(cookie: string): Promise<readonly unknown[]>;
  /** Whose session it is; `undefined`: nobody's. */
  readSession(cookie: string): Promise<SessionUser | undefined>;
  /** Ends the session. Returns whether it is over for certain: signing out was taken, and no token comes any more. */
  signOut(cookie: string): Promise<boolean>;
  /** Whether the session is over. Throws nothing: no answer is no. */
  isOver(cookie: string): Promise<boolean>;
  /** The public keys that JWTs are signed with. */
  readKeys(): Promise<JSONWebKeySet>;
}

/** Creates the questions. */
export function createAuthService(deps: AuthServiceDeps): AuthService {
  const { ask } = deps;
  const about = async (path: string, cookie: string): Promise<unknown> => {
    const question: AuthQuestion = { method: "GET", path, cookie };
    const answer = await ask(question);
    if (answer.status === 200 && answer.json !== undefined) return answer.json;
    if (isRefusal(answer) && await hasNoSession(ask, cookie)) throw new PeopleFault("gone");
    return unavailable(deps, question, answer);
  };
  const service: AuthService = {
    readToken: async (cookie) => parse(deps, TOKEN, Token, await about(TOKEN, cookie)).token,
    readSpaces: async (cookie) => parse(deps, SPACES, z.array(z.unknown()), await about(SPACES, cookie)),
    async readSession(cookie) {
      return parse(deps, SESSION, Session, await about(SESSION, cookie))?.user;
    },
    async signOut(cookie) {
      const question: AuthQuestion = { method: "POST", path: SIGN_OUT, cookie };
      const answer = await ask(question);
      if (answer.status !== 200) logAnswer(deps.log, question, answer);
      return answer.status === 200 && await service.isOver(cookie);
    },
    async isOver(cookie) {
      return isRefusal(await ask({ method: "GET", path: TOKEN, cookie }));
    },
    async readKeys() {
      const question: AuthQuestion = { method: "GET", path: KEYS };
      const answer = await ask(question);
      const keys = answer.status === 200 ? Keys.safeParse(answer.json).data : undefined;
      return keys ?? unavailable(deps, question, answer);
    },
  };
  return service;
}

/** What the questions are made of. */
export interface AuthServiceDeps {
  readonly ask: AskAuthService;
  readonly log: ServiceLog;
}

/** The person of a session, as the auth service tells them. */
export type SessionUser = z.infer<typeof SessionUser>;
/** The person of a session. */
export const SessionUser = z.object({
  id: z.string().min(1).max(255),
  email: z.string().min(3).max(320),
  name: z.string().max(1000).nullish(),
});

const TOKEN = "/api/auth/token";
const SPACES = "/api/auth/organization/list";
const SESSION = "/api/auth/get-session";
const SIGN_OUT = "/api/auth/sign-out";
const KEYS = "/api/auth/jwks";

const Token = z.object({ token: z.string().min(1) });
const Session = z.object({ user: SessionUser }).nullable();
const Keys = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** The auth service's own refusal. A proxy's 401 is a page, and says nothing about the session. */
function isRefusal({ status, json }: AuthAnswer): boolean {
  return status === 401 && typeof json === "object" && json !== null;
}

/**
 * Whether the auth service says that the cookie has no session. A refusal alone is not believed, since a grant that ended
 * does not come back: a proxy in front may refuse everybody for an hour, but it does not answer `null` here.
 */
async function hasNoSession(ask: AskAuthService, cookie: string): Promise<boolean> {
  const { status, json } = await ask({ method: "GET", path: SESSION, cookie });
  return status === 200 && json === null;
}

function parse<T>(deps: AuthServiceDeps, path: string, schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  deps.log({ event: "auth-service-answer", path, status: "another shape" });
  throw new PeopleFault("unavailable");
}

function unavailable({ log }: AuthServiceDeps, question: AuthQuestion, answer: AuthAnswer): never {
  logAnswer(log, question, answer);
  throw new PeopleFault("unavailable");
}
