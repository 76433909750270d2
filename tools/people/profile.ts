// The profile: who the person is, as they told the Mana app. One record, which belongs to the person and to no space; its sections
// are sealed whole, so a change reads a section, merges and seals it again (contract: modules, profile). The pictures of the person
// and the state of the app's interview are not for tools.
import { z } from "zod";
import {
  changedOutput,
  counted,
  dayInput,
  defineAppTable,
  defineModule,
  defineTool,
  demandReadable,
  type Module,
  recordOutput,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const OBJECTS = ["about", "routine", "nutrition", "leisure", "social"] as const;
const LISTS = ["interests", "goals"] as const;

const profiles = defineAppTable("profile/userContext", {
  record: "profile",
  fields: [...OBJECTS, ...LISTS, "freeform"],
});

/** The id of the one record. */
const ID = "singleton";
/** Longest free text that tools write. */
const MAX_FREEFORM_CHARS = 200_000;
/** How the web app joins what is added to the free text. */
const DIVIDER = "\n\n---\n\n";

const shortText = visibleText(2_000).optional();
// Never empty: a client that fills in every field would take a list away.
const texts = z.array(visibleText(200)).min(1).max(100).optional();
const time = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "expected a time such as 07:30").optional();
/** What tools write of each section; the working days are numbers whose meaning only the app knows. */
const sections = {
  about: z.object({
    bio: shortText,
    occupation: shortText,
    location: shortText,
    birthday: dayInput.optional(),
    languages: texts,
  }),
  routine: z.object({ wakeUp: time, workStart: time, workEnd: time, bedtime: time }),
  nutrition: z.object({ diet: shortText, allergies: texts, preferences: shortText }),
  leisure: z.object({ media: texts, sports: texts, pets: shortText }),
  social: z.object({ communication: shortText, workStyle: shortText, livingSetup: shortText }),
};

const read = defineTool({
  name: "profile.read",
  title: "Read the profile",
  access: "read",
  description:
    "Read who the person is, in their own words: about them, interests, routine, nutrition, leisure, goals, social, and a free " +
    "text. Read it to give advice that fits. Without `profile` nothing is stored yet.",
  input: z.object({ offset: z.int().min(0).default(0).describe("character of `freeform` to begin at") }),
  output: z.object({
    profile: recordOutput(profiles).optional(),
    freeformChars: z.number().optional().describe("length of all of `freeform`"),
    nextOffset: z.number().optional().describe("where `freeform` goes on"),
  }),
  async run({ offset }, { records, space }) {
    demandOwnSpace(space);
    const { rows: [profile] } = await records.list(profiles, { where: ({ id }) => id === ID });
    if (profile === undefined) return {};
    const { record, chars, nextOffset } = await records.getPortion(profiles, ID, "freeform", offset);
    if (offset > chars) refuseInput(`offset: the free text has only ${counted(chars, "character")}`);
    if (offset > 0) {
      const { id, createdAt, updatedAt, freeform } = record;
      return { profile: { id, createdAt, updatedAt, freeform }, freeformChars: chars, nextOffset };
    }
    const shown = profile.freeform?.length ?? 0;
    return { profile, freeformChars: chars, nextOffset: shown < chars ? shown : undefined };
  },
});

const update = defineTool({
  name: "profile.update",
  title: "Change the profile",
  access: "write",
  description:
    "Change the person's profile, only by what they said themselves. Members that are left out stay; lists are replaced, so read " +
    "them first with {profile.read}. `addFreeform` adds to the end of the free text.",
  input: z.object({
    about: sections.about.optional(),
    routine: sections.routine.optional(),
    nutrition: sections.nutrition.optional(),
    leisure: sections.leisure.optional(),
    social: sections.social.optional(),
    interests: texts,
    goals: texts,
    addFreeform: visibleText(20_000).optional(),
    clear: z.array(z.string().max(60)).max(30).optional().describe(
      "what to take away, such as about.bio or goals",
    ),
  }),
  output: changedOutput,
  async run({ clear = [], addFreeform, ...input }, { records, space }) {
    demandOwnSpace(space);
    const given = Object.values(input).some((value) => value !== undefined);
    if (!given && addFreeform === undefined && clear.length === 0) {
      refuseInput("nothing to change: give a section, addFreeform or clear");
    }
    const cleared = clear.map(clearedMember);
    if (await records.count(profiles, ({ id }) => id === ID) === 0) {
      refuseInput("there is no profile yet: the Mana app makes it when the person opens it there");
    }
    const { changed } = await records.update(profiles, ID, (profile) => {
      const patch: Patch = {};
      for (const name of OBJECTS) {
        const members = cleared.filter(({ section }) => section === name).map(({ member }) => member);
        const section = input[name];
        if (section === undefined && members.length === 0) continue;
        // The other members would be lost.
        demandReadable(profiles, profile, [name]);
        patch[name] = merged(profile[name] ?? {}, section ?? {}, members);
      }
      for (const name of LISTS) {
        const list = cleared.some(({ section }) => section === name) ? [] : input[name];
        if (list !== undefined) patch[name] = list;
      }
      if (addFreeform !== undefined) {
        demandReadable(profiles, profile, ["freeform"]);
        patch.freeform = joined((profile.freeform ?? "").toWellFormed(), addFreeform);
      }
      return patch;
    });
    return { ok: true as const, changed };
  },
});

type Patch = Partial<z.infer<typeof profiles.row>>;

/** The profile lies in no space; a shared space shows none of it, and nobody may take that for an empty profile. */
function demandOwnSpace(space: { readonly kind: string } | null): void {
  if (space?.kind === "shared") {
    refuseInput("space: the profile is the person's own, call with their personal space");
  }
}

/** A section as stored with the given members. Members that nobody named stay, also those that no tool knows. */
function merged(stored: object, given: object, cleared: readonly string[]): Record<string, unknown> {
  const members = Object.entries({
    ...stored,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  });
  return Object.fromEntries(members.filter(([name]) => !cleared.includes(name)));
}

function joined(before: string, added: string): string {
  const whole = before.trim() === "" ? added : `${before}${DIVIDER}${added}`;
  if (whole.length > MAX_FREEFORM_CHARS) {
    refuseInput(
      `addFreeform: the free text would be longer than ${counted(MAX_FREEFORM_CHARS, "character")}`,
    );
  }
  return whole;
}

/** What a text of `clear` names: a member of a section, or a list. */
function clearedMember(text: string): { readonly section: string; readonly member: string } {
  const [section = "", member = "", ...rest] = text.split(".");
  const isList = LISTS.some((name) => name === text);
  const isMember = OBJECTS.some((name) => name === section && Object.hasOwn(sections[name].shape, member));
  if (!isList && !(isMember && rest.length === 0)) {
    const names = OBJECTS.flatMap((name) => Object.keys(sections[name].shape).map((key) => `${name}.${key}`));
    refuseInput(`clear: expected some of ${[...names, ...LISTS].join(", ")}`);
  }
  return { section, member };
}

/** Profile. */
export const profileModule: Module = defineModule({
  name: "profile",
  label: "Profile",
  nouns: ["profile"],
  group: "People",
  spaceTypes: ["personal"],
  tools: [read, update],
  writes: [profiles],
});
