// What a form of the buttons decides: for each request its id, what was shown, when, and which grant asked. The token of the form is
// made for exactly this list (page_forms.ts), so that nothing in it can be exchanged on the way back.
import type { Approval } from "../../gateway/answers.ts";

/** Writes one request into a form that is made at `now`. */
export function writeItem({ id, diff, grantId }: Approval, now: number): string {
  return [id, diff, now, grantId].join(".");
}

/** Reads the requests of a form; `undefined` where it has none, or a field of another form. */
export function readItems(form: URLSearchParams): readonly [DecidedItem, ...DecidedItem[]] | undefined {
  const items = form.getAll("item").map((text): DecidedItem | undefined => {
    const [, id = "", diff = "", shownAt = "", grantId = ""] = ITEM.exec(text) ?? [];
    return id === "" ? undefined : { text, id, diff, shownAt: Number(shownAt), grantId };
  });
  const [first, ...rest] = items.filter((item) => item !== undefined);
  return first === undefined || items.length !== rest.length + 1 ? undefined : [first, ...rest];
}

/** One request that a form decides. */
export interface DecidedItem {
  /** As it stands in the form. */
  readonly text: string;
  readonly id: string;
  readonly diff: string;
  /** Milliseconds since 1970. */
  readonly shownAt: number;
  /** Empty: the person's own token. */
  readonly grantId: string;
}

/** Thirteen digits: no number that a date cannot hold. */
const ITEM = /^([0-9a-f]{32})\.([0-9a-f]{1,128})\.(\d{13})\.([\w-]{0,64})$/;

/** The form of the buttons. */
export interface DecidingForm {
  /** Token of the form. */
  readonly form: string;
  /** What is decided, each as {@link writeItem} writes it. */
  readonly items: readonly string[];
  /** The wish in words, for the page that has to show the buttons again without the request. */
  readonly wish: string;
}

/** Binds a form to the session, to what it decides and to the words that it repeats. */
export function decisionPurpose(
  sessionId: string,
  { items, wish }: Pick<DecidingForm, "items" | "wish">,
): string {
  return ["approvals", sessionId, JSON.stringify(wish), ...items].join("\n");
}
