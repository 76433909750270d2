// What 2025 sessions are subscribed to, told between nodes: the request that subscribes may reach one node, and the session's stream
// another. Sent sealed, and only where there is a shared store; a node without one knows what it was asked itself.
import { z } from "zod";
import type { Clock } from "../kit/clock.ts";
import { MAX_SESSION_ID_CHARS, MAX_SUBSCRIPTIONS_PER_STREAM } from "../kit/limits.ts";
import { createMessageShare } from "../nodes/message_share.ts";
import type { NodeMessages } from "../nodes/node_messages.ts";

/** What one node tells the others of a session. */
export type SubscriptionNews = z.infer<typeof News>;

/** Tells the other nodes. Takes the person's key and the news. */
export type TellSubscriptions = (person: string, news: SubscriptionNews) => void;

/**
 * Creates the way out. `hear` is called with what other nodes tell, and how to answer them; it must not throw. Answers have a share of their
 * own: whoever subscribes to much is still told of all of it on a stream that opens elsewhere.
 */
export function createSubscriptionNews(
  { nodeMessages, clock }: SubscriptionNewsDeps,
  hear: (news: SubscriptionNews, answer: TellSubscriptions) => void,
): TellSubscriptions {
  const createWay = (): TellSubscriptions => {
    const maySend = createMessageShare(clock);
    return (person, news) => {
      if (maySend(person)) nodeMessages.send("subscribed", news);
    };
  };
  const answer = createWay();
  nodeMessages.on("subscribed", (body) => News.safeParse(body).data ?? null, (news) => hear(news, answer));
  return createWay();
}

/** What {@link createSubscriptionNews} needs. */
export interface SubscriptionNewsDeps {
  readonly nodeMessages: NodeMessages;
  readonly clock: Clock;
}

const session = z.string().max(MAX_SESSION_ID_CHARS);
const uris = z.array(z.string()).max(MAX_SUBSCRIPTIONS_PER_STREAM);
const News = z.discriminatedUnion("kind", [
  /** These addresses were subscribed to, in a session of this person (`principalKey`). */
  z.strictObject({ kind: z.literal("added"), session, owner: z.string(), uris }),
  z.strictObject({ kind: z.literal("removed"), session, uris }),
  /** The session's stream is open here now: whoever knows of its subscriptions is asked to tell. */
  z.strictObject({ kind: z.literal("asked"), session }),
]);
