// Takes the person's yes or no: only from a form of ours, in the session and for the very requests that it was made for.
import type { Approval } from "../../gateway/answers.ts";
import { DecidedForm } from "../../gateway/decided_form.ts";
import { clientErrorPage } from "../message_page.tsx";
import { redirectAnswer } from "../page_answer.ts";
import { toSignIn } from "../people_faults.ts";
import { type Person, readPageForm, readPerson } from "../read_person.ts";
import { type ApprovalFault, type Asked, decideApproval, listApprovals } from "./ask_approvals.ts";
import { type DecidedItem, decisionPurpose, readItems } from "./decided_items.ts";
import { FAULT_WORDS, noticeOf } from "./fault_words.ts";
import { showApproval, showApprovals, type ShowDeps, showFault } from "./show_approvals.tsx";
import { grantState } from "./who_asks.ts";

/** Answers the form of the buttons. */
export async function answerDecision(deps: ShowDeps, request: Request): Promise<Response> {
  const person = await readPerson(deps.identity, request.headers);
  if (person === undefined) return await backToRequest(request);
  const form = await DecidedForm.read(
    deps.forms,
    request,
    (fields) => decisionPurpose(person.sessionId, { items: fields.getAll("item"), wish: wishOf(fields) }),
  );
  const items = form && readItems(form.fields);
  const decision = form && readDecision(form.fields);
  if (form === undefined || items === undefined || decision === undefined) {
    return await clientErrorPage("foreign_form");
  }
  const answered = { form, decision, wish: wishOf(form.fields) };
  return items.length === 1
    ? await decideOne(deps, request, person, items[0], answered)
    : await decideSeveral(deps, request, person, items, answered);
}

/** Their session ended while they looked. They sign in, come back to the request, and nothing was decided. */
async function backToRequest(request: Request): Promise<Response> {
  const items = readItems(await readPageForm(request));
  const path = items?.length === 1 ? `/approvals/${items[0].id}` as const : "/approvals";
  return redirectAnswer(toSignIn({ path, carried: "" }));
}

/** The person's form, what they pressed, and what was written above the button. */
interface Answered {
  readonly form: DecidedForm;
  readonly decision: "yes" | "no";
  readonly wish: string;
}

function wishOf(fields: URLSearchParams): string {
  return fields.get("wish") ?? "";
}

function readDecision(fields: URLSearchParams): Answered["decision"] | undefined {
  const given = fields.getAll("decision");
  return (["yes", "no"] as const).find((word) => given.length === 1 && given[0] === word);
}

async function decideOne(
  deps: ShowDeps,
  request: Request,
  person: Person,
  item: DecidedItem,
  answered: Answered,
): Promise<Response> {
  const path = `/approvals/${item.id}`;
  const asked = await decide(deps, person, item, answered);
  if (asked.isOk || isSameAnswer(asked.fault, answered)) return redirectAnswer(path, person.cookies);
  const { code, approval } = asked.fault;
  const words = FAULT_WORDS[code];
  if (words.keeps !== "request" || approval === undefined) {
    const again = words.keeps === "button" ? path : "/approvals";
    const decided = { items: [item.text], wish: answered.wish };
    return await showFault(deps, request, person, { code, again, decided });
  }
  // A request whose time was over, or whose record is gone, says so by itself.
  const saysItself = approval.status === "expired" || approval.status === "changed";
  const told = saysItself ? { status: words.status } : { status: words.status, notice: words };
  return await showApproval(deps, request, person, approval, told);
}

/** Each request is decided by itself, one after the other: one that fails keeps none of the others from being answered. */
async function decideSeveral(
  deps: ShowDeps,
  request: Request,
  person: Person,
  items: readonly DecidedItem[],
  answered: Answered,
): Promise<Response> {
  const faults: (ApprovalFault & { readonly item: DecidedItem })[] = [];
  for (const item of items) {
    const asked = await decide(deps, person, item, answered);
    if (!asked.isOk && !isSameAnswer(asked.fault, answered)) faults.push({ ...asked.fault, item });
  }
  const [first] = faults;
  if (first === undefined) return redirectAnswer("/approvals", person.cookies);
  const listed = await listApprovals(deps.gateway, person);
  if (!listed.isOk) {
    const open = faults.filter(({ code }) => FAULT_WORDS[code].keeps === "button");
    return await showFault(deps, request, person, {
      code: open[0]?.code ?? first.code,
      again: "/approvals",
      decided: { items: open.map(({ item }) => item.text), wish: answered.wish },
    });
  }
  return await showApprovals(deps, request, person, listed.value, {
    status: FAULT_WORDS[first.code].status,
    notice: noticeOf(faults.map(({ code }) => code), items.length),
  });
}

async function decide(
  deps: ShowDeps,
  person: Person,
  { id, diff, shownAt, grantId }: DecidedItem,
  { form, decision }: Answered,
): Promise<Asked<Approval>> {
  // Looked up for each request: the person may take the permission away while the others are carried out.
  const grant = await grantState(deps, person, grantId);
  return await decideApproval(deps.gateway, person, { id, diff, shownAt, decision, grant }, form);
}

/** Whether this answer was given before, by a second click for example. */
function isSameAnswer({ code, approval }: ApprovalFault, { decision }: Answered): boolean {
  return code === "used" && approval?.status === (decision === "yes" ? "done" : "declined");
}
