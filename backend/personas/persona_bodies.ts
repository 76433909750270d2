// What the personas' endpoints take: members, bounds, and the words for a member that does not fit. Contract: personas.
import { z } from "zod";
import { PASSWORD_MAX, PASSWORD_MIN } from "../../sign_in/kit/limits.ts";
import { readTimeZone } from "../../sign_in/kit/time_zones.ts";
import { ACTIONS_PER_REQUEST, FEEDBACK_PER_REQUEST, LEASE_MS_MAX } from "./persona_limits.ts";

/** How often a persona works. */
export const CADENCES = ["hourly", "daily", "weekdays"] as const;
/** One of {@link CADENCES}. */
export type Cadence = typeof CADENCES[number];

/** How a tick can end. A tick that the runner could not end is `interrupted`. */
export const ENDINGS = ["done", "turns", "deadline", "sign-in", "gateway", "model", "interrupted"] as const;

/** The last action of a tick: its `errorMessage` is the ending, its `latencyMs` the whole time. */
export const TICK_ROW = "runner.tick";

/** The only addresses of personas: a domain at which nobody receives mail. */
export const PERSONA_DOMAIN = "@mana.test";

const OBJECT = { error: "must be an object" };

const tickId = matching(/^[A-Za-z0-9-]{1,64}$/, "must be 1 to 64 letters, digits and -");
const module = matching(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "must be the name of a module, 1 to 64 characters");
const weight = "must be an object of 1 to 64 names of modules, each with a weight from 0 to 1000";
const zone = "must be a time zone such as Europe/Berlin";

/** `POST /admin`. */
export const NewPersona = z.object({
  email: z.email({ error: "must be an e-mail address" }).max(200, "must be an e-mail address")
    .transform((address) => address.toLowerCase())
    .refine((address) => address.endsWith(PERSONA_DOMAIN), `must end with ${PERSONA_DOMAIN}`),
  name: text(1, 100).optional(),
  password: text(PASSWORD_MIN, PASSWORD_MAX),
  archetype: matching(
    /^[a-z][a-z0-9-]{0,63}$/,
    "must be lower case letters, digits and -, 1 to 64 characters",
  ),
  systemPrompt: text(20, 20_000),
  moduleMix: z.record(module, z.number({ error: weight }).min(0, weight).max(1000, weight), { error: weight })
    .refine((mix) => Object.keys(mix).length >= 1 && Object.keys(mix).length <= 64, weight),
  tickCadence: z.enum(CADENCES, { error: `must be one of ${CADENCES.join(", ")}` }).default("daily"),
  timeZone: z.string({ error: zone }).transform(readTimeZone).refine((known) => known !== undefined, zone)
    .optional(),
}, OBJECT);
/** A persona to make or to change. */
export type NewPersona = z.infer<typeof NewPersona>;

const Action = z.object({
  tickId,
  toolName: matching(/^[A-Za-z][A-Za-z0-9_.:-]{0,127}$/, "must be the name of a tool, 1 to 128 characters"),
  inputHash: matching(/^[0-9a-f]{16,64}$/, "must be 16 to 64 hex digits").nullish(),
  result: z.enum(["ok", "error"], { error: "must be ok or error" }),
  errorMessage: text(0, 500).nullish(),
  latencyMs: whole(0, 24 * 3600_000).nullish(),
}, OBJECT).refine(
  ({ toolName, errorMessage }) => toolName !== TICK_ROW || ENDINGS.some((ending) => ending === errorMessage),
  { path: ["errorMessage"], error: `must be the ending of the tick: one of ${ENDINGS.join(", ")}` },
);
/** One call of a tool. */
export type Action = z.infer<typeof Action>;

const Feedback = z.object({ tickId, module, rating: whole(1, 5), notes: text(0, 1000).nullish() }, OBJECT);
/** What a persona thinks of one module after a tick. */
export type Feedback = z.infer<typeof Feedback>;

/** `POST /internal/:id/actions`. `from`: the place of the first row within its tick; a cumulative list begins at 0. */
export const Actions = z.object({
  actions: rows(Action, ACTIONS_PER_REQUEST),
  from: whole(0, 10_000).default(0),
}, OBJECT);

/** `POST /internal/:id/feedback`. */
export const FeedbackRows = z.object({ feedback: rows(Feedback, FEEDBACK_PER_REQUEST) }, OBJECT);

/** `POST /internal/:id/claim`. */
export const Claim = z.object({ tickId, leaseMs: whole(1, LEASE_MS_MAX) }, OBJECT);

function text(least: number, most: number) {
  const error = `must be a text with a length from ${least} to ${most}`;
  return z.string({ error }).min(least, error).max(most, error);
}

function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.number({ error }).int(error).min(least, error).max(most, error);
}

function matching(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, error);
}

/** Rows of one tick: their places are counted within it. */
function rows<T extends { readonly tickId: string }>(row: z.ZodType<T>, most: number) {
  const error = `must be a list of rows, from 1 to ${most}`;
  return z.array(row, { error }).min(1, error).max(most, error).refine(
    (list) => list.every((one) => one.tickId === list[0]?.tickId),
    "must be rows of one tick",
  );
}
