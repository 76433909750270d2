// The projects and clients that hours are spent for. The rows are what the web app stores (contract: modules, times). Unlike in other
// tables, `visibility` is private or guild there, and new records are private.
import { z } from "zod";
import {
  clearInput,
  colorInput,
  createdOutput,
  defineAppTable,
  defineTool,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  refuseInput,
  visibleText,
  type WriteRecords,
} from "../../lib/tool/authoring.ts";

/** Projects. */
export const projects = defineAppTable("times/projects", {
  record: "project",
  fields: [
    "name",
    "clientId",
    "description",
    "color",
    "isArchived",
    "isBillable",
    "billingRate",
    "budget",
    "order",
  ],
});

/** Clients: for whom the work is. */
export const clients = defineAppTable("times/clients", {
  record: "client",
  fields: ["name", "shortCode", "email", "color", "isArchived", "billingRate", "notes", "order"],
});

const Kind = z.enum(["project", "client"]);
const Currency = z.string().regex(/^[A-Z]{3}$/, "expected three letters such as EUR");
const SavedId = recordId("project or client", "times.projects");

/** Lists projects or clients. */
export const listProjects = defineTool({
  name: "times.projects",
  title: "List projects or clients",
  access: "read",
  description: "List the projects that time is tracked for, or the clients, in the person's order.",
  input: z.object({
    kind: Kind.default("project"),
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    projects: z.array(recordOutput(projects).omit({ order: true })).optional(),
    clients: z.array(recordOutput(clients).omit({ order: true })).optional(),
    ...pageOutput,
  }),
  async run({ kind, includeArchived, ...page }, { records }) {
    const options = {
      where: ({ isArchived }: { isArchived?: boolean }) => includeArchived || isArchived !== true,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page,
    } as const;
    if (kind === "client") {
      const { rows, ...end } = await records.list(clients, options);
      return { clients: [...rows], ...end };
    }
    const { rows, ...end } = await records.list(projects, options);
    return { projects: [...rows], ...end };
  },
});

/** Creates or changes a project or a client. */
export const saveProject = defineTool({
  name: "times.save_project",
  title: "Save a project or client",
  access: "write",
  description:
    "Create a project or a client (needs `name`), or change the one with `id`: archive it with `isArchived`, for example.",
  input: z.object({
    kind: Kind.default("project"),
    id: SavedId.optional(),
    name: visibleText(200).optional(),
    color: colorInput.optional(),
    isArchived: z.boolean().optional(),
    billingRate: z.object({
      amount: z.number().min(0).max(1e6).describe("main units"),
      currency: Currency,
      per: z.enum(["hour", "day"]),
    }).strict().optional(),
    clientId: SavedId.optional(),
    description: z.string().max(5_000).optional().describe("of a project"),
    isBillable: z.boolean().optional().describe("of a project"),
    budget: z.object({
      type: z.enum(["hours", "fixed"]),
      amount: z.number().min(0).max(1e12),
      currency: Currency.optional(),
    }).strict().optional().describe("of a project"),
    shortCode: z.string().max(20).optional().describe("of a client"),
    email: z.string().max(320).optional().describe("of a client"),
    notes: z.string().max(5_000).optional().describe("of a client"),
    clear: clearInput(["billingRate", "clientId", "description", "budget", "shortCode", "email", "notes"]),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ kind, id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    const names: readonly string[] = FIELDS[kind];
    const stranger = Object.keys(given).find((name) => !names.includes(name));
    if (stranger !== undefined) refuseInput(`${stranger}: a ${kind} has none`);
    if (typeof given.clientId === "string") await records.get(clients, given.clientId);
    return kind === "client" ? await saveClient(records, id, given) : await saveOwn(records, id, given);
  },
});

async function saveOwn(records: WriteRecords, id: string | undefined, given: Given): Promise<Saved> {
  if (id !== undefined) return { id, changed: (await records.update(projects, id, () => given)).changed };
  const values = { color: COLOR, isArchived: false, isBillable: false, ...given, name: nameOf(given) };
  return { id: (await records.insert(projects, values, { lastBy: "order" })).id, changed: true };
}

async function saveClient(records: WriteRecords, id: string | undefined, given: Given): Promise<Saved> {
  if (id !== undefined) return { id, changed: (await records.update(clients, id, () => given)).changed };
  const values = { color: COLOR, isArchived: false, ...given, name: nameOf(given) };
  return { id: (await records.insert(clients, values, { lastBy: "order" })).id, changed: true };
}

function nameOf({ name }: { readonly name?: string }): string {
  return name ?? refuseInput("name: a new one needs it");
}

const COLOR = "#6366f1";
const BOTH = ["name", "color", "isArchived", "billingRate"] as const;
const FIELDS = {
  project: [...BOTH, "clientId", "description", "isBillable", "budget"],
  client: [...BOTH, "shortCode", "email", "notes"],
} as const;

/** What a call gives of a project or a client. */
interface Given {
  readonly name?: string;
  readonly color?: string;
  readonly isArchived?: boolean;
  readonly billingRate?: { amount: number; currency: string; per: string } | null;
  readonly clientId?: string | null;
  readonly description?: string | null;
  readonly isBillable?: boolean;
  readonly budget?: { type: string; amount: number; currency?: string | undefined } | null;
  readonly shortCode?: string | null;
  readonly email?: string | null;
  readonly notes?: string | null;
}

interface Saved {
  readonly id: string;
  readonly changed: boolean;
}
