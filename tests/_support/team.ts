import assert from "node:assert/strict";
import { z } from "zod";
import type { Person, World } from "./world.ts";

const Id = z.object({ id: z.string() });

/** Makes a shared space of `owner` with `members`, as the web app does; returns its id. */
export async function makeTeam(world: World, owner: Person, ...members: Person[]): Promise<string> {
  const name = `team-${crypto.randomUUID()}`;
  const made = await act(world, owner, "create", { name, slug: name, metadata: { type: "team" } });
  const { id } = Id.parse(made);
  for (const member of members) await join(world, owner, id, member);
  return id;
}

/** Takes `member` into a space of `owner`. */
export async function join(
  world: World,
  owner: Person,
  organizationId: string,
  member: Person,
): Promise<void> {
  const invitation = await act(world, owner, "invite-member", {
    email: member.email,
    role: "member",
    organizationId,
  });
  await act(world, member, "accept-invitation", { invitationId: Id.parse(invitation).id });
}

/** Removes `member` from a space of `owner`. */
export async function remove(
  world: World,
  owner: Person,
  organizationId: string,
  member: Person,
): Promise<void> {
  await act(world, owner, "remove-member", { memberIdOrEmail: member.email, organizationId });
}

async function act(world: World, person: Person, action: string, body: unknown): Promise<unknown> {
  const response = await world.service("auth", `/api/auth/organization/${action}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: "http://localhost:5173",
      cookie: person.cookie,
    },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return await response.json();
}

/** The header that chooses a space. */
export function inSpace(id: string): Record<string, string> {
  return { "x-mana-space": id };
}
