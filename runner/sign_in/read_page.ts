// What a browser without scripts knows of a page: its title, where it goes on by itself, and its forms. Nothing is run, loaded or
// shown.
import { type Attributes, readTags, type Tag, unescapeHtml } from "./html_tags.ts";

/** Reads a page. Never throws: what is no HTML has no forms. */
export function readPage(html: string): PageContent {
  const state: ReadingState = { form: undefined, select: undefined, button: undefined, switchedOff: 0 };
  const forms: OpenForm[] = [];
  let title = "";
  let goesTo: string | undefined;
  for (const token of readTags(html)) {
    if (typeof token === "string") {
      if (state.button !== undefined) state.button.label += token;
    } else if (token.name === "title" && !token.isEnd) {
      title = textOf(token.text);
    } else if (token.name === "meta" && /^refresh$/i.test(token.attributes.get("http-equiv") ?? "")) {
      goesTo ??= refreshAddress(token.attributes.get("content") ?? "");
    } else if (token.name === "form") {
      state.form = token.isEnd ? undefined : state.form ?? openForm(forms, token.attributes);
    } else {
      readControl(token, state);
    }
  }
  for (const button of forms.flatMap(({ buttons }) => buttons)) button.label = textOf(button.label);
  return { title, goesTo, forms };
}

/** A page, as far as it is read. */
export interface PageContent {
  readonly title: string;
  /** Where it sends a browser by itself (`<meta http-equiv="refresh">`). */
  readonly goesTo: string | undefined;
  readonly forms: readonly PageForm[];
}

/** A form as it stands on a page. */
export interface PageForm {
  /** As it is written; empty: to the page itself. */
  readonly action: string;
  /** Upper case. */
  readonly method: string;
  readonly fields: readonly FormField[];
  readonly buttons: readonly FormButton[];
}

/** A field that has a name and is not switched off. */
export interface FormField {
  readonly name: string;
  /** Of an `<input>`; `select` and `textarea` for those. */
  readonly type: string;
  /** What is sent, or would be sent if it were ticked. */
  readonly value: string;
  /** Whether it is sent as the page stands: everything but what is not ticked. */
  readonly isOn: boolean;
}

/** A button that sends the form. */
export interface FormButton {
  readonly name: string;
  readonly value: string;
  /** The words on it. */
  readonly label: string;
}

/** What is open while a page is read. */
interface ReadingState {
  form: OpenForm | undefined;
  select: OpenSelect | undefined;
  button: OpenButton | undefined;
  /** Depth of `<fieldset disabled>`. */
  switchedOff: number;
}

interface OpenForm extends PageForm {
  readonly fields: FormField[];
  readonly buttons: OpenButton[];
}

interface OpenButton extends FormButton {
  label: string;
}

interface OpenSelect {
  readonly name: string;
  chosen: string | undefined;
  first: string | undefined;
}

function openForm(forms: PageForm[], attributes: Attributes): OpenForm {
  const form: OpenForm = {
    action: attributes.get("action") ?? "",
    method: (attributes.get("method") ?? "get").toUpperCase(),
    fields: [],
    buttons: [],
  };
  forms.push(form);
  return form;
}

function readControl(token: Tag, state: ReadingState): void {
  const { name: tag, isEnd, attributes } = token;
  if (tag === "fieldset") {
    if (isEnd) state.switchedOff = Math.max(0, state.switchedOff - 1);
    else if (state.switchedOff > 0 || attributes.has("disabled")) state.switchedOff++;
    return;
  }
  const { form } = state;
  if (tag === "select") return isEnd ? closeSelect(state) : openSelect(state, attributes);
  if (tag === "button" && isEnd) {
    state.button = undefined;
    return;
  }
  const isOff = state.switchedOff > 0 || attributes.has("disabled");
  if (form === undefined || isEnd || isOff) return;
  const name = attributes.get("name") ?? "";
  const value = attributes.get("value");
  if (tag === "option" && state.select !== undefined) {
    state.select.first ??= value ?? "";
    if (attributes.has("selected")) state.select.chosen = value ?? "";
  } else if (tag === "button") {
    if ((attributes.get("type") ?? "submit").toLowerCase() !== "submit") return;
    state.button = { name, value: value ?? "", label: "" };
    form.buttons.push(state.button);
  } else if (tag === "textarea" && name !== "") {
    // The first line break after the tag is none of the text.
    form.fields.push({
      name,
      type: tag,
      value: unescapeHtml(token.text).replace(/^\r?\n/, ""),
      isOn: true,
    });
  } else if (tag === "input") readInput(form, attributes);
}

function readInput(form: OpenForm, attributes: Attributes): void {
  const type = (attributes.get("type") ?? "text").toLowerCase();
  const name = attributes.get("name") ?? "";
  const value = attributes.get("value");
  if (type === "submit" || type === "image") {
    form.buttons.push({ name, value: value ?? "", label: value ?? "" });
  } else if (name !== "" && type !== "button" && type !== "reset") {
    const isTicked = type === "checkbox" || type === "radio";
    form.fields.push({
      name,
      type,
      value: value ?? (isTicked ? "on" : ""),
      isOn: !isTicked || attributes.has("checked"),
    });
  }
}

function openSelect(state: ReadingState, attributes: Attributes): void {
  const name = attributes.get("name") ?? "";
  if (name === "" || state.switchedOff > 0 || attributes.has("disabled")) return;
  state.select = { name, chosen: undefined, first: undefined };
}

function closeSelect(state: ReadingState): void {
  const { form, select } = state;
  state.select = undefined;
  if (form === undefined || select === undefined) return;
  const value = select.chosen ?? select.first;
  form.fields.push({ name: select.name, type: "select", value: value ?? "", isOn: value !== undefined });
}

/** `0;url=/somewhere`, in the spellings that browsers take. */
function refreshAddress(content: string): string | undefined {
  const [, address] = /^\s*[\d.]*\s*[;,]\s*url\s*=\s*["']?(.+?)["']?\s*$/i.exec(content) ?? [];
  return address;
}

function textOf(raw: string): string {
  return unescapeHtml(raw).replaceAll(/\s+/g, " ").trim();
}
