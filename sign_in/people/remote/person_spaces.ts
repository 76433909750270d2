// Lists of people's spaces, as the auth service tells them to a session (auth-vault, section 4); kept for a minute.
import { z } from "zod";
import { SPACES_FRESH_MS, SPACES_PER_PERSON } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import { PeopleFault, type Space, typeOfSpace } from "../people.ts";
import type { AuthService } from "./auth_service.ts";
import type { AuthSession, AuthSessions } from "./auth_sessions.ts";
import { createKeptAnswers } from "./kept_answers.ts";
import type { SpaceCounts } from "./space_counts.ts";

/** Spaces of people. */
export interface PersonSpaces {
  /** All spaces of the session's person, the personal space first. @throws {PeopleFault} */
  list(session: AuthSession): Promise<readonly Space[]>;
}

/** Creates the lists. */
export function createPersonSpaces(deps: PersonSpacesDeps): PersonSpaces {
  const lists = createKeptAnswers<readonly Space[]>(deps.now);
  return {
    list: (session) =>
      // By session: that one session of a person is over must not be told to their others.
      lists.get(JSON.stringify([session.fingerprint, session.userId]), async () => {
        const value = parseSpaces(deps, await deps.service.readSpaces(session.cookie));
        await deps.sessions.noteUse(session);
        await deps.counts.note(session.userId, value.length);
        return { value, until: deps.now() + SPACES_FRESH_MS };
      }),
  };
}

/** What the lists are made of. */
export interface PersonSpacesDeps {
  readonly service: Pick<AuthService, "readSpaces">;
  readonly sessions: Pick<AuthSessions, "noteUse">;
  readonly counts: Pick<SpaceCounts, "note">;
  readonly now: () => number;
  readonly log: ServiceLog;
}

/** `metadata` is an object or its JSON. An entry without an id names no space and is passed over. */
const ListedSpace = z.object({
  id: z.string().min(1).max(255),
  name: z.string().catch(""),
  slug: z.string().catch(""),
  logo: z.string().nullable().catch(null),
  metadata: z.unknown().optional().transform((given) => typeof given === "string" ? parseJson(given) : given),
  createdAt: z.string().catch(""),
});

function parseSpaces({ log }: PersonSpacesDeps, listed: readonly unknown[]): readonly Space[] {
  const spaces = listed.slice(0, SPACES_PER_PERSON).flatMap((each): Space[] => {
    const { data } = ListedSpace.safeParse(each);
    return data === undefined ? [] : [{ ...data, name: data.name || data.id }];
  });
  // Everybody has a space. A list of which nothing was understood must not look like the list of somebody without any.
  if (spaces.length === 0) {
    log({ event: "auth-service-answer", path: "/api/auth/organization/list", status: "no space" });
    throw new PeopleFault("unavailable");
  }
  const isPersonal = (space: Space) => typeOfSpace(space) === "personal";
  return [...spaces.filter(isPersonal), ...spaces.filter((space) => !isPersonal(space))];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
