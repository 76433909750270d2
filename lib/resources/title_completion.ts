// Completes titles of records. Titles are sealed, so that telling one discloses it: each time is a call like any tool's, under
// policy, grant, budget and ledger. MCP, utilities, completion.
import { z } from "zod";
import { MAX_TITLE_CHARS, MIN_TITLE_CHARS } from "../kit/limits.ts";
import { type ResourceRequest, type ResourcesDeps, runRead, shownTools } from "./resource_access.ts";

/**
 * Titles that begin as the text does. Empty, and without a call, for a text of fewer than {@link MIN_TITLE_CHARS} characters.
 * Empty as well where the call is refused, for whatever reason: a client asks for each key, nobody reads an error there, and
 * "you may not look" must not differ from "there is none".
 */
export async function completeTitle(
  deps: ResourcesDeps,
  module: string,
  begin: string,
  request: ResourceRequest,
): Promise<string[]> {
  const tool = shownTools(deps, request.requestContext).find(({ resource }) => resource.module === module)
    ?.titles ?? null;
  const typed = begin.trim();
  if (tool === null || [...typed].length < MIN_TITLE_CHARS || typed.length > MAX_TITLE_CHARS) return [];
  const { space } = request.requestContext;
  const result = await runRead(deps, tool, space, { begin: typed }, "completion/complete", request);
  return "reason" in result ? [] : TitlesOutput.parse(result.structuredContent).titles;
}

const TitlesOutput = z.object({ titles: z.array(z.string()) });
