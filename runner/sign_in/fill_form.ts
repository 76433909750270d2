// A form as a person fills it in: what the page says stays as it is, and what the person changes has to be there. A page that
// changed is noticed here, and not by what a server makes of a field that it never asked for.
import type { PageForm } from "./read_page.ts";

/** Fills a form in. Throws {@link FormChanged} where it lacks what the person decides. */
export function fillForm(form: PageForm, filling: Filling): readonly FormEntry[] {
  const { texts = {}, choices = {}, ticks = {}, button } = filling;
  for (const name of Object.keys(texts)) {
    if (
      !form.fields.some((field) => field.name === name && !isTicked(field.type) && field.type !== "hidden")
    ) {
      throw new FormChanged(`no field “${name}”`);
    }
  }
  for (const [name, value] of Object.entries(choices)) demandOffered(form, name, value);
  for (const [name, values] of Object.entries(ticks)) {
    for (const value of values) demandOffered(form, name, value);
  }
  if (button !== undefined && !hasButton(form, button)) {
    throw new FormChanged(`no button “${button.name}=${button.value}”`);
  }
  const entries = form.fields.flatMap(({ name, type, value, isOn }): FormEntry[] => {
    if (!isTicked(type)) return isOn ? [[name, type === "hidden" ? value : texts[name] ?? value]] : [];
    const chosen = choices[name];
    const ticked = ticks[name];
    const isChosen = chosen !== undefined ? value === chosen : ticked?.includes(value) ?? isOn;
    return isChosen ? [[name, value]] : [];
  });
  return button === undefined ? entries : [...entries, [button.name, button.value]];
}

/** What a person does with a form. */
export interface Filling {
  /** Texts, by the names of their fields. */
  readonly texts?: Readonly<Record<string, string>>;
  /** The one of several that is chosen, by name; a page with nothing to choose may have it as a hidden field. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Exactly what is ticked, by name: everything else of the name is not. */
  readonly ticks?: Readonly<Record<string, readonly string[]>>;
  /** The button that is pressed; a form with one nameless button needs none. */
  readonly button?: PressedButton;
}

/** A button, as it stands in what is sent. */
export interface PressedButton {
  readonly name: string;
  readonly value: string;
}

/** A name and its value, as a form sends them. */
export type FormEntry = readonly [name: string, value: string];

/** The body of a form. */
export function writeForm(entries: readonly FormEntry[]): URLSearchParams {
  return new URLSearchParams(entries.map(([name, value]) => [name, value]));
}

/** Whether the form has this button. */
export function hasButton({ buttons }: PageForm, { name, value }: PressedButton): boolean {
  return buttons.some((button) => button.name === name && button.value === value);
}

/** The values that a form offers under a name, ticked or not. */
export function offeredValues({ fields }: PageForm, name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map(({ value }) => value);
}

/** A form is another one than it was when this program was written. */
export class FormChanged extends Error {
  override readonly name = "FormChanged";
}

function demandOffered(form: PageForm, name: string, value: string): void {
  if (!offeredValues(form, name).includes(value)) throw new FormChanged(`no choice “${name}=${value}”`);
}

function isTicked(type: string): boolean {
  return type === "checkbox" || type === "radio";
}
