// What a form narrows an app to: which records and fields of each module it sees, and how much it may read in an hour. A value that no
// page of ours has offered is a fault, never passed over: what is passed over might be what closes.
import type { GrantableModule, GrantableNarrowing } from "../../oauth/grants/grantable_modules.ts";
import type { Grant } from "../../oauth/grants/grant.ts";
import { type ModuleChoice, type Narrowing, parseNarrowing } from "../../oauth/grants/narrowing.ts";
import { NARROWING_TAG_CHARS, NARROWING_TAGS } from "../../kit/limits.ts";
import { SINCE_CHOICES } from "./narrowing_words.ts";

/** The part of a choice that narrows, as a form holds it. */
export interface NarrowingFields {
  /** By module; a module that is not narrowed is not there. */
  readonly modules: Readonly<Record<string, ModuleChoice>>;
  /** Records an hour; `undefined`: as usual. */
  readonly readBudget: number | undefined;
  /** What was sent and cannot be taken. */
  readonly faults: readonly NarrowingFault[];
}

/** What a grant is narrowed to, as its form shows it; nothing where there is no grant, or where nobody can read what was chosen. */
export function storedNarrowing(
  grant: Pick<Grant, "narrowing" | "readBudget"> | undefined,
): NarrowingFields {
  const { narrowing, readBudget } = grant ?? {};
  const modules = narrowing === undefined || narrowing === "unreadable" ? {} : narrowing.modules;
  return { modules, readBudget, faults: [] };
}

/** A choice as a grant stores it; `undefined` where nothing is narrowed. */
export function asStored(modules: NarrowingFields["modules"]): Narrowing | undefined {
  return Object.keys(modules).length === 0 ? undefined : { v: 1, modules: { ...modules } };
}

/** A value of a form that no page of ours has. */
export interface NarrowingFault {
  /** Empty where the value belongs to no module that is offered. */
  readonly module: string;
  readonly text: string;
}

/** A module that can be narrowed. */
export type NarrowableModule = GrantableModule & { readonly narrowing: GrantableNarrowing };

/** What a form may narrow. */
export interface NarrowingOffer {
  readonly modules: readonly NarrowableModule[];
  readonly spaces: readonly { readonly id: string }[];
  /** What was chosen before: it may be sent again, also where it is no longer offered. */
  readonly before: Readonly<Record<string, ModuleChoice>>;
}

/** Records that an app may read in an hour; the usual number is not stored. */
export const READ_BUDGETS = [50, 200, 500, 2_000, 10_000] as const;
/** The number that holds where the person chose none. */
export const USUAL_READ_BUDGET = 500;

/** The parts of the name of a field: `since.journal`. */
const PARTS = ["since", "fields", "tag", "in", "blind"] as const;

/** Reads the fields of a form. */
export function readNarrowing(form: URLSearchParams, offer: NarrowingOffer): NarrowingFields {
  const faults: NarrowingFault[] = [];
  const modules: Record<string, ModuleChoice> = {};
  for (const module of offer.modules) {
    const before = faults.length;
    const read = readModule(form, module, offer, faults);
    // Shown again after a fault is what was chosen before: what was sent would show as more than it means.
    const choice = faults.length === before ? read : offer.before[module.name] ?? {};
    if (Object.keys(choice).some((member) => member !== "blind")) modules[module.name] = choice;
  }
  const known = new Set(offer.modules.flatMap(({ name }) => PARTS.map((part) => `${part}.${name}`)));
  const isForeign = [...form.keys()].some((name) =>
    PARTS.some((part) => name.startsWith(`${part}.`)) && !known.has(name)
  );
  if (isForeign) faults.push({ module: "", text: FOREIGN });
  if (parseNarrowing({ v: 1, modules }) === undefined) faults.push({ module: "", text: TOO_MUCH });
  const budget = form.get("budget") ?? "";
  const readBudget = READ_BUDGETS.find((one) => String(one) === budget);
  if (budget !== "" && readBudget === undefined) faults.push({ module: "", text: NO_BUDGET });
  return { modules, readBudget: readBudget === USUAL_READ_BUDGET ? undefined : readBudget, faults };
}

const FOREIGN = "Something in the form belongs to a part of your data that is not on offer. Choose again.";
const TOO_MUCH = "These are too many tags or spaces for one app. Tick fewer.";
const NO_BUDGET = "Choose one of the numbers of how much it may read in an hour.";

function readModule(
  form: URLSearchParams,
  { name, label, narrowing }: NarrowableModule,
  { spaces, before }: NarrowingOffer,
  faults: NarrowingFault[],
): ModuleChoice {
  const earlier = before[name];
  const fault = (text: string) => faults.push({ module: name, text: `${label}: ${text}` });
  const since = form.get(`since.${name}`) || undefined;
  if (since !== undefined && since !== earlier?.since && !SINCE_CHOICES.some((one) => one.since === since)) {
    fault("choose one of the times.");
  }
  const fields = form.get(`fields.${name}`) || undefined;
  if (
    fields !== undefined && fields !== earlier?.fields &&
    !narrowing.fieldChoices.some((one) => one.name === fields)
  ) {
    fault("choose one of the lines of what it sees.");
  }
  const tags = [...new Set(form.getAll(`tag.${name}`))];
  if (tags.length > NARROWING_TAGS) fault(`tick at most ${NARROWING_TAGS} tags.`);
  if (tags.length > 0 && narrowing.tags === undefined || !tags.every(isTag)) {
    fault("tick only tags of the list.");
  }
  const inside = [...new Set(form.getAll(`in.${name}`))];
  const isSpace = (id: string) =>
    spaces.some((space) => space.id === id) || earlier?.spaces?.includes(id) === true;
  if (!inside.every(isSpace)) fault("tick only spaces of the list.");
  return {
    ...(since === undefined ? {} : { since }),
    ...(fields === undefined ? {} : { fields }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(inside.length === 0 ? {} : { spaces: inside }),
    ...(form.get(`blind.${name}`) === "yes" ? { blind: true as const } : {}),
  };
}

function isTag(tag: string): boolean {
  return tag !== "" && tag.length <= NARROWING_TAG_CHARS;
}
