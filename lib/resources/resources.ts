// The person's records as MCP resources, and the views beside them (view_resources.ts): listing, reading, completing. Each read of a
// record is a call like a tool's, with the same policy, scopes, limits and log. What a grant does not show is not there, in words that
// do not differ. MCP, server features, resources.
import { z } from "zod";
import type { Refusal } from "../kit/errors.ts";
import { RESOURCE_PAGE_SPACES } from "../kit/limits.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Resource } from "../tool/define_resource.ts";
import type { Tool } from "../tool/define_tool.ts";
import { complete, type Completion, type CompletionRequest } from "./completion.ts";
import { completeTitle } from "./title_completion.ts";
import {
  type ResourceRequest,
  type ResourcesDeps,
  runRead,
  shownTools,
  spaceNames,
} from "./resource_access.ts";
import type { ResourceEntry, ResourceRead, ResourceTemplate } from "./resource_entries.ts";
import { badRequest, notFound, refusedWith } from "./resource_error.ts";
import {
  COLLECTION_TEMPLATE,
  collectionUri,
  parseResourceUri,
  RECORD_TEMPLATE,
  type ResourceAddress,
} from "./resource_uri.ts";

/** The person's records as MCP resources. */
export interface Resources {
  /**
   * The views that the caller is shown, and the collections of the spaces that it may see, some spaces a page. Throws ResourceError
   * for a cursor that is none of ours, and Refused where the spaces cannot be known.
   */
  list(
    requestContext: RequestContext,
    cursor?: string,
  ): Promise<{ resources: ResourceEntry[]; nextCursor?: string }>;
  /** The templates of what the caller may read. */
  templates(requestContext: RequestContext): ResourceTemplate[];
  /** Throws ResourceError, with the address as its data where there is no such resource. */
  read(uri: string, request: ResourceRequest): Promise<ResourceRead>;
  /** Nothing where the caller may not look. Throws ResourceError for a template or variable that is none of ours. */
  complete(completion: CompletionRequest, request: ResourceRequest): Promise<Completion>;
  /** Titles of a module's records in the active space that begin as a text does. Nothing where the caller may not look. */
  completeTitle(module: string, begin: string, request: ResourceRequest): Promise<string[]>;
  /** The record or collection that an address names, whoever asks; null for none of ours. */
  find(uri: string): FoundResource | null;
  /** Whether an address names a view. */
  isView(uri: string): boolean;
}

/** What an address names, and the tool that reads it. */
export interface FoundResource {
  readonly address: ResourceAddress;
  readonly resource: Resource;
  readonly tool: Tool;
}

/** Serves the resources of these tools. */
export function createResources(deps: ResourcesDeps): Resources {
  const { views } = deps;
  const byModule = new Map(deps.tools.map((tools) => [tools.resource.module, tools]));
  const find = (uri: string): FoundResource | null => {
    const address = parseResourceUri(uri);
    const tools = address === null ? undefined : byModule.get(address.module);
    if (address === null || tools === undefined) return null;
    const tool = address.id === null ? tools.collection : tools.record;
    return { address, resource: tools.resource, tool };
  };
  return Object.freeze({
    find,
    isView: views.has,
    async list(requestContext: RequestContext, cursor?: string) {
      const page = await listCollections(deps, requestContext, cursor);
      if (cursor !== undefined) return page;
      return { ...page, resources: [...views.list(requestContext.caller.principal), ...page.resources] };
    },
    templates: (requestContext: RequestContext) => [
      ...(shownTools(deps, requestContext).length === 0 ? [] : TEMPLATES),
      ...views.templates(requestContext.caller.principal),
    ],
    async read(uri: string, request: ResourceRequest) {
      const view = views.read(uri, request.era);
      if (view !== null) return view;
      const found = find(uri);
      if (found === null) throw notFound(uri);
      return await readResource(deps, uri, found, request);
    },
    complete: (completion: CompletionRequest, request: ResourceRequest) =>
      complete(deps, completion, request),
    completeTitle: (module: string, begin: string, request: ResourceRequest) =>
      completeTitle(deps, module, begin, request),
  });
}

const MIME_TYPE = "application/json";
const TEMPLATES: readonly ResourceTemplate[] = [
  {
    uriTemplate: COLLECTION_TEMPLATE,
    name: "collection",
    title: "Records of a module in a space",
    mimeType: MIME_TYPE,
  },
  { uriTemplate: RECORD_TEMPLATE, name: "record", title: "One record", mimeType: MIME_TYPE },
];

async function listCollections(deps: ResourcesDeps, requestContext: RequestContext, cursor?: string) {
  const after = cursor === undefined ? "" : spaceAfter(cursor);
  const modules = shownTools(deps, requestContext);
  if (modules.length === 0) return { resources: [] };
  const rest = [...await spaceNames(deps, requestContext)].filter(([id]) => id > after);
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

async function readResource(
  deps: ResourcesDeps,
  uri: string,
  { tool, address: { id, space } }: FoundResource,
  request: ResourceRequest,
) {
  const result = await runRead(deps, tool, space, id === null ? {} : { id }, "resources/read", request);
  if ("reason" in result) throw isAbsence(result) ? notFound(uri) : refusedWith(result);
  const { structuredContent: output, content: [content], _meta } = result;
  // One content, remarks in it: clients hand the model what they take to be the document, and drop what stands beside it.
  const text = id === null ? content?.text ?? "" : recordText(output);
  return {
    contents: [{ uri, mimeType: MIME_TYPE, text }],
    ...(_meta === undefined ? {} : { _meta }),
  };
}

/** Whether a refusal says no more than that the caller sees no such thing. */
function isAbsence({ reason }: Refusal): boolean {
  return reason === "record-not-found" || reason === "space-not-member" || reason === "space-not-granted";
}

/** A record as JSON, with what is to be remarked on it. */
function recordText(output: unknown): string {
  const { remarks, record } = RecordOutput.parse(output);
  return JSON.stringify(remarks === undefined ? record : { remarks, ...record });
}

const RecordOutput = z.object({
  remarks: z.array(z.string()).optional(),
  record: z.looseObject({}),
});
