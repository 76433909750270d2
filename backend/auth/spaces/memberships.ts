// Who belongs to which space, read from better-auth's tables. Writes nothing and caches nothing: a removed member is out
// at once.
import { z } from "zod";
import type { SignInDatabase } from "../../../sign_in/database/sign_in_database.ts";
import { parseMetadata } from "./space_rules.ts";

/** Reads who belongs to which space, oldest membership first: the personal space leads. */
export interface Memberships {
  listFor(userId: string): Promise<Membership[]>;
  /** The role, or `undefined` for somebody who is no member. */
  roleIn(spaceId: string, userId: string): Promise<string | undefined>;
  membersOf(spaceId: string): Promise<string[]>;
  spacesOf(userId: string): Promise<Space[]>;
}

/** Creates the reader on a database that has better-auth's tables already. */
export function createMemberships({ read }: SignInDatabase): Memberships {
  return {
    listFor: async (userId) =>
      await read.selectFrom("member").select(["organizationId", "role"]).where("userId", "=", userId)
        .orderBy("createdAt").orderBy("id").execute(),
    async roleIn(spaceId, userId) {
      const member = await read.selectFrom("member").select("role").where("organizationId", "=", spaceId)
        .where("userId", "=", userId).executeTakeFirst();
      return member?.role;
    },
    async membersOf(spaceId) {
      const members = await read.selectFrom("member").select("userId").where("organizationId", "=", spaceId)
        .execute();
      return members.map(({ userId }) => userId);
    },
    async spacesOf(userId) {
      const spaces = await read.selectFrom("member as m").innerJoin(
        "organization as o",
        "o.id",
        "m.organizationId",
      )
        .select(["o.id", "o.name", "o.slug", "o.logo", "o.metadata", "o.createdAt"])
        .where("m.userId", "=", userId).orderBy("m.createdAt").orderBy("m.id").execute();
      return z.array(Space).parse(spaces);
    },
  };
}

/** A space a person belongs to, and their role in it. */
export interface Membership {
  readonly organizationId: string;
  readonly role: string;
}

const Space = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  logo: z.string().nullable(),
  metadata: z.unknown().transform(parseMetadata),
  createdAt: z.union([z.string(), z.number(), z.date()]).transform((at) => new Date(at).toISOString()),
});

/** A space as the list shows it, without a role (auth-vault, section 4). */
export type Space = z.infer<typeof Space>;
