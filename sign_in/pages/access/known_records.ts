// What the gateway tells of the person's records where they choose what an app may see: their tags, and how many records a choice
// shows. The form never waits long for it, and works without it.
import type { AskGateway, GatewayAnswer } from "../../gateway/ask_gateway.ts";
import { GATEWAY_ACTIONS } from "../../gateway/actions.ts";
import type { PersonTags } from "../../gateway/answers.ts";
import { KNOWN_RECORDS_MS } from "../../kit/limits.ts";
import type { GrantableNarrowing } from "../../oauth/grants/grantable_modules.ts";
import type { ModuleChoice } from "../../oauth/grants/narrowing.ts";
import { recordsDocument } from "../../oauth/grants/records_document.ts";
import type { Permission } from "../../oauth/grants/scopes.ts";
import { PeopleFault, type SignedIn } from "../../people/people.ts";
import {
  type AccessFields,
  type AccessOffer,
  grantedNarrowing,
  grantedSpaces,
  type OfferedSpace,
} from "./access_fields.ts";
import type { NarrowableModule } from "./narrowing_fields.ts";
import type { KnownNames } from "./narrowing_words.ts";

/** What a page knows of the person's records. */
export interface KnownRecords {
  /** `null`: nobody tells. */
  readonly tags: PersonTags | null;
  /** By module: `shows 42 of 310`. */
  readonly counts: ReadonlyMap<string, string>;
  /** Modules whose choice is shown unfolded. */
  readonly open: ReadonlySet<string>;
  /** Whether there is a gateway to count. */
  readonly canCount: boolean;
}

/** Nothing is known. */
export const NOTHING_KNOWN: KnownRecords = {
  tags: null,
  counts: new Map(),
  open: new Set(),
  canCount: false,
};

/** What asks the gateway. */
export interface KnownRecordsDeps {
  /** `undefined`: this server knows no gateway. */
  readonly gateway: AskGateway | undefined;
}

/** What is counted. */
export interface CountedChoice {
  readonly modules: readonly NarrowableModule[];
  readonly narrowing: Readonly<Record<string, ModuleChoice>>;
  /** The zone in which days are counted. */
  readonly zone: string | undefined;
  /** Ids of the spaces that the app is limited to; empty: all. */
  readonly spaces: readonly string[];
}

/**
 * Asks for the tags that can be chosen and, where the person has asked for it, for the counts of everything that is narrowed; `counted`
 * is the module that they asked about.
 */
export async function learnRecords(
  deps: KnownRecordsDeps,
  person: SignedIn,
  { offer, chosen, counted, zone }: LearntChoice,
): Promise<KnownRecords> {
  const [tags, known] = await Promise.all([
    askTags(deps, person, offer.narrowable),
    learnCounts(deps, person, { offer, chosen, counted, zone }, null),
  ]);
  return { ...known, tags };
}

/** The same where the tags are known. */
export async function learnCounts(
  deps: KnownRecordsDeps,
  person: SignedIn,
  { offer, chosen, counted, zone }: LearntChoice,
  tags: PersonTags | null,
): Promise<KnownRecords> {
  const narrowing = grantedNarrowing(chosen, offer);
  const modules = counted === undefined
    ? []
    : offer.narrowable.filter(({ name }) => name === counted || narrowing[name] !== undefined);
  return {
    tags,
    counts: await askCounts(deps, person, { modules, narrowing, zone, spaces: grantedSpaces(chosen) }),
    open: new Set(counted === undefined ? [] : [counted]),
    canCount: deps.gateway !== undefined,
  };
}

/** A choice among an offer. */
export interface LearntChoice {
  readonly offer: AccessOffer;
  readonly chosen: AccessFields;
  readonly counted?: string | undefined;
  /** The zone in which days are counted. */
  readonly zone: string | undefined;
}

