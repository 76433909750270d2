// Tells a client that its list of tools is another than the one it was given: the person took something back or allowed more, or
// there is more than one space to choose from now. This is looked at whenever a stream is opened, a request of its session comes,
// or the reader has taken a part of the stream, which every keep-alive is: what was last found of the grant is at hand then.
import { type EventSink, messageEvent } from "../http/streams/add_events.ts";
import type { Principal } from "../people/principal.ts";
import type { RequestContext } from "../people/request_context.ts";

/** Whether a client has been told of the list of tools that it would get now. */
export interface ToldLists {
  isOutdated(principal: Principal, profile: string | null): boolean;
  noteTold(principal: Principal, profile: string | null): void;
}

/** Tells the client of a request once, where its list is outdated by what was last found of it and the stream has room. */
export function tellOfTools(
  lists: ToldLists,
  { current, profile }: Pick<RequestContext, "current" | "profile">,
  sink: EventSink,
  params?: object,
): void {
  const principal = current();
  if (!lists.isOutdated(principal, profile) || !sink.hasRoom()) return;
  const method = "notifications/tools/list_changed";
  const message = { jsonrpc: "2.0", method, ...(params === undefined ? {} : { params }) };
  // Noted first: a reader that waits takes the event at once, and `onRoom` asks again before `write` returns.
  lists.noteTold(principal, profile);
  sink.write(messageEvent(message));
}
