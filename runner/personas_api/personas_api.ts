// The client of the personas API's internal endpoints (docs/contracts/personas.md): who is due, claiming, and posting what was done.
// It alone sends the personas key, and it never sees a token or a password of a persona.
import { z } from "zod";
import { askService, type ServiceAnswer, type ServiceWay } from "../kit/ask_service.ts";
import { type ActionRow, type FeedbackRow, MAX_ACTIONS, MAX_FEEDBACK } from "./rows.ts";

/** Creates the client. */
export function createPersonasApi({ url, key, ...way }: PersonasApiDeps): PersonasApi {
  const ask = (path: string, body: unknown, signal: AbortSignal) =>
    askService(way, `${url}/api/v1/personas/internal${path}`, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers: { "x-service-key": key, "content-type": "application/json", accept: "application/json" },
    }, signal);
  return Object.freeze({
    async due(signal: AbortSignal) {
      return read(await ask("/due", undefined, signal), Due).personas;
    },
    async everybody(signal: AbortSignal) {
      return read(await ask("/report?ticks=1", undefined, signal), Due).personas;
    },
    async claim(userId: string, tickId: string, leaseMs: number, signal: AbortSignal): Promise<Claim> {
      const answer = await ask(`/${encodeURIComponent(userId)}/claim`, { tickId, leaseMs }, signal);
      // The two answers of 404 are told apart by their words: a service older than claims has no such path, and the other no such persona.
      if (answer.status === 404) {
        return { kind: NoPersona.safeParse(answer.body).success ? "gone" : "unknown" };
      }
      if (answer.status === 409) return { kind: "held" } as const;
      return { kind: "claimed", tick: read(answer, Claimed).tick } as const;
    },
    async postActions(userId: string, actions: readonly ActionRow[], signal: AbortSignal) {
      const body = { actions: actions.slice(0, MAX_ACTIONS) };
      read(await ask(`/${encodeURIComponent(userId)}/actions`, body, signal), Posted);
    },
    async postFeedback(userId: string, feedback: readonly FeedbackRow[], signal: AbortSignal) {
      const body = { feedback: feedback.slice(0, MAX_FEEDBACK) };
      read(await ask(`/${encodeURIComponent(userId)}/feedback`, body, signal), Posted);
    },
  });
}

/** Dependencies of {@link createPersonasApi}. */
export interface PersonasApiDeps extends ServiceWay {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** The personas key: it is neither the gateway's key nor anybody's token. */
  readonly key: string;
}

/** The personas API. Each call throws {@link PersonasApiFault} where the service does not do what it is asked. */
export interface PersonasApi {
  /** Whose turn it is: never active first, then longest ago. */
  due(signal: AbortSignal): Promise<readonly DuePersona[]>;
  /** Everybody, due or not. A service without a report does not know this. */
  everybody(signal: AbortSignal): Promise<readonly DuePersona[]>;
  /** Takes a persona for one tick, so that no second runner plays it at the same time. */
  claim(userId: string, tickId: string, leaseMs: number, signal: AbortSignal): Promise<Claim>;
  /** Posts the whole tick's rows so far: rows that are there already stay. */
  postActions(userId: string, actions: readonly ActionRow[], signal: AbortSignal): Promise<void>;
  postFeedback(userId: string, feedback: readonly FeedbackRow[], signal: AbortSignal): Promise<void>;
}

/** What came of a claim. */
export type Claim =
  /** `tick`: how many ticks the persona has had before. */
  | { readonly kind: "claimed"; readonly tick: number }
  /** Another runner has the persona. */
  | { readonly kind: "held" }
  /** The account was deleted. Somebody else may have its address and its password by now. */
  | { readonly kind: "gone" }
  /** The service knows no claims. */
  | { readonly kind: "unknown" };

/** The personas API did not do what it was asked. */
export class PersonasApiFault extends Error {
  override readonly name = "PersonasApiFault";
  /** HTTP status; 0 where there was no answer, 200 where the answer was no answer of this API. */
  readonly status: number;

  constructor(status: number) {
    super(`The personas API ${status === 0 ? "does not answer" : `answered ${status}`}`);
    this.status = status;
  }
}

const DuePersona = z.object({
  userId: z.string().min(1),
  email: z.string(),
  archetype: z.string(),
  systemPrompt: z.string(),
  moduleMix: z.record(z.string(), z.number()),
  tickCadence: z.string(),
  /** An older service does not know it. */
  timeZone: z.string().nullish(),
});
const Due = z.object({ personas: z.array(DuePersona) });
const Claimed = z.object({ tick: z.int().nonnegative() });
const NoPersona = z.object({ error: z.literal("NotFound"), message: z.string() });
const Posted = z.object({ ok: z.literal(true) });

/** Somebody whose turn it is. */
export type DuePersona = z.infer<typeof DuePersona>;

function read<Shape extends z.ZodType>({ status, body }: ServiceAnswer, shape: Shape): z.infer<Shape> {
  const parsed = status === 200 ? shape.safeParse(body) : undefined;
  if (parsed?.success !== true) throw new PersonasApiFault(status);
  return parsed.data;
}
