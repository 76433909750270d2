// Completes the variables of the templates of resources: spaces, modules, ids, views. Opens no field. MCP, utilities, completion.
import { z } from "zod";
import { MAX_COMPLETIONS } from "../kit/limits.ts";
import {
  type ResourceRequest,
  type ResourcesDeps,
  runRead,
  shownTools,
  spaceNames,
} from "./resource_access.ts";
import { badRequest } from "./resource_error.ts";
import { COLLECTION_TEMPLATE, RECORD_TEMPLATE } from "./resource_uri.ts";
import { VIEW_TEMPLATE } from "./view_resources.ts";

/** A variable of a template, to be completed. */
export interface CompletionRequest {
  readonly template: string;
  readonly variable: string;
  readonly value: string;
  /** The variables that are settled. */
  readonly settled: Readonly<Record<string, string>>;
}

/** Values that begin as asked, at most MAX_COMPLETIONS. */
export interface Completion {
  readonly values: string[];
  readonly total: number;
  readonly hasMore: boolean;
}

/**
 * Nothing where the caller may not look. Throws ResourceError for a template or variable that is none of ours, and Refused
 * where the spaces cannot be known.
 */
export async function complete(
  deps: ResourcesDeps,
  { template, variable, value, settled }: CompletionRequest,
  request: ResourceRequest,
): Promise<Completion> {
  if (template === VIEW_TEMPLATE) {
    const found = deps.views.candidates(variable, settled, request.requestContext.caller.principal);
    if (found === null) throw badRequest("Unknown variable of the template");
    return completionOf(found, value);
  }
  const isRecord = template === RECORD_TEMPLATE;
  if (!isRecord && template !== COLLECTION_TEMPLATE) {
    throw badRequest("Unknown template: see resources/templates/list");
  }
  const { requestContext } = request;
  const modules = shownTools(deps, requestContext);
  if (variable === "space") {
    if (modules.length === 0) return completionOf([], value);
    return completionOf([...(await spaceNames(deps, requestContext)).keys()], value);
  }
  if (variable === "module") return completionOf(modules.map(({ resource }) => resource.module), value);
  if (variable !== "id" || !isRecord) throw badRequest("Unknown variable of the template");
  const tools = modules.find(({ resource }) => resource.module === settled["module"]);
  if (tools === undefined) return completionOf([], value);
  const space = settled["space"] ?? requestContext.space;
  const result = await runRead(
    deps,
    tools.complete,
    space,
    { prefix: value },
    "completion/complete",
    request,
  );
  if ("reason" in result) return completionOf([], value);
  const { ids, total } = IdsOutput.parse(result.structuredContent);
  return { values: ids, total, hasMore: total > ids.length };
}

const IdsOutput = z.object({ ids: z.array(z.string()), total: z.number() });

function completionOf(candidates: readonly string[], value: string): Completion {
  const found = candidates.filter((candidate) => candidate.startsWith(value));
  return {
    values: found.slice(0, MAX_COMPLETIONS),
    total: found.length,
    hasMore: found.length > MAX_COMPLETIONS,
  };
}
