// Serves the skills on an SDK server of either era: extension io.modelcontextprotocol/skills (SEP-2640). Their files are resources, read
// in resource_handlers.ts.
import { z } from "zod";
import type { SkillFile } from "../../tool/skills/publish_skill.ts";
import type { Era } from "../inbound.ts";
import { ProtocolError, type Server } from "../sdk.ts";
import { requestContextOf } from "./context_in_sdk.ts";
import { LIST_TTL_MS } from "./server_description.ts";
import type { SkillList } from "./skill_list.ts";

/** How a server says that it has skills, with every method of the extension. */
export const SKILLS_EXTENSION = Object.freeze({ "io.modelcontextprotocol/skills": { directoryRead: true } });

/** Adds `skills/list`, `skills/get` and `resources/directory/read`. All skills are one page: no cursor is given, and none is taken. */
export function handleSkills(server: Server, skills: SkillList, era: Era): void {
  const cacheable = cacheableIn(era);
  server.setRequestHandler("skills/list", ANY, (params, context) => {
    const { cursor } = ListParams.parse({ params }).params;
    if (cursor !== undefined) throw unknownCursor();
    const entries = skills.listFor(requestContextOf(context).caller.principal);
    return { skills: entries.map((entry) => ({ ...entry })), ...cacheable };
  });
  server.setRequestHandler("skills/get", ANY, (params, context) => {
    const { uri } = GetParams.parse({ params }).params;
    const skill = skills.find(uri, requestContextOf(context).caller.principal);
    if (skill === undefined) {
      throw new ProtocolError(INVALID_PARAMS, "No skill is served there: see skills/list for the addresses");
    }
    return { skill: { ...skill }, ...cacheable };
  });
  server.setRequestHandler("resources/directory/read", ANY, (params, context) => {
    const { uri, cursor } = DirectoryParams.parse({ params }).params;
    const members = skills.readDirectory(uri, requestContextOf(context).caller.principal);
    if (members === null) throw new ProtocolError(INVALID_PARAMS, "No directory is served there");
    if (cursor !== undefined) throw unknownCursor();
    return { resources: members, ...cacheable };
  });
}

/** The answer to `resources/read` of a file of a skill: the very bytes of its digest. */
export function skillContents({ uri, mimeType, text }: SkillFile, era: Era) {
  return { contents: [{ uri, mimeType, text }], ...cacheableIn(era) };
}

/** JSON-RPC: invalid params; what the extension wants for an address that is none of ours. */
const INVALID_PARAMS = -32602;

/** Since 2026-07-28 a result says how long it holds; `private`, since which skills there are depends on the caller. */
function cacheableIn(era: Era) {
  return era === "modern" ? { ttlMs: LIST_TTL_MS, cacheScope: "private" as const } : {};
}

/** The SDK's own check of params would tell the schema library's words; these are parsed in the handler, where errors get ours. */
const ANY = Object.freeze({ params: z.looseObject({}) });
const Cursor = z.string().optional();
const ListParams = z.object({ params: z.object({ cursor: Cursor }) });
const GetParams = z.object({ params: z.object({ uri: z.string() }) });
const DirectoryParams = z.object({ params: z.object({ uri: z.string(), cursor: Cursor }) });

function unknownCursor(): ProtocolError {
  return new ProtocolError(INVALID_PARAMS, "Unknown cursor: list from the start");
}