/** Asks for the tags of these modules, and for nothing where none of them has any. */
export async function askTags(
  { gateway }: KnownRecordsDeps,
  person: SignedIn,
  modules: readonly NarrowableModule[],
): Promise<PersonTags | null> {
  const tagged = modules.map(({ narrowing }) => narrowing).filter(({ tags }) => tags !== undefined);
  if (gateway === undefined || tagged.length === 0) return null;
  const worded = tagged.filter(({ tags }) => tags?.kind === "words").map(({ collection }) => collection);
  const collections = [...new Set(worded)];
  const asked = await soon(() => gateway.show(person, GATEWAY_ACTIONS.recordsTags, { collections }));
  return asked?.ok ? asked.answer : null;
}

/** Counts what is shown of these modules, narrowed so; in words, by module. */
export async function askCounts(
  { gateway }: KnownRecordsDeps,
  person: SignedIn,
  { modules, narrowing, zone, spaces }: CountedChoice,
): Promise<ReadonlyMap<string, string>> {
  if (gateway === undefined || modules.length === 0) return new Map();
  const asked = await soon(() =>
    gateway.show(person, GATEWAY_ACTIONS.recordsCount, {
      document: countingDocument(modules, narrowing, zone),
      collections: [...new Set(modules.map((module) => module.narrowing.collection))],
      within: spaces.length === 0 ? null : spaces,
    })
  );
  const counts = new Map(asked?.ok ? asked.answer.counts.map((one) => [one.collection, one]) : []);
  return new Map(modules.map(({ name, narrowing: { collection } }) => {
    const count = counts.get(collection);
    return [name, count === undefined ? NOT_COUNTED : countWords(count)];
  }));
}

/** The document by which these modules would be narrowed; where none of them is, one that shows everything. */
function countingDocument(
  modules: readonly NarrowableModule[],
  narrowing: CountedChoice["narrowing"],
  zoneinfo: string | undefined,
): Readonly<Record<string, unknown>> {
  const permissions = modules.map(({ name }): Permission => `${name}:read`);
  const choice = {
    permissions,
    narrowing: { v: 1 as const, modules: { ...narrowing } },
    zoneinfo,
    expiresAt: undefined,
  };
  return { ...recordsDocument(modules, choice) ?? EVERYTHING };
}

const EVERYTHING = {
  type: "mana_records",
  v: 1,
  tz: "UTC",
  until: null,
  rules: [{ collection: "*", access: ["read"] }],
};

/** What stands where nobody could count. */
const NOT_COUNTED = "cannot be counted now";

function countWords({ shown, all }: { readonly shown: number; readonly all: number }): string {
  const word = (count: number) => count.toLocaleString("en-GB");
  return shown === all ? `shows all ${word(all)}` : `shows ${word(shown)} of ${word(all)}`;
}

/** The tags that a page offers for a module; `null` where nobody tells. */
export function tagsOf(
  { tags: known }: Pick<KnownRecords, "tags">,
  { collection, tags }: GrantableNarrowing,
): readonly OfferedTag[] | null {
  if (known === null || known.missing.includes(tags?.kind === "words" ? collection : "tags/tags")) {
    return null;
  }
  return tags?.kind === "words"
    ? (known.words[collection] ?? []).map((word) => ({ value: word, name: word }))
    : known.tags.map(({ id, name }) => ({ value: id, name: name ?? id }));
}

/** A tag that can be ticked. */
export interface OfferedTag {
  readonly value: string;
  readonly name: string;
}

/** The names of what choices name. */
export function namesOf({ tags }: Pick<KnownRecords, "tags">, spaces: readonly OfferedSpace[]): KnownNames {
  return {
    tags: new Map((tags?.tags ?? []).flatMap(({ id, name }) => name === null ? [] : [[id, name] as const])),
    spaces: new Map(spaces.map(({ id, name }) => [id, name])),
  };
}

/** The gateway's answer, or nothing where the person would have to wait for it. */
async function soon<Answer>(
  ask: () => Promise<GatewayAnswer<Answer>>,
): Promise<GatewayAnswer<Answer> | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), KNOWN_RECORDS_MS);
  try {
    return await Promise.race([answerOf(ask), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf<Answer>(
  ask: () => Promise<GatewayAnswer<Answer>>,
): Promise<GatewayAnswer<Answer> | undefined> {
  try {
    return await ask();
  } catch (error) {
    // The person's session ended at the source: the page finds out by itself.
    if (error instanceof PeopleFault) return undefined;
    throw error;
  }
}
