// Makes the answers with the pages of approvals: looks up who asks, issues the tokens of the forms, chooses the status.
import type { Approval } from "../../gateway/answers.ts";
import type { AskGateway } from "../../gateway/ask_gateway.ts";
import type { Identity } from "../../identity/identity.ts";
import type { People } from "../../people/people.ts";
import { emailWord } from "../format_values.ts";
import type { Notice } from "../layout.tsx";
import { pageAnswer } from "../page_answer.ts";
import type { FormTicket, PageForms } from "../page_forms.ts";
import { personBar } from "../person_bar.ts";
import type { Person } from "../read_person.ts";
import { hasButton } from "./approval.ts";
import { type DecideLabels, wishWord } from "./approval_card.tsx";
import { ApprovalPage } from "./approval_page.tsx";
import { ApprovalsPage, groupRequests, groupWord } from "./approvals_page.tsx";
import type { FaultCode } from "./ask_approvals.ts";
import { type DecidingForm, decisionPurpose, writeItem } from "./decided_items.ts";
import { FaultPage } from "./fault_page.tsx";
import { FAULT_WORDS, readingWords } from "./fault_words.ts";
import { type AskerDeps, findAsker } from "./who_asks.ts";

/** Shows everything that waits, and what was decided within a day. */
export async function showApprovals(
  deps: ShowDeps,
  request: Request,
  person: Person,
  approvals: readonly Approval[],
  { notice, status }: Told = {},
): Promise<Response> {
  const now = deps.now();
  const ticket = deps.forms.issueTicket(request.headers);
  const asked = await Promise.all(
    approvals.map(async (approval) => ({ approval, asker: await findAsker(deps, person, approval) })),
  );
  const groups = await Promise.all(
    groupRequests(asked.filter(({ approval }) => hasButton(approval))).map(async (group) => {
      const items = group.map(({ approval }) => writeItem(approval, now));
      return { asked: group, ...await makeForm(ticket, person, { items, wish: groupWord(group) }) };
    }),
  );
  const page = (
    <ApprovalsPage
      bar={await personBar(deps, person, ticket)}
      email={emailWord(person.email)}
      groups={groups}
      decided={asked.filter(({ approval }) => !hasButton(approval))}
      now={now}
      zone={await zoneOf(deps, person)}
      notice={notice}
    />
  );
  return await answer(person, ticket, { status, hasScript: groups.length > 0 }, page);
}

/** Shows one request: to be answered, or how it ended. */
export async function showApproval(
  deps: ShowDeps,
  request: Request,
  person: Person,
  approval: Approval,
  { notice, status }: Told = {},
): Promise<Response> {
  const now = deps.now();
  const ticket = deps.forms.issueTicket(request.headers);
  const asked = { approval, asker: await findAsker(deps, person, approval) };
  const decides = hasButton(approval)
    ? await makeForm(ticket, person, { items: [writeItem(approval, now)], wish: wishWord(asked) })
    : undefined;
  const page = (
    <ApprovalPage
      bar={await personBar(deps, person, ticket)}
      asked={asked}
      decides={decides}
      now={now}
      zone={await zoneOf(deps, person)}
      notice={notice}
    />
  );
  return await answer(person, ticket, { status, hasScript: decides !== undefined }, page);
}

/** Shows a fault; with `decided`, the person's form stays, so that the same click can be made again. */
export async function showFault(
  deps: ShowDeps,
  request: Request,
  person: Person,
  { code, again, decided }: ShownFault,
): Promise<Response> {
  const words = decided === undefined ? readingWords(code) : FAULT_WORDS[code];
  const ticket = deps.forms.issueTicket(request.headers);
  const decides = decided !== undefined && words.keeps === "button"
    ? { ...await makeForm(ticket, person, decided), labels: plainLabels(decided.items.length) }
    : undefined;
  const page = (
    <FaultPage
      bar={await personBar(deps, person, ticket)}
      email={emailWord(person.email)}
      words={words}
      decides={decides}
      again={again}
    />
  );
  return await answer(person, ticket, { status: words.status, hasScript: decides !== undefined }, page);
}

/** What making the pages needs. */
export interface ShowDeps extends AskerDeps {
  readonly identity: Identity;
  readonly people: People;
  readonly forms: PageForms;
  readonly gateway: AskGateway;
  readonly now: () => number;
}

/** What a page says above the requests, and with which status. */
export interface Told {
  readonly notice?: Notice;
  readonly status?: number;
}

/** A fault to be shown. */
export interface ShownFault {
  readonly code: FaultCode;
  /** Where the request is shown. */
  readonly again: string;
  /** What the person's form decided, word for word; absent: nothing was decided. */
  readonly decided?: Pick<DecidingForm, "items" | "wish">;
}

async function makeForm(
  ticket: FormTicket,
  { sessionId }: Person,
  decided: Pick<DecidingForm, "items" | "wish">,
): Promise<DecidingForm> {
  return { ...decided, form: await ticket.token(decisionPurpose(sessionId, decided)) };
}

function plainLabels(count: number): DecideLabels {
  return count === 1
    ? { yes: "Yes", no: "No", isDeletion: false }
    : { yes: `Yes to all ${count}`, no: `No to all ${count}`, isDeletion: false };
}

/** The zone that the person last said to be theirs. */
async function zoneOf({ grants }: ShowDeps, { userId }: Person): Promise<string | undefined> {
  return (await grants.listEver(userId)).map(({ zoneinfo }) => zoneinfo).find(Boolean);
}

async function answer(
  person: Person,
  ticket: FormTicket,
  { status, hasScript }: { readonly status: number | undefined; readonly hasScript: boolean },
  page: Parameters<typeof pageAnswer>[0],
): Promise<Response> {
  return await pageAnswer(page, { status, hasScript, cookies: [...ticket.cookies, ...person.cookies] });
}
