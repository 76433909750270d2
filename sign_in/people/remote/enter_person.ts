// Lets a person in whom the auth service knows: makes or renews their row here, opens a browser's session of this server, and
// keeps the auth service's cookie for it. Who the person is, is said by a token that the auth service signed, and by nothing else.
import { z } from "zod";
import { type Identity, isAuthRefusal } from "../../identity/identity.ts";
import { ADMISSION_HEADER } from "../../identity/identity_options.ts";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import type { Entered } from "../entrance.ts";
import { PeopleFault } from "../people.ts";
import type { SessionUser } from "./auth_service.ts";
import { type AuthSessions, placeOf } from "./auth_sessions.ts";
import type { PersonTokens } from "./person_tokens.ts";
import type { SessionEndings } from "./session_endings.ts";

/** How letting somebody in ended. */
export type EnterOutcome = Entered | { readonly outcome: "expired" | "unavailable" };

/**
 * Lets in whoever the cookie belongs to, and goes on with the app's request that waits. Where that fails, the session at the
 * auth service is ended again: nobody would hold it.
 */
export async function enterPerson(
  deps: EnterPersonDeps,
  there: SessionThere,
  oauthQuery: string,
): Promise<EnterOutcome> {
  let userId = "";
  try {
    const { sub, email } = await deps.tokens.identify(there.cookie);
    userId = sub;
    if (there.user.id !== sub) {
      deps.log({ event: "auth-session-of-another-person" });
      throw new PeopleFault("unavailable");
    }
    await writeUser(deps, {
      id: sub,
      email: (email ?? there.user.email).toLowerCase(),
      name: there.user.name,
    });
    const opened = await openSession(deps, sub, oauthQuery);
    await deps.sessions.keep(placeOf({ kind: "session", userId, sessionId: opened.sessionId }), there.cookie);
    return { outcome: "entered", cookies: opened.cookies, url: opened.url };
  } catch (error) {
    await deps.endings.abandon(there.cookie, userId);
    if (isAuthRefusal(error)) return { outcome: "expired" };
    if (error instanceof PeopleFault) return { outcome: "unavailable" };
    throw error;
  }
}

/** Whether an app's request was signed by this server and is young enough; true where no app waits. */
export async function isOpenRequest(
  { identity }: Pick<EnterPersonDeps, "identity">,
  oauthQuery: string,
): Promise<boolean> {
  if (oauthQuery === "") return true;
  try {
    await identity.api.readAuthorization({ body: { oauth_query: oauthQuery } });
    return true;
  } catch (error) {
    if (isAuthRefusal(error)) return false;
    throw error;
  }
}

/** What entering is made of. */
export interface EnterPersonDeps {
  readonly identity: Identity;
  readonly admission: string;
  readonly signIn: SignInDatabase;
  /** Public base URL of this server. */
  readonly issuer: string;
  readonly sessions: AuthSessions;
  readonly tokens: PersonTokens;
  readonly endings: SessionEndings;
  readonly log: (entry: { readonly event: string }) => void;
}

/** A session at the auth service, and who it says the person is. */
export interface SessionThere {
  /** `name=value` */
  readonly cookie: string;
  readonly user: SessionUser;
}

interface UserValues {
  readonly id: string;
  readonly email: string;
  readonly name: string | null | undefined;
}

/**
 * The row has the person's id at the auth service. Another row with the same e-mail address gives it up: the address has
 * moved from one account to another there, and an address belongs to one row here.
 */
async function writeUser(
  { identity, signIn }: EnterPersonDeps,
  { id, email, name }: UserValues,
): Promise<void> {
  const { adapter } = await identity.$context;
  const values = { email, emailVerified: true, name: name?.slice(0, 100) || (email.split("@")[0] ?? email) };
  // Two nodes that let the same person in for the first time must not make two rows.
  await signIn.alone(() =>
    adapter.transaction(async (trx) => {
      const other = await trx.findOne<{ id: string }>({
        model: "user",
        where: [{ field: "email", value: email }],
      });
      if (other !== null && other.id !== id) {
        const where = [{ field: "id", value: other.id }];
        await trx.update({ model: "user", where, update: { email: `${other.id}@moved.invalid` } });
      }
      const where = [{ field: "id", value: id }];
      const updatedAt = new Date();
      if (await trx.findOne({ model: "user", where }) !== null) {
        await trx.update({ model: "user", where, update: { ...values, updatedAt } });
      } else {
        await trx.create({
          model: "user",
          data: { id, ...values, createdAt: updatedAt, updatedAt },
          forceAllowId: true,
        });
      }
    })
  );
}

/** better-auth's answer where an app waits: the address at which its request goes on. */
const Opened = z.object({ url: z.string().nullish() });

/** Opens a session of this server, with an id that nobody has seen before. @throws {APIError} for an app's request too old */
async function openSession(
  { identity, issuer, admission }: EnterPersonDeps,
  userId: string,
  oauthQuery: string,
) {
  const request = new Request(`${issuer}/api/auth/open-session`, {
    method: "POST",
    // The admission is for the provider's own endpoint, which goes on with the app's request and is guarded.
    headers: { accept: "application/json", [ADMISSION_HEADER]: admission },
  });
  const answer = await identity.api.openSession({
    body: { userId, ...(oauthQuery === "" ? {} : { oauth_query: oauthQuery }) },
    request,
    headers: request.headers,
    asResponse: true,
  });
  const cookies = answer.headers.getSetCookie();
  const { url } = Opened.parse(await answer.json());
  const cookie = cookies.map((line) => line.split(";")[0]).join("; ");
  const opened = await identity.api.getSession({ headers: new Headers({ cookie }) });
  if (opened?.user.id !== userId) throw new Error("Cannot read the session that was just opened");
  return { cookies, url: url || undefined, sessionId: opened.session.id };
}
