// Spaces (auth-vault, section 4): the personal space that everybody has, the rules of types, and what others do to a space.
import { APIError } from "better-auth/api";
import type { Row, Tables } from "./tables.ts";

/** The rules of types as hooks of better-auth. Source: recorded, "create a space without a type", "delete the personal space". */
export const SPACE_HOOKS = {
  beforeCreateOrganization: ({ organization }: { organization: { metadata?: unknown } }) =>
    isTyped(organization.metadata) ? Promise.resolve() : Promise.reject(
      new APIError("BAD_REQUEST", {
        code: "SPACE_METADATA_INVALID",
        message: `Organization metadata must include a valid "type" field. Expected one of: ${
          TYPES.join(", ")
        }.`,
      }),
    ),
  beforeDeleteOrganization: ({ organization }: { organization: { metadata?: unknown } }) =>
    typeOf(organization.metadata) !== "personal" ? Promise.resolve() : Promise.reject(
      new APIError("FORBIDDEN", {
        code: "SPACE_PERSONAL_UNDELETABLE",
        message: "The personal space cannot be deleted. Delete the user account instead.",
      }),
    ),
};

/**
 * Makes a space with its owner, and returns its id. Of the personal space the list shows metadata as an object (recorded:
 * "spaces of anna by cookie"); of others as JSON text, which is what better-auth itself stores (auth-vault, section 4).
 */
export function makeSpace(tables: Tables, space: NewSpace): string {
  const id = crypto.randomUUID().replaceAll("-", "");
  const { title, type, ownerId } = space;
  tables.organization.push({
    id,
    name: title,
    slug: `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-${id.slice(0, 8)}`,
    logo: null,
    metadata: type === "personal" ? { type, tier: "public" } : JSON.stringify({ type }),
    createdAt: new Date(),
  });
  addMember(tables, id, ownerId, "owner");
  return id;
}

/** A space that is to be made. */
export interface NewSpace {
  readonly title: string;
  readonly type: string;
  readonly ownerId: string;
}

/** Takes a person into a space. */
export function addMember(tables: Tables, organizationId: string, userId: string, role: string): void {
  tables.member.push({ id: crypto.randomUUID(), organizationId, userId, role, createdAt: new Date() });
}

/** The memberships of a person, oldest first. Source: recorded, "memberships of ben". */
export function membershipsOf(tables: Tables, userId: string): Row[] {
  return tables.member.filter((row) => row.userId === userId)
    .map(({ organizationId, role }) => ({ organizationId, role }));
}

const TYPES = ["personal", "brand", "club", "family", "team", "practice"];

function isTyped(metadata: unknown): boolean {
  return TYPES.includes(typeOf(metadata));
}

function typeOf(metadata: unknown): string {
  const value: unknown = typeof metadata === "string" ? JSON.parse(metadata) : metadata;
  return typeof value === "object" && value !== null && "type" in value ? String(value.type) : "";
}
