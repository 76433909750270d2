// What a persona does at the pages of the sign-in server: signs in, answers an app that wants to connect, decides what an app asked for,
// signs out. A page that is not what it was ends with a fault, and nothing is pressed on it.
import type { Persona } from "../catalogue/read_catalogue.ts";
import { SignInFault } from "./access.ts";
import { fillForm, type Filling, FormChanged, hasButton, offeredValues } from "./fill_form.ts";
import { createPersonBrowser, type Page, type PersonBrowserDeps } from "./person_browser.ts";
import type { PageForm } from "./read_page.ts";

/** Opens the pages at `origin` for one persona. Nobody is signed in yet. */
export function createPersonPages(deps: PersonPagesDeps, who: PagePerson, origin: string): PersonPages {
  const browser = createPersonBrowser(deps, origin);
  let wayOut: { readonly page: Page; readonly form: PageForm } | undefined;
  const look = (page: Page): Page => {
    const form = page.forms.find(({ action }) => action === "/sign-out");
    if (form !== undefined) wayOut = { page, form };
    return page;
  };
  const press = async (page: Page, form: PageForm, filling: Filling, signal: AbortSignal) =>
    look(await browser.send(page, form, fill(form, filling), signal));
  const openSignedIn = async (address: string, signal: AbortSignal): Promise<Page> => {
    const page = look(await browser.open(address, signal));
    const form = page.forms.find(({ fields }) => fields.some(({ type }) => type === "password"));
    if (form === undefined) return page;
    const texts = { email: who.persona.email, password: await who.password() };
    const entered = await press(page, form, { texts }, signal);
    const isStillAsked = entered.forms.some(({ fields }) => fields.some(({ type }) => type === "password"));
    if (isStillAsked) {
      throw new SignInFault("refused", "the sign-in page does not take the persona's password");
    }
    return entered;
  };
  return Object.freeze({
    async connect(address: string, scopes: readonly string[], signal: AbortSignal) {
      const page = await openSignedIn(address, signal);
      const form = page.forms.find((form) => hasButton(form, ALLOW));
      if (form === undefined) {
        throw new SignInFault("refused", "the pages show no consent page where the persona should be asked");
      }
      const { leaves } = await press(page, form, toConsent(form, who.persona, scopes), signal);
      if (leaves === undefined) throw new SignInFault("refused", "the consent page does not take the choice");
      return leaves;
    },
    async decide(link: string, decision: "yes" | "no", signal: AbortSignal) {
      const button = { name: "decision", value: decision };
      const page = await openSignedIn(link, signal);
      const form = page.forms.find((form) => form.buttons.some(({ name }) => name === button.name));
      if (form === undefined) return page.status === 200 ? "over" : "refused";
      const after = await press(page, form, { button }, signal);
      if (after.status === 200) return "taken";
      return after.status === 410 ? "over" : "refused";
    },
    async leave(signal: AbortSignal) {
      if (wayOut === undefined) return;
      const { page, form } = wayOut;
      wayOut = undefined;
      await press(page, form, {}, signal);
    },
  });
}

/** The pages in one persona's browser. Each call throws {@link SignInFault}, and the signal's reason. */
export interface PersonPages {
  /** Answers an app with yes, for these scopes; returns the address that brings the answer to the app. */
  connect(address: string, scopes: readonly string[], signal: AbortSignal): Promise<string>;
  /**
   * Answers the request that a link leads to. `over`: it was answered before, or its time is over; `refused`: the page did not take the
   * answer.
   */
  decide(link: string, decision: "yes" | "no", signal: AbortSignal): Promise<"taken" | "over" | "refused">;
  /** Signs out, where somebody is signed in. */
  leave(signal: AbortSignal): Promise<void>;
}

/** Whose browser it is. */
export interface PagePerson {
  readonly persona: Persona;
  /** Derived when it is typed, and kept nowhere. */
  password(): Promise<string>;
}

/** What the pages need. */
export type PersonPagesDeps = PersonBrowserDeps;

const ALLOW = { name: "answer", value: "yes" } as const;

/** Every scope of the mix, ticked by hand: a preset stands for no deleting and for nothing that is sensitive. */
function toConsent(form: PageForm, { asksFirst, timeZone }: Persona, scopes: readonly string[]): Filling {
  const offered = offeredValues(form, "allow");
  const allow = scopes.filter((scope) => offered.includes(scope));
  if (allow.length === 0) {
    throw new SignInFault("refused", "the consent page offers nothing that the persona needs");
  }
  return {
    // The field is for the script of a browser, which knows its zone; the page works without it.
    ...(offeredValues(form, "zone").length === 0 ? {} : { texts: { zone: timeZone } }),
    choices: { preset: "choose", where: "all" },
    ticks: { allow, ask: asksFirst ? ["first"] : [] },
    button: ALLOW,
  };
}

function fill(form: PageForm, filling: Filling) {
  try {
    return fillForm(form, filling);
  } catch (error) {
    if (!(error instanceof FormChanged)) throw error;
    throw new SignInFault("refused", `a page is not what it was: ${error.message}`);
  }
}
