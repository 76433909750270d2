// The personal space that every person has, exactly one (auth-vault, section 4).
import type { HookTables, HookTransaction } from "../../../sign_in/identity/identity_options.ts";
import type { SignInDatabase } from "../../../sign_in/database/sign_in_database.ts";
import { spaceType } from "./space_rules.ts";

/**
 * Makes a person's personal space with them as owner, unless they have one. Check, space and membership are one
 * transaction, and no other node is at it meanwhile (`alone`): two logins at once cannot make two spaces.
 */
export async function ensurePersonalSpace(
  store: HookTables,
  owner: SpaceOwner,
  alone: SignInDatabase["alone"],
): Promise<void> {
  if (await hasPersonalSpace(store, owner)) return; // at nearly every login
  await alone(() => makePersonalSpace(store, owner));
}

async function hasPersonalSpace(
  store: Pick<HookTransaction, "findMany">,
  owner: SpaceOwner,
): Promise<boolean> {
  const memberships = await store.findMany<{ organizationId: string }>({
    model: "member",
    where: [{ field: "userId", value: owner.id }, { field: "role", value: "owner" }],
  });
  const owned = memberships.map(({ organizationId }) => organizationId);
  const spaces = owned.length === 0 ? [] : await store.findMany<{ metadata: unknown }>({
    model: "organization",
    where: [{ field: "id", operator: "in", value: owned }],
  });
  return spaces.some((space) => spaceType(space.metadata) === "personal");
}

async function makePersonalSpace(store: HookTables, owner: SpaceOwner): Promise<void> {
  await store.transaction(async (trx) => {
    if (await hasPersonalSpace(trx, owner)) return;
    const plain = toSlug(owner.email);
    const taken = await trx.findOne({ model: "organization", where: [{ field: "slug", value: plain }] });
    const createdAt = new Date(); // better-auth stamps every other membership with this clock; the order must hold
    const space = await trx.create<Record<string, unknown>, { id: string }>({
      model: "organization",
      data: {
        name: owner.name,
        slug: taken === null ? plain : `${plain}-${owner.id.toLowerCase()}`,
        metadata: JSON.stringify({ type: "personal", tier: "public" }),
        createdAt,
      },
    });
    await trx.create({
      model: "member",
      data: { organizationId: space.id, userId: owner.id, role: "owner", createdAt },
    });
  });
}

/** The person a personal space is made for. */
export interface SpaceOwner {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** `Anna.B@mana.test` → `anna-b`. */
function toSlug(email: string): string {
  const local = email.slice(0, email.lastIndexOf("@")).toLowerCase();
  return local.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "space";
}
