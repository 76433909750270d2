import { z } from "zod";
import type { Spaces } from "../spaces/spaces.ts";
import type { Refusal } from "../kit/errors.ts";
import { MAX_COMPLETIONS, RESOURCE_PAGE_SPACES } from "../kit/limits.ts";
import type { Gate } from "../policy/gate.ts";
import type { Resource } from "../tool/define_resource.ts";
import type { Hide } from "../kit/secret.ts";
import type { Tool } from "../tool/define_tool.ts";
import type { CallResult } from "../calls/call_result.ts";
import type { CallRequest, CallSite } from "../calls/call_site.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { ResourceTools } from "./resource_tools.ts";
import { badRequest, notFound, refusedWith } from "./resource_error.ts";
import {
  COLLECTION_TEMPLATE,
  collectionUri,
  parseResourceUri,
  RECORD_TEMPLATE,
  type ResourceAddress,
} from "./resource_uri.ts";

const MIME_TYPE = "application/json";

/** Dependencies of {@link createResources}. */
export interface ResourcesDeps {
  readonly tools: readonly ResourceTools[];
  /** Runs the reads, over a registry that holds nothing else. */
  readonly calls: CallSite;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly hide: Hide;
}

/** Who asks: what every call of a tool says as well. */
export type ResourceRequest = Pick<
  CallRequest,
  "requestContext" | "clientName" | "era" | "parent" | "signal"
>;

/** One entry of `resources/list`. */
export interface ResourceEntry {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
}

/** One part of the answer to `resources/read`. */
export interface ResourceContents {
  readonly uri: string;
  readonly mimeType: string;
  readonly text: string;
}

/** What is to be completed: a variable of one of the templates. */
export interface CompletionRequest {
  readonly template: string;
  readonly variable: string;
  readonly value: string;
  /** The variables that are settled. */
  readonly settled: Readonly<Record<string, string>>;
}

/** Values that begin as asked. */
export interface Completion {
  readonly values: string[];
  readonly total: number;
  readonly hasMore: boolean;
}

/** The person's records as MCP resources. What a grant does not show is not there, in words that do not differ. */
export interface Resources {
  /**
   * The collections of the spaces that the caller may see, some spaces a page. Throws ResourceError for a cursor that is
   * none, and Refused where the spaces cannot be known.
   */
  list(
    requestContext: RequestContext,
    cursor?: string,
  ): Promise<{ resources: ResourceEntry[]; nextCursor?: string }>;
  /** The templates, where the caller may read any module. */
  templates(
    requestContext: RequestContext,
  ): { uriTemplate: string; name: string; title: string; mimeType: string }[];
  /** Throws ResourceError, with the address as its data where there is no such resource. */
  read(uri: string, request: ResourceRequest): Promise<{
    contents: ResourceContents[];
    _meta?: Record<string, unknown>;
  }>;
  /** Nothing where the caller may not look. Throws ResourceError for a template or variable that is none of ours. */
  complete(completion: CompletionRequest, request: ResourceRequest): Promise<Completion>;
  /** What an address names, whoever asks; null for none of ours. */
  find(
    uri: string,
  ): { readonly address: ResourceAddress; readonly resource: Resource; readonly tool: Tool } | null;
}

const IdsOutput = z.object({ ids: z.array(z.string()), total: z.number() });
const RecordOutput = z.object({
  remarks: z.array(z.string()).optional(),
  record: z.looseObject({}),
});

