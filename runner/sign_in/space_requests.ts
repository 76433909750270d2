// The requests of the auth service about spaces, as the web app makes them: whose session it is, its spaces, their members, invitations.
import { z } from "zod";
import type { ServiceAnswer } from "../kit/ask_service.ts";
import type { Session } from "./session.ts";

/** The user id of a session. Throws {@link SpaceFault}, as all of these do. */
export async function userIdOf(session: Session, signal: AbortSignal): Promise<string> {
  const { user } = read(await session.get("/api/auth/get-session", signal), Own, "whose session it is");
  return user.id;
}

/** The id of a space of the session's person; undefined where they have none of this slug and kind. */
export async function findSpace(
  session: Session,
  slug: string,
  kind: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const spaces = read(await session.get("/api/auth/organization/list", signal), Spaces, "the spaces");
  return spaces.find((space) => space.slug === slug && kindOf(space.metadata) === kind)?.id;
}

/** Who belongs to a space of the session's person. */
export async function membersOf(
  session: Session,
  id: string,
  signal: AbortSignal,
): Promise<readonly Member[]> {
  const path = `/api/auth/organization/list-members?${new URLSearchParams({
    organizationId: id,
    limit: "100",
  })}`;
  const { members, total } = read(await session.get(path, signal), Members, "the members");
  // A stranger must not hide on a second page.
  if (total !== undefined && total > members.length) {
    throw new SpaceFault("the shared space has too many members");
  }
  return members.map(({ userId, user }) => ({ userId, email: user.email }));
}

/** A member of a space. */
export interface Member {
  readonly userId: string;
  readonly email: string;
}

/** Has `own` join a space of `session`. An invitation that waits, of a start that was cut off, is used while it is good. */
export async function joinSpace({ session, own, id, email }: Joining, signal: AbortSignal): Promise<void> {
  const accept = async ({ id: invitationId }: z.infer<typeof Invitation>) =>
    (await own.post("/api/auth/organization/accept-invitation", { invitationId }, signal)).status;
  const path = `/api/auth/organization/list-invitations?${new URLSearchParams({ organizationId: id })}`;
  const known = read(await session.get(path, signal), Invitations, "the invitations");
  const waiting = known.find((one) => one.email === email && one.status === "pending");
  if (waiting !== undefined && await accept(waiting) === 200) return;
  const body = { email, role: "member", organizationId: id };
  const invited = await session.post("/api/auth/organization/invite-member", body, signal);
  const status = await accept(read(invited, Invitation, "an invitation"));
  if (status !== 200) throw new SpaceFault(`the invitation is not taken (${status})`);
}

/** Two sessions, of somebody who invites and somebody who joins. */
export interface Joining {
  readonly session: Session;
  readonly own: Session;
  readonly id: string;
  readonly email: string;
}

/** A shared space cannot be used. The words are fixed. */
export class SpaceFault extends Error {
  override readonly name = "SpaceFault";
}

const Own = z.object({ user: z.object({ id: z.string().min(1) }) });
const Spaces = z.array(z.object({ id: z.string().min(1), slug: z.string(), metadata: z.unknown() }));
const Members = z.object({
  members: z.array(z.object({ userId: z.string(), user: z.object({ email: z.string() }) })),
  total: z.number().optional(),
});
const Invitation = z.object({ id: z.string().min(1) });
const Invitations = z.array(Invitation.extend({ email: z.string(), status: z.string() }));
const Kind = z.object({ type: z.string() });

/** The kind in the metadata of a space, which may be JSON text (auth-vault, section 4). */
function kindOf(metadata: unknown): string | undefined {
  try {
    return Kind.safeParse(typeof metadata === "string" ? JSON.parse(metadata) : metadata).data?.type;
  } catch {
    return undefined; // no JSON: no kind
  }
}

function read<Shape extends z.ZodType>(
  { status, body }: ServiceAnswer,
  shape: Shape,
  what: string,
): z.infer<Shape> {
  const parsed = status === 200 ? shape.safeParse(body) : undefined;
  if (parsed?.success !== true) throw new SpaceFault(`the auth service does not tell ${what} (${status})`);
  return parsed.data;
}
