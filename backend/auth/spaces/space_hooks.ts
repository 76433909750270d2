// Hangs the rules of typed spaces (space_rules.ts) into better-auth. Decides nothing itself.
import { APIError } from "better-auth/api";
import type { OrganizationOptions } from "better-auth/plugins/organization";
import {
  checkInvitation,
  checkNewSpace,
  checkSpaceDeletion,
  checkSpaceUpdate,
  type SpaceRefusal,
} from "./space_rules.ts";

/** The hooks; `metadataOf` reads the metadata that a space has now. */
export function createSpaceHooks(metadataOf: (spaceId: string) => Promise<unknown>) {
  return {
    beforeCreateOrganization: ({ organization }) => enforce(checkNewSpace(organization.metadata)),
    beforeUpdateOrganization: async ({ organization, member }) =>
      await enforce(checkSpaceUpdate(await metadataOf(member.organizationId), organization.metadata)),
    beforeDeleteOrganization: ({ organization }) => enforce(checkSpaceDeletion(organization.metadata)),
    beforeCreateInvitation: ({ organization }) => enforce(checkInvitation(organization.metadata)),
  } as const satisfies OrganizationOptions["organizationHooks"];
}

function enforce(refusal: SpaceRefusal | undefined): Promise<void> {
  if (refusal === undefined) return Promise.resolve();
  return Promise.reject(new APIError(refusal.status, { code: refusal.code, message: refusal.message }));
}
