// Spaces: which ones the person has. It reads no record.
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  defineModule,
  defineTool,
  type Module,
  rowsThatFit,
  SPACES_TOLD_BY,
} from "../../lib/tool/authoring.ts";

const Space = z.object({
  id: z.string().describe("value for the argument `space` of other tools"),
  name: z.string().optional(),
  slug: z.string().optional(),
  type: z.enum(["personal", "brand", "club", "family", "team", "practice"]).optional(),
  role: z.string().optional(),
});

const list = defineTool({
  name: "spaces.list",
  title: "List spaces",
  access: "read",
  description:
    "List the spaces the person belongs to, as far as this client may use them, and which one other tools work in. A call " +
    "of another tool chooses one with its argument `space`; without it the active one is used.",
  usesRecords: false,
  input: z.object({}),
  output: z.object({
    spaces: z.array(Space),
    activeSpaceId: z.string().nullable(),
    note: z.string().optional().describe("what is missing here, and why"),
  }),
  run(_input, { space, spaces }) {
    const known = [...spaces];
    // Where the auth service tells no ids, the personal space is still there to be used.
    if (space !== null && !known.some(({ id }) => id === space.id)) {
      known.push({ id: space.id, type: "personal" });
    }
    const listed = rowsThatFit(known);
    const note = listed.length < known.length
      ? `Of all spaces, ${known.length}, only the first ${listed.length} fit into this result.`
      : noteOn(space === null, known);
    return Promise.resolve({
      spaces: listed,
      activeSpaceId: space?.id ?? null,
      ...(note === undefined ? {} : { note }),
    });
  },
});

function noteOn(noneActive: boolean, known: readonly { readonly type?: string }[]): string | undefined {
  // Of a person whose spaces are told, one is active, or there are several to choose from.
  if (noneActive && known.length === 0) return `${UNTOLD} ${SPACES_TOLD_BY}`;
  if (noneActive) {
    return "None of these spaces is active: give one of these ids as `space` to the other tools.";
  }
  return known.some(({ type }) => type === undefined)
    ? "The auth service does not tell the type of every space."
    : undefined;
}

const UNTOLD =
  "This list is not the truth: the auth service does not tell this gateway which spaces you have, so the other tools are refused.";

/** Spaces. */
export const spacesModule: Module = defineModule({
  name: "spaces",
  label: "Spaces",
  nouns: ["space"],
  group: "Your account",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list],
  accessWords: { read: "See the names of your spaces" },
});
