// Who belongs to which space, read from better-auth's tables. Writes nothing and caches nothing: a removed member is out
// at once.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { parseMetadata } from "./space_rules.ts";

/** Reads who belongs to which space, oldest membership first: the personal space leads. */
export interface Memberships {
  listFor(userId: string): Membership[];
  /** The role, or `undefined` for somebody who is no member. */
  roleIn(spaceId: string, userId: string): string | undefined;
  membersOf(spaceId: string): string[];
  spacesOf(userId: string): Space[];
}

/** Creates the reader on `db`, which must have better-auth's tables already. */
export function createMemberships(db: DatabaseSync): Memberships {
  const listFor = db.prepare(
    "SELECT organizationId, role FROM member WHERE userId = ? ORDER BY createdAt, rowid",
  );
  const membership = db.prepare(
    "SELECT organizationId, role FROM member WHERE organizationId = ? AND userId = ?",
  );
  const members = db.prepare("SELECT userId FROM member WHERE organizationId = ?");
  const spaces = db.prepare(
    `SELECT o.id, o.name, o.slug, o.logo, o.metadata, o.createdAt FROM member m
     JOIN organization o ON o.id = m.organizationId WHERE m.userId = ? ORDER BY m.createdAt, m.rowid`,
  );
  return {
    listFor: (userId) => z.array(Membership).parse(listFor.all(userId)),
    roleIn: (spaceId, userId) => Membership.optional().parse(membership.get(spaceId, userId))?.role,
    membersOf: (spaceId) => z.array(Member).parse(members.all(spaceId)).map((member) => member.userId),
    spacesOf: (userId) => z.array(Space).parse(spaces.all(userId)),
  };
}

const Membership = z.object({ organizationId: z.string(), role: z.string() });

const Member = z.object({ userId: z.string() });

const Space = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  logo: z.string().nullable(),
  metadata: z.unknown().transform(parseMetadata),
  createdAt: z.union([z.string(), z.number()]).transform((at) => new Date(at).toISOString()),
});

/** A space a person belongs to, and their role in it. */
export type Membership = z.infer<typeof Membership>;

/** A space as the list shows it, without a role (auth-vault, section 4). */
export type Space = z.infer<typeof Space>;
