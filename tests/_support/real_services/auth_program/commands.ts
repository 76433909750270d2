// What happens to people and spaces elsewhere: in their mail, in another browser, by an administrator.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";
import type { Command } from "../wire.ts";
import { cookieOf } from "./account_routes.ts";
import type { Identity, Mail } from "./identity.ts";
import { addMember, makeSpace } from "./spaces.ts";
import { idOf, removeRows, type Tables } from "./tables.ts";

/** Does as it is told, and returns what the command promises. @throws {Error} when the person or the space is unknown */
export async function obey(deps: CommandDeps, command: Command): Promise<unknown> {
  const { identity, tables, mails, secrets } = deps;
  switch (command.name) {
    case "confirm":
      return await confirm(deps, command.email);
    case "links":
      return mails.filter(({ email }) => email === command.email).map(({ url }) => url);
    case "endSessions":
      return endSessions(tables, command.email);
    case "changePassword": {
      const { internalAdapter, password } = await identity.$context;
      const hash = await password.hash(command.password);
      await internalAdapter.updatePassword(idOf(tables, command.email), hash);
      return endSessions(tables, command.email);
    }
    case "switchOnSecondFactor":
      return await switchOnSecondFactor(deps, command.email, command.password);
    case "secondFactorCode":
      return await createOTP(secrets.get(command.email) ?? "").totp();
    case "makeSpace": {
      const { title, type } = command;
      return makeSpace(tables, { title, type, ownerId: idOf(tables, command.owner) });
    }
    case "renameSpace": {
      const space = tables.organization.find(({ id }) => id === command.spaceId);
      if (space === undefined) throw new Error(`There is no space ${command.spaceId}`);
      space.name = command.title;
      return;
    }
    case "addMember":
      return addMember(tables, command.spaceId, idOf(tables, command.email), "member");
    case "removeMember": {
      const userId = idOf(tables, command.email);
      return removeRows(
        tables.member,
        (row) => row.organizationId === command.spaceId && row.userId === userId,
      );
    }
    case "rotateSigningKey":
      // better-auth signs with a new key as soon as the latest has ended, and goes on showing the old for a while.
      for (const key of tables.jwks) key.expiresAt ??= new Date(Date.now() - 1);
      return;
  }
}

/** What commands need. */
export interface CommandDeps {
  readonly identity: Identity;
  readonly tables: Tables;
  readonly mails: readonly Mail[];
  /** Secrets of second factors by address, as the person's authenticator has them. */
  readonly secrets: Map<string, string>;
}

/** Follows the link of the last mail, as the person does. */
async function confirm({ identity, mails }: CommandDeps, address: string): Promise<void> {
  const mail = mails.findLast(({ email, url }) => email === address && url.includes("/verify-email"));
  const token = mail && new URL(mail.url).searchParams.get("token");
  if (!token) throw new Error(`No link to confirm was mailed to ${address}`);
  await identity.api.verifyEmail({ query: { token } });
}

function endSessions(tables: Tables, email: string): void {
  const userId = idOf(tables, email);
  removeRows(tables.session, (row) => row.userId === userId);
}

/** Switches it on as the plugin would, past the public route, which fails on the service. Returns the backup codes. */
async function switchOnSecondFactor(
  { identity, secrets }: CommandDeps,
  email: string,
  password: string,
): Promise<readonly string[]> {
  const signedIn = await identity.api.signInEmail({
    body: { email, password },
    headers: new Headers(),
    returnHeaders: true,
  });
  const headers = { cookie: cookieOf(signedIn.headers) };
  const { totpURI, backupCodes } = await identity.api.enableTwoFactor({ headers, body: { password } });
  const secret = new TextDecoder().decode(base32.decode(new URL(totpURI).searchParams.get("secret") ?? ""));
  secrets.set(email, secret);
  const code = await createOTP(secret).totp();
  const verified = await identity.api.verifyTOTP({ headers, body: { code }, returnHeaders: true });
  await identity.api.signOut({ headers: { cookie: cookieOf(verified.headers) } });
  return backupCodes;
}
