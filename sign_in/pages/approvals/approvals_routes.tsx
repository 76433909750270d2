// `/approvals`: what apps want to do and may not do without the person's yes. A link shows; only a form of ours decides (decide.tsx).
import { Hono } from "@hono/hono";
import { clientErrorPage } from "../message_page.tsx";
import { redirectAnswer } from "../page_answer.ts";
import { facePeopleFaults, type PageAddress, toSignIn } from "../people_faults.ts";
import { type Person, readPerson } from "../read_person.ts";
import { listApprovals, readApproval } from "./ask_approvals.ts";
import { answerDecision } from "./decide.tsx";
import { FAULT_WORDS } from "./fault_words.ts";
import { showApproval, showApprovals, type ShowDeps, showFault } from "./show_approvals.tsx";

/** The routes. */
export function createApprovalsRoutes(deps: ApprovalsRoutesDeps): Hono {
  const routes = new Hono();
  routes.get("/approvals", (c) =>
    openAs(deps, c.req.raw, "/approvals", async (person) => {
      const asked = await listApprovals(deps.gateway, person);
      return asked.isOk
        ? await showApprovals(deps, c.req.raw, person, asked.value)
        : await showFault(deps, c.req.raw, person, { code: asked.fault.code, again: "/approvals" });
    }));
  routes.get("/approvals/:id", (c) => {
    const id = c.req.param("id");
    const path = `/approvals/${id}` as const;
    // Nothing that is no id gets into an address of ours, or to the gateway.
    if (!/^[0-9a-f]{32}$/.test(id)) return clientErrorPage("not_found");
    return openAs(deps, c.req.raw, path, async (person) => {
      const asked = await readApproval(deps.gateway, person, id);
      if (asked.isOk) return await showApproval(deps, c.req.raw, person, asked.value);
      const { code, approval } = asked.fault;
      return approval === undefined
        ? await showFault(deps, c.req.raw, person, { code, again: isLasting(code) ? "/approvals" : path })
        : await showApproval(deps, c.req.raw, person, approval);
    });
  });
  routes.post(
    "/approvals",
    (c) =>
      facePeopleFaults(
        deps,
        c.req.raw,
        { path: "/approvals", carried: "" },
        () => answerDecision(deps, c.req.raw),
      ),
  );
  return routes;
}

/** What the pages of approvals need. */
export type ApprovalsRoutesDeps = ShowDeps;

/**
 * Opens a page for the person who is signed in; everybody else signs in and is brought back. A page that the browser fetches in
 * advance is refused: nobody looks at it yet, and "shown at" has to be the time when somebody did.
 */
async function openAs(
  deps: ApprovalsRoutesDeps,
  request: Request,
  path: PageAddress["path"],
  show: (person: Person) => Promise<Response>,
): Promise<Response> {
  if (request.headers.get("sec-purpose")?.startsWith("prefetch")) {
    return new Response(null, { status: 503, headers: { "cache-control": "no-store" } });
  }
  const address: PageAddress = { path, carried: "" };
  return await facePeopleFaults(deps, request, address, async () => {
    const person = await readPerson(deps.identity, request.headers);
    return person === undefined ? redirectAnswer(toSignIn(address)) : await show(person);
  });
}

/** Whether asking again is in vain. */
function isLasting(code: keyof typeof FAULT_WORDS): boolean {
  return FAULT_WORDS[code].keeps === "nothing";
}
