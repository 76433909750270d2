// What passes between a test and the program that plays the auth service: one JSON text a line, each with a number that
// its answer repeats. Imported by both sides, so it imports nothing but zod.
import { z } from "zod";

/** A line to the program. `now` is the time there from this line on, in milliseconds since 1970. */
export const Question = z.object({
  id: z.number(),
  now: z.number(),
  /** What the program is set up with; the first line, and no other, has it. */
  settings: z.lazy(() => AuthSettings).optional(),
  request: z.lazy(() => WireRequest).optional(),
  command: z.lazy(() => Command).optional(),
});

/** A line to the program. */
export type Question = z.infer<typeof Question>;

/** A line from the program: an answer over HTTP, what a command returned, or the words of an error. */
export const Reply = z.object({
  id: z.number(),
  response: z.lazy(() => WireResponse).optional(),
  result: z.unknown().optional(),
  failed: z.string().optional(),
});

/** A line from the program. */
export type Reply = z.infer<typeof Reply>;

const Headers = z.array(z.tuple([z.string(), z.string()]));

const WireRequest = z.object({
  method: z.string(),
  url: z.string(),
  headers: Headers,
  /** Base64; null where there is none. */
  body: z.string().nullable(),
});

const WireResponse = z.object({ status: z.number(), headers: Headers, body: z.string().nullable() });

const AuthSettings = z.object({
  /** Base URL, the `iss` of JWTs; under https cookies are called `__Secure-…`. */
  issuer: z.string(),
  audience: z.string(),
  serviceKey: z.string(),
  /** Trusted besides the issuer's own origin. */
  origins: z.array(z.string()),
  /** Whether better-auth's limiter counts requests by `X-Forwarded-For`, as in production. */
  limiter: z.boolean(),
});

/** What the program is set up with. */
export type AuthSettings = z.infer<typeof AuthSettings>;

const email = z.string();
const spaceId = z.string();

/** What happens to a person or a space elsewhere: in another browser, in their mail, by an administrator. */
const Command = z.discriminatedUnion("name", [
  z.object({ name: z.literal("confirm"), email }),
  z.object({ name: z.literal("links"), email }),
  z.object({ name: z.literal("endSessions"), email }),
  z.object({ name: z.literal("changePassword"), email, password: z.string() }),
  z.object({ name: z.literal("switchOnSecondFactor"), email, password: z.string() }),
  z.object({ name: z.literal("secondFactorCode"), email }),
  z.object({ name: z.literal("makeSpace"), owner: email, title: z.string(), type: z.string() }),
  z.object({ name: z.literal("renameSpace"), spaceId, title: z.string() }),
  z.object({ name: z.literal("addMember"), spaceId, email }),
  z.object({ name: z.literal("removeMember"), spaceId, email }),
  z.object({ name: z.literal("rotateSigningKey") }),
]);

/** What happens elsewhere. */
export type Command = z.infer<typeof Command>;
