// The people of the stand-in, and what happens to them elsewhere: in their mail, in another browser, by an administrator.
import assert from "node:assert/strict";
import { z } from "zod";
import type { AuthProcess } from "./auth_process.ts";

/** Makes people and lets things happen to them. Everybody is named by their address. */
export interface People {
  /** Registers somebody, `name@mana.test`, and confirms the address. */
  make(name: string): Promise<RealPerson>;
  /** Registers somebody who has not confirmed their address. */
  register(name: string): Promise<RealPerson>;
  /** Follows the link that was mailed. */
  confirm(email: string): Promise<void>;
  /** The links that were mailed, oldest first. */
  links(email: string): Promise<readonly string[]>;
  /** "Signed out everywhere", in another browser. */
  endSessions(email: string): Promise<void>;
  /** A new password, set elsewhere; ends all sessions. */
  changePassword(email: string, password: string): Promise<void>;
  /** Switches the second factor on, and returns the backup codes. Not seen on the service. */
  switchOnSecondFactor(person: RealPerson): Promise<readonly string[]>;
  /** What the person's authenticator shows now: six digits, for 30 s. */
  secondFactorCode(email: string): Promise<string>;
  /** Makes a shared space with members, and returns its id. */
  makeTeam(owner: string, title: string, ...members: string[]): Promise<string>;
  /** Makes a space of any type of the contract. */
  makeSpace(owner: string, title: string, type: string): Promise<string>;
  renameSpace(spaceId: string, title: string): Promise<void>;
  addMember(spaceId: string, email: string): Promise<void>;
  removeMember(spaceId: string, email: string): Promise<void>;
  /** JWTs are signed with a new key from now on; the old key is still published. */
  rotateSigningKey(): Promise<void>;
}

/** Somebody with an account. */
export interface RealPerson {
  readonly email: string;
  readonly password: string;
  readonly id: string;
}

/** Everybody's password at first; the same as in test_backend.ts, so that its `signIn` works here too. */
export const PASSWORD = "correct horse";

/** Creates the people of an auth service. Requests of theirs are none that the service received. */
export function createPeople({ ask, command }: AuthProcess, issuer: string): People {
  const people: People = {
    async make(name) {
      const person = await people.register(name);
      await people.confirm(person.email);
      return person;
    },
    async register(name) {
      const email = `${name}@mana.test`;
      const answer = await ask(
        new Request(new URL("/api/v1/auth/register", issuer), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ email, password: PASSWORD, name }),
        }),
      );
      assert.equal(answer.status, 200);
      return { email, password: PASSWORD, id: Registered.parse(await answer.json()).user.id };
    },
    confirm: async (email) => void await command({ name: "confirm", email }),
    links: async (email) => Texts.parse(await command({ name: "links", email })),
    endSessions: async (email) => void await command({ name: "endSessions", email }),
    changePassword: async (email, password) =>
      void await command({ name: "changePassword", email, password }),
    switchOnSecondFactor: async ({ email, password }) =>
      Texts.parse(await command({ name: "switchOnSecondFactor", email, password })),
    secondFactorCode: async (email) => z.string().parse(await command({ name: "secondFactorCode", email })),
    async makeTeam(owner, title, ...members) {
      const spaceId = await people.makeSpace(owner, title, "team");
      for (const email of members) await people.addMember(spaceId, email);
      return spaceId;
    },
    makeSpace: async (owner, title, type) =>
      z.string().parse(await command({ name: "makeSpace", owner, title, type })),
    renameSpace: async (spaceId, title) => void await command({ name: "renameSpace", spaceId, title }),
    addMember: async (spaceId, email) => void await command({ name: "addMember", spaceId, email }),
    removeMember: async (spaceId, email) => void await command({ name: "removeMember", spaceId, email }),
    rotateSigningKey: async () => void await command({ name: "rotateSigningKey" }),
  };
  return people;
}

const Registered = z.object({ user: z.object({ id: z.string() }) });
const Texts = z.array(z.string());
