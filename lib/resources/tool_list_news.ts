// Tells a client that its tools are others than the ones it was given: the person took something back, or allowed more. The
// client then has a new token, so this is looked at whenever a stream is opened or a session's token changes.
import { type EventSink, messageEvent } from "../http/streams/add_events.ts";
import type { Principal } from "../people/principal.ts";

/** Whether a client has been told of the list of tools that it would get now. */
export interface ToldLists {
  isOutdated(principal: Principal): boolean;
  noteTold(principal: Principal): void;
}

/** Tells the client of `principal` once, where its list is outdated and the stream has room. */
export function tellOfTools(lists: ToldLists, principal: Principal, sink: EventSink, params?: object): void {
  if (!lists.isOutdated(principal)) return;
  const method = "notifications/tools/list_changed";
  const message = { jsonrpc: "2.0", method, ...(params === undefined ? {} : { params }) };
  if (sink.write(messageEvent(message))) lists.noteTold(principal);
}
