// What a caller may see of the resources, and one read in the caller's name. Every read is a call like a tool's.
import type { CallResult } from "../calls/call_result.ts";
import type { CallRequest } from "../calls/call_request.ts";
import type { CallSite } from "../calls/call_site.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import type { Hide } from "../kit/secret.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Gate } from "../policy/gate.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { Tool } from "../tool/define_tool.ts";
import type { ResourceTools } from "./resource_tools.ts";
import type { ViewResources } from "./view_resources.ts";

/** What the resources are served with. */
export interface ResourcesDeps {
  readonly tools: readonly ResourceTools[];
  readonly views: ViewResources;
  /** Runs the reads, over a registry that holds nothing else. */
  readonly calls: CallSite;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly hide: Hide;
}

/** Who asks: what every call of a tool says as well. */
export type ResourceRequest = Pick<
  CallRequest,
  "requestContext" | "clientName" | "era" | "revision" | "parent" | "signal"
>;

/** The modules that the caller may read. */
export function shownTools({ tools, gate }: ResourcesDeps, { caller }: RequestContext): ResourceTools[] {
  return tools.filter(({ collection }) => gate.shows(collection, caller.principal));
}

/**
 * The spaces that the caller may see, the active space among them, each with what people call it; in the order of ids. Throws
 * Refused where the auth service tells nobody's spaces: no collection at all would look like the truth.
 */
export async function spaceNames(
  { spaces }: ResourcesDeps,
  { caller, space }: RequestContext,
): Promise<Map<string, string>> {
  const { choice, directory } = await spaces.resolve(caller, space);
  if (!choice.ok && choice.refusal.reason === "spaces-untold") throw new Refused(choice.refusal);
  const found = new Map(directory.spaces.map(({ id, name }) => [id, name ?? id]));
  if (choice.ok && !found.has(choice.space.id)) {
    found.set(choice.space.id, choice.space.kind === "personal" ? "personal" : choice.space.id);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Runs a read in one space; null is the active space. The result, or why it was refused. */
export async function runRead(
  { calls, hide }: ResourcesDeps,
  tool: Tool,
  space: string | null,
  args: unknown,
  method: "resources/read" | "completion/complete",
  request: ResourceRequest,
): Promise<CallResult | Refusal> {
  let refused: Refusal | undefined;
  const result = await calls.call({
    ...request,
    name: tool.name,
    method,
    args: hide(args),
    // The address says which space, and it is checked like the header that says so for tools.
    requestContext: { ...request.requestContext, space },
    asking: { canAsk: false, reply: null },
    onRefused: (refusal) => void (refused = refusal),
  });
  return refused ?? result ?? { reason: "tool-unknown" };
}
