// The rules of typed spaces (auth-vault, section 4), as functions of their metadata. Knows neither HTTP nor better-auth.
import { z } from "zod";

/** The type in a space's metadata, which may be an object or its JSON text. `undefined`: there is none. */
export function spaceType(metadata: unknown): SpaceType | undefined {
  return Metadata.safeParse(parseMetadata(metadata)).data?.type;
}

/** Kinds of space (auth-vault, section 4). */
export const SPACE_TYPES = ["personal", "brand", "club", "family", "team", "practice"] as const;

/** One of {@link SPACE_TYPES}. */
export type SpaceType = (typeof SPACE_TYPES)[number];

/** Why a change of a space is refused: an HTTP status word, a code and a sentence for the caller. */
export interface SpaceRefusal {
  readonly status: "BAD_REQUEST" | "FORBIDDEN";
  readonly code: string;
  readonly message: string;
}

const Metadata = z.object({ type: z.enum(SPACE_TYPES) });

/** Metadata as a value: better-auth stores it as JSON text. A text that is no JSON counts as absent. */
export function parseMetadata(metadata: unknown): unknown {
  if (typeof metadata !== "string") return metadata ?? null;
  try {
    return JSON.parse(metadata);
  } catch {
    return null;
  }
}

/** A new space needs a valid type. Nobody gets a second personal space: it could never be deleted. */
export function checkNewSpace(metadata: unknown): SpaceRefusal | undefined {
  const type = spaceType(metadata);
  if (type === undefined) return invalidMetadata();
  if (type === "personal") {
    return {
      ...invalidMetadata(),
      message: "The personal space is made at sign-up; a person has exactly one.",
    };
  }
  return undefined;
}

/**
 * A space keeps its type for life. Making a shared space personal would make its members' writes unreadable to each
 * other. Making a personal space shared would expose private records.
 */
export function checkSpaceUpdate(before: unknown, after: unknown): SpaceRefusal | undefined {
  if (after === undefined) return undefined;
  const type = spaceType(after);
  if (type === undefined) return invalidMetadata();
  if (type !== spaceType(before)) {
    return { ...invalidMetadata(), message: "The type of a space cannot be changed." };
  }
  return undefined;
}

/** The personal space lives as long as its account. */
export function checkSpaceDeletion(metadata: unknown): SpaceRefusal | undefined {
  if (spaceType(metadata) !== "personal") return undefined;
  return {
    status: "FORBIDDEN",
    code: "SPACE_PERSONAL_UNDELETABLE",
    message: "The personal space cannot be deleted. Delete the user account instead.",
  };
}

/** Nobody else joins a personal space. */
export function checkInvitation(metadata: unknown): SpaceRefusal | undefined {
  if (spaceType(metadata) !== "personal") return undefined;
  return {
    status: "FORBIDDEN",
    code: "SPACE_PERSONAL_NOT_SHAREABLE",
    message: "Nobody can be invited into a personal space.",
  };
}

function invalidMetadata(): SpaceRefusal {
  return {
    status: "BAD_REQUEST",
    code: "SPACE_METADATA_INVALID",
    message: `Organization metadata must include a valid "type" field. Expected one of: ${
      SPACE_TYPES.join(", ")
    }.`,
  };
}
