// The streams with a subscriber, of all people: how many may be open at once, and what still goes on for ended streams.
import { MAX_SUBSCRIBED_STREAMS, MAX_SUBSCRIBED_STREAMS_PER_PERSON } from "../kit/limits.ts";
import { type Principal, principalKey } from "../people/principal.ts";
import type { RequestContext } from "../people/request_context.ts";
import {
  createSubscriber,
  type Subscriber,
  type SubscriberDeps,
  type SubscriberOutlet,
} from "./subscriber.ts";

/** Open streams, each with a subscriber. */
export interface OpenStreams {
  /** Whether this person may open no more streams now. */
  isFull(principal: Principal): boolean;
  /** A subscriber for a new stream. */
  open(requestContext: RequestContext, outlet: SubscriberOutlet): Subscriber;
  /** The stream has ended. */
  close(subscriber: Subscriber): void;
  count(): number;
  /** Resolves when nothing goes on for a stream that has ended. */
  settled(): Promise<void>;
}

/** Starts with no stream. */
export function createOpenStreams(deps: SubscriberDeps): OpenStreams {
  /** Whose each stream is. */
  const owners = new Map<Subscriber, string>();
  const stopping = new Set<Promise<void>>();
  return {
    isFull(principal) {
      const person = principalKey(principal);
      let own = 0;
      for (const owner of owners.values()) if (owner === person) own += 1;
      return owners.size >= MAX_SUBSCRIBED_STREAMS || own >= MAX_SUBSCRIBED_STREAMS_PER_PERSON;
    },
    open(requestContext, outlet) {
      const subscriber = createSubscriber(deps, requestContext, outlet);
      owners.set(subscriber, principalKey(requestContext.caller.principal));
      return subscriber;
    },
    close(subscriber) {
      owners.delete(subscriber);
      const stopped = subscriber.stop().finally(() => stopping.delete(stopped));
      stopping.add(stopped);
    },
    count: () => owners.size,
    async settled() {
      await Promise.all(stopping);
    },
  };
}