/** Creates it. */
export function createResources(deps: ResourcesDeps): Resources {
  const { gate, spaces } = deps;
  const byModule = new Map(deps.tools.map((tools) => [tools.resource.module, tools]));

  const shown = (requestContext: RequestContext): ResourceTools[] =>
    deps.tools.filter(({ collection }) => gate.shows(collection, requestContext.caller.principal));

  /** The spaces that the caller may see, the active one among them, each with what people call it. */
  const spacesOf = async ({ caller, space }: RequestContext): Promise<Map<string, string>> => {
    const { choice, directory } = await spaces.resolve(caller, space);
    const found = new Map(directory.spaces.map(({ id, name }) => [id, name ?? id]));
    if (choice.ok && !found.has(choice.space.id)) {
      found.set(choice.space.id, choice.space.kind === "personal" ? "personal" : choice.space.id);
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  };

  const find: Resources["find"] = (uri) => {
    const address = parseResourceUri(uri);
    const tools = address === null ? undefined : byModule.get(address.module);
    if (address === null || tools === undefined) return null;
    return {
      address,
      resource: tools.resource,
      tool: address.id === null ? tools.collection : tools.record,
    };
  };

  const run = async (
    tool: Tool,
    space: string | null,
    args: unknown,
    method: "resources/read" | "completion/complete",
    request: ResourceRequest,
  ): Promise<CallResult | Refusal> => {
    let refused: Refusal | undefined;
    const result = await deps.calls.call({
      ...request,
      name: tool.name,
      method,
      args: deps.hide(args),
      // The address says which space, and it is checked like the header that says so for tools.
      requestContext: { ...request.requestContext, space },
      asking: { canAsk: false, reply: null },
      onRefused: (refusal) => void (refused = refusal),
    });
    return refused ?? result ?? { reason: "tool-unknown" };
  };

  return Object.freeze({
    find,

    async list(requestContext: RequestContext, cursor?: string) {
      const after = cursor === undefined ? "" : spaceAfter(cursor);
      const modules = shown(requestContext);
      if (modules.length === 0) return { resources: [] };
      const rest = [...await spacesOf(requestContext)].filter(([id]) => id > after);
      const page = rest.slice(0, RESOURCE_PAGE_SPACES);
      const resources = page.flatMap(([space, name]) =>
        modules.map(({ resource: { module, title } }) => ({
          uri: collectionUri(space, module),
          name: `${module} in ${name}`,
          title: `${title} (${name})`,
          description: `${title} of the space ${name}, newest first.`,
          mimeType: MIME_TYPE,
        }))
      );
      const last = page.at(-1);
      return rest.length > page.length && last !== undefined
        ? { resources, nextCursor: new TextEncoder().encode(last[0]).toBase64({ alphabet: "base64url" }) }
        : { resources };
    },

    templates(requestContext: RequestContext) {
      if (shown(requestContext).length === 0) return [];
      return [
        {
          uriTemplate: COLLECTION_TEMPLATE,
          name: "collection",
          title: "Records of a module in a space",
          mimeType: MIME_TYPE,
        },
        { uriTemplate: RECORD_TEMPLATE, name: "record", title: "One record", mimeType: MIME_TYPE },
      ];
    },

    async read(uri: string, request: ResourceRequest) {
      const found = find(uri);
      if (found === null) throw notFound(uri);
      const { id, space } = found.address;
      const result = await run(found.tool, space, id === null ? {} : { id }, "resources/read", request);
      if ("reason" in result) throw isAbsence(result) ? notFound(uri) : refusedWith(result);
      const { structuredContent: output, content: [content], _meta } = result;
      // One content, remarks in it: clients hand the model what they take to be the document, and drop what stands beside it.
      const text = id === null ? content?.text ?? "" : recordText(output);
      return {
        contents: [{ uri, mimeType: MIME_TYPE, text }],
        ...(_meta === undefined ? {} : { _meta }),
      };
    },

    async complete({ template, variable, value, settled }: CompletionRequest, request: ResourceRequest) {
      const isRecord = template === RECORD_TEMPLATE;
      if (!isRecord && template !== COLLECTION_TEMPLATE) {
        throw badRequest("Unknown template: see resources/templates/list");
      }
      const { requestContext } = request;
      const modules = shown(requestContext);
      if (variable === "space") {
        return completionOf(modules.length === 0 ? [] : [...(await spacesOf(requestContext)).keys()], value);
      }
      if (variable === "module") {
        return completionOf(modules.map(({ resource }) => resource.module), value);
      }
      if (variable !== "id" || !isRecord) {
        throw badRequest("Unknown variable of the template");
      }
      const tools = modules.find(({ resource }) => resource.module === settled["module"]);
      if (tools === undefined) return completionOf([], value);
      const space = settled["space"] ?? requestContext.space;
      const result = await run(tools.complete, space, { prefix: value }, "completion/complete", request);
      if ("reason" in result) return completionOf([], value);
      const { ids, total } = IdsOutput.parse(result.structuredContent);
      return { values: ids, total, hasMore: total > ids.length };
    },
  });
}

/** A record as JSON, with what is to be remarked on it. */
function recordText(output: unknown): string {
  const { remarks, record } = RecordOutput.parse(output);
  return JSON.stringify(remarks === undefined ? record : { remarks, ...record });
}

function completionOf(candidates: readonly string[], value: string): Completion {
  const found = candidates.filter((candidate) => candidate.startsWith(value));
  return {
    values: found.slice(0, MAX_COMPLETIONS),
    total: found.length,
    hasMore: found.length > MAX_COMPLETIONS,
  };
}

/** The id after which a page starts. Throws ResourceError for a cursor that is none of ours. */
function spaceAfter(cursor: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.fromBase64(cursor, { alphabet: "base64url" }),
    );
  } catch {
    throw badRequest("Unknown cursor: list from the start");
  }
}

/** Whether a refusal says no more than that the caller sees no such thing. */
function isAbsence({ reason }: Refusal): boolean {
  return reason === "record-not-found" || reason === "space-not-member" || reason === "space-not-granted";
}
