// Contacts: what assistants can do with the people whom a person knows. The rows are what the web app stores (contract: modules,
// contacts): an empty field is absent, and the record `self-contact` is the person.
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  changedOutput,
  clearInput,
  createdOutput,
  dayInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
} from "../../lib/tool/authoring.ts";

/** What a contact can have and can lose again. */
const CLEARABLE = [
  "firstName",
  "lastName",
  "email",
  "phone",
  "mobile",
  "company",
  "jobTitle",
  "street",
  "city",
  "postalCode",
  "country",
  "birthday",
  "linkedin",
  "twitter",
  "instagram",
  "github",
  "website",
  "notes",
] as const;

/** Contacts. Places on a map and pictures are left to the app; `address` and `tags` are texts of old records. */
export const contacts = defineAppTable("contacts/contacts", {
  record: "contact",
  fields: [...CLEARABLE, "address", "tags", "tagIds", "isFavorite", "isArchived"],
});

const LISTED = [
  "firstName",
  "lastName",
  "company",
  "email",
  "phone",
  "mobile",
  "birthday",
  "isFavorite",
  "isArchived",
] as const;

/** The contact that the apps make of the account itself, once per space. */
const SELF = "self-contact";
/** What the apps copy from the account into {@link SELF} at every sign-in. */
const OF_ACCOUNT = ["firstName", "lastName", "email"] as const;

const Id = recordId("contact", "contacts.search");
const shortText = z.string().max(200).optional();
const texts = {
  firstName: shortText,
  lastName: shortText,
  email: z.string().max(320).optional(),
  phone: shortText,
  mobile: shortText,
  company: shortText,
  jobTitle: shortText,
  street: shortText,
  city: shortText,
  postalCode: shortText,
  country: shortText,
  birthday: dayInput.optional().describe("YYYY-MM-DD"),
  linkedin: shortText,
  twitter: shortText,
  instagram: shortText,
  github: shortText,
  website: z.string().max(1_000).optional(),
  notes: z.string().max(20_000).optional(),
};
const flag = z.boolean().optional();

const search = defineTool({
  name: "contacts.search",
  title: "Search contacts",
  access: "read",
  description:
    "Find contacts by words in their names, addresses, phone numbers, company, job, tags or notes; without a query all, favourites " +
    "first. The person is the contact with the id `self-contact`. {contacts.read} gives the rest of a contact.",
  input: z.object({
    query: textFilterInput,
    favoritesOnly: z.boolean().default(false),
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({ contacts: z.array(recordOutputOf(contacts, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(contacts, {
      where: (contact) =>
        (input.includeArchived || contact.isArchived !== true) &&
        (!input.favoritesOnly || contact.isFavorite === true),
      order: [
        { field: "isFavorite", direction: "descending", missing: false },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      match: textFilter(input.query, searchedTexts),
      show: LISTED,
      page: input,
    });
    return { contacts: [...rows], ...end };
  },
});

/** Where a search looks: a full name is one text, so that it can be a phrase. */
function searchedTexts({ firstName, lastName, ...contact }: Contact): readonly unknown[] {
  return [
    `${firstName ?? ""} ${lastName ?? ""}`,
    contact.email,
    contact.phone,
    contact.mobile,
    contact.company,
    contact.jobTitle,
    contact.street,
    `${contact.postalCode ?? ""} ${contact.city ?? ""}`,
    contact.country,
    contact.address,
    contact.notes,
    contact.website,
    contact.tags,
  ];
}

type Contact = Partial<z.infer<typeof contacts.row>>;

const read = defineTool({
  name: "contacts.read",
  title: "Read a contact",
  access: "read",
  description: "Read everything that is stored of one contact.",
  input: z.object({ id: Id }),
  output: z.object({ contact: recordOutput(contacts) }),
  async run({ id }, { records }) {
    return { contact: await records.get(contacts, id) };
  },
});

const create = defineTool({
  name: "contacts.create",
  title: "Create a contact",
  access: "write",
  description:
    "Save a person or a company as a contact. Look with {contacts.search} first whether it is there already.",
  input: z.object({ ...texts, isFavorite: flag }),
  output: createdOutput,
  async run(input, { records }) {
    const values = filledFields(input);
    if (!["firstName", "lastName", "company"].some((name) => name in values)) {
      refuseInput("give a firstName, a lastName or a company");
    }
    const { id } = await records.insert(contacts, values);
    return { id };
  },
});

const update = defineTool({
  name: "contacts.update",
  title: "Change a contact",
  access: "write",
  idempotent: true,
  description:
    "Change fields of a contact; what is left out or empty stays as it is. `clear` takes values away.",
  input: z.object({
    id: Id,
    ...texts,
    isFavorite: flag,
    isArchived: flag.describe("true hides the contact"),
    clear: clearInput(CLEARABLE),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    if (id === SELF && OF_ACCOUNT.some((name) => name in given)) {
      refuseInput(
        `${SELF} is the person: the Mana apps take ${
          OF_ACCOUNT.join(", ")
        } from the account, where they can be changed`,
      );
    }
    const { changed } = await records.update(contacts, id, () => given);
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(contacts, {
  name: "contacts.delete",
  title: "Delete a contact",
  listedBy: "contacts.search",
  alsoInstead: "To hide a contact, use {contacts.update} with `isArchived`.",
  titleOf: ({ firstName, lastName, company }) => `${firstName ?? ""} ${lastName ?? ""}`.trim() || company,
  demand({ id }) {
    if (id === SELF) refuseInput(`${SELF} is the person and cannot be deleted`);
  },
});

/** Contacts. */
export const contactsModule: Module = defineModule({
  name: "contacts",
  label: "Contacts",
  nouns: ["contact", "address", "birthday"],
  group: "People",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [search, read, create, update, remove],
  writes: [contacts],
  resource: defineResource({ module: "contacts", title: "Contacts", table: contacts }),
});
