// Spaces: which ones the person has. It reads no record.
import { z } from "zod";
import { defineTool, rowsThatFit, type Tool } from "../lib/tool/authoring.ts";

const Space = z.object({
  id: z.string().describe("value for the X-Mana-Space header"),
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
    "List the spaces the person belongs to, as far as this client may use them, and which one is active. The client " +
    "chooses with the X-Mana-Space header; without it the personal space is used, or the only one it was given.",
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
      : noteOn(space === null, known.some(({ type }) => type === undefined));
    return Promise.resolve({
      spaces: listed,
      activeSpaceId: space?.id ?? null,
      ...(note === undefined ? {} : { note }),
    });
  },
});

function noteOn(noneActive: boolean, someUntyped: boolean): string | undefined {
  if (noneActive) {
    return "None of these spaces is active: choose one with the X-Mana-Space header.";
  }
  return someUntyped ? "The auth service does not tell the type of every space." : undefined;
}

/** Spaces: list. */
export const spacesTools: readonly Tool[] = [list];
