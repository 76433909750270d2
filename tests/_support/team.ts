// Shared spaces: made, joined and left as the web app does it.
import assert from "node:assert/strict";
import { z } from "zod";
import { type Account, type AuthDoor, ORIGIN, post } from "./test_backend.ts";

const Id = z.object({ id: z.string() });

/** Makes a shared space of `owner` with `members`, as the web app does; returns its id. */
export async function makeTeam(services: AuthDoor, owner: Account, ...members: Account[]): Promise<string> {
  const id = await makeSpace(services, owner, `team-${crypto.randomUUID()}`);
  for (const member of members) await join(services, owner, id, member);
  return id;
}

/** Makes a space of `owner` with this name; returns its id. */
export async function makeSpace(
  services: AuthDoor,
  owner: Account,
  name: string,
  type = "team",
): Promise<string> {
  const slug = `slug-${crypto.randomUUID()}`;
  const made = await act(services, owner, "create", { name, slug, metadata: { type } });
  return Id.parse(made).id;
}

/** Gives a space of `owner` another name. */
export async function rename(
  services: AuthDoor,
  owner: Account,
  organizationId: string,
  name: string,
): Promise<void> {
  await act(services, owner, "update", { organizationId, data: { name } });
}

/** Takes `member` into a space of `owner`. */
export async function join(
  services: AuthDoor,
  owner: Account,
  organizationId: string,
  member: Account,
): Promise<void> {
  const invitation = await act(services, owner, "invite-member", {
    email: member.email,
    role: "member",
    organizationId,
  });
  await act(services, member, "accept-invitation", { invitationId: Id.parse(invitation).id });
}

/** Removes `member` from a space of `owner`. */
export async function remove(
  services: AuthDoor,
  owner: Account,
  organizationId: string,
  member: Account,
): Promise<void> {
  await act(services, owner, "remove-member", { memberIdOrEmail: member.email, organizationId });
}

async function act(services: AuthDoor, person: Account, action: string, body: unknown): Promise<unknown> {
  const headers = { ...ORIGIN, cookie: person.cookie };
  const response = await services.auth(`/api/auth/organization/${action}`, post(body, headers));
  assert.equal(response.status, 200, await response.clone().text());
  return await response.json();
}

/** The header that chooses a space. */
export function inSpace(id: string): Record<string, string> {
  return { "x-mana-space": id };
}
