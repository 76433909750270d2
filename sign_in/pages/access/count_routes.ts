// `POST /narrowing/count`: how many records a choice would show, for the script of the pages on which a person makes the choice
// (count_script.ts). Changes nothing. Answers the person themselves, in their session, from a page of ours.
import { Hono } from "@hono/hono";
import type { AskGateway } from "../../gateway/ask_gateway.ts";
import { jsonAnswer } from "../../http/json_answer.ts";
import type { Identity } from "../../identity/identity.ts";
import { COUNT_WINDOW_MS, COUNTS_PER_PERSON } from "../../kit/limits.ts";
import { readTimeZone } from "../../kit/time_zones.ts";
import type { ScopeList } from "../../oauth/grants/scopes.ts";
import { type People, PeopleFault } from "../../people/people.ts";
import type { PageForms } from "../page_forms.ts";
import { type Person, readPageForm, readPerson } from "../read_person.ts";
import { COUNT_PATH } from "./count_script.ts";
import { askCounts, namesOf, NOTHING_KNOWN } from "./known_records.ts";
import { readNarrowing } from "./narrowing_fields.ts";
import { onlyWords } from "./narrowing_words.ts";
import { offeredSpaces } from "./offered_spaces.ts";
import type { PermissionWords } from "./permission_words.ts";
import { narrowedBy, PRESETS } from "./presets.ts";

/** The route. Starts with nobody counted. */
export function createCountRoutes(deps: CountRoutesDeps): Hono {
  const routes = new Hono();
  const share = createShare(deps.now);
  routes.post(COUNT_PATH, async ({ req: { raw } }) => {
    const person = await readPerson(deps.identity, raw.headers);
    const form = await readPageForm(raw);
    // What another site has the browser send is refused twice, by the browser's own word and by the token.
    const from = raw.headers.get("sec-fetch-site");
    const isOurs = person !== undefined && (from === null || from === "same-origin") &&
      await deps.forms.isOurs(raw, form, countPurpose(person.sessionId));
    if (!isOurs) return jsonAnswer(403, {});
    if (!share.hasRoom(person.userId)) {
      return jsonAnswer(429, {}, { "retry-after": String(COUNT_WINDOW_MS / 1000) });
    }
    try {
      return await count(deps, person, form);
    } catch (error) {
      if (error instanceof PeopleFault) return jsonAnswer(503, {});
      throw error;
    }
  });
  return routes;
}

/** What counting needs. */
export interface CountRoutesDeps {
  readonly identity: Identity;
  readonly people: Pick<People, "spacesOf">;
  readonly forms: PageForms;
  readonly scopeList: ScopeList;
  readonly words: PermissionWords;
  readonly gateway: AskGateway;
  readonly now: () => number;
}

/** Binds the token of the script to the session. */
export function countPurpose(sessionId: string): string {
  return `count\n${sessionId}`;
}

async function count(deps: CountRoutesDeps, person: Person, form: URLSearchParams): Promise<Response> {
  const name = form.get("module");
  const module = deps.words.narrowable(deps.scopeList.permissions).find((one) => one.name === name);
  if (module === undefined) return jsonAnswer(422, {});
  const spaces = offeredSpaces(await deps.people.spacesOf({ kind: "session", ...person }), []);
  const { modules, faults } = readNarrowing(form, { modules: [module], spaces, before: {} });
  if (faults.length > 0) return jsonAnswer(422, {});
  const preset = PRESETS.find((one) => one === form.get("preset")) ?? "choose";
  const narrowing = narrowedBy(preset, modules, [`${module.name}:read`]);
  const ticked = spaces.map(({ id }) => id).filter((id) => form.getAll("space").includes(id));
  const counts = await askCounts(deps, person, {
    modules: [module],
    narrowing,
    zone: readTimeZone(form.get("zone") ?? ""),
    spaces: form.get("where") === "some" ? ticked : [],
  });
  return jsonAnswer(200, {
    label: module.label,
    words: onlyWords(narrowing[module.name], module.narrowing, namesOf(NOTHING_KNOWN, spaces)),
    count: counts.get(module.name) ?? "",
  });
}

/** How many counts each person had in this window. Kept by each process for itself: it saves work, and guards nothing. */
function createShare(now: () => number) {
  let counts = new Map<string, number>();
  let until = 0;
  return {
    hasRoom(userId: string): boolean {
      if (now() >= until) {
        counts = new Map();
        until = now() + COUNT_WINDOW_MS;
      }
      const before = counts.get(userId) ?? 0;
      counts.set(userId, before + 1);
      return before < COUNTS_PER_PERSON;
    },
  };
}
