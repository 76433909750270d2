// Sections and steps of a guide as a call gives them: which are changed, which are new, and in which order steps stand.
import { z } from "zod";
import { filledFields, type ReadRecords, refuseInput, type RowsTogether } from "../../lib/tool/authoring.ts";
import { Content, SectionId, sections, StepId, steps, Title } from "./guide_tables.ts";

/** Inputs: a part with an `id` is changed, a part without is new. */
export const sectionChange = z.strictObject({
  id: SectionId.optional(),
  title: Title.optional(),
  content: Content,
});
export const stepChange = sectionChange.extend({ id: StepId.optional(), sectionId: SectionId.optional() });

/** A section or a step that is stored. */
export interface Part {
  readonly id: string;
  readonly order: number;
}

/** The sections or steps of a guide, in order. */
export async function partsOf(
  records: ReadRecords,
  table: typeof sections | typeof steps,
  guideId: string,
): Promise<Part[]> {
  const found: Part[] = [];
  const add = ({ id, guideId: of, order = 0 }: StoredPart) => {
    if (of === guideId) found.push({ id, order });
  };
  if (table === sections) await records.lookThrough(sections, add);
  else await records.lookThrough(steps, add);
  return found.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/** What is looked at of a section or a step. */
interface StoredPart {
  readonly id: string;
  readonly guideId?: string;
  readonly order?: number;
}

/** Changes and adds sections. Whether anything changes. Throws Refused `input-invalid`. */
export async function writeSections(
  rows: RowsTogether,
  guideId: string,
  known: readonly Part[],
  given: readonly z.output<typeof sectionChange>[],
): Promise<boolean> {
  demandOwn("sections", known, given.map(({ id }) => id));
  let order = lastOf(known);
  let isChanged = false;
  for (const { id, ...values } of given) {
    const { title, ...filled } = filledFields(values);
    if (id !== undefined) {
      const patch = title === undefined ? filled : { ...filled, title };
      if ((await rows.update(sections, id, () => patch)).changed) isChanged = true;
      continue;
    }
    if (title === undefined) refuseInput("sections: a new section needs a title");
    await rows.insert(sections, { guideId, title, ...filled, order: ++order });
    isChanged = true;
  }
  return isChanged;
}

/** Changes, adds and orders steps; those in `first` come first. Whether anything changes. Throws Refused `input-invalid`. */
export async function writeSteps(
  rows: RowsTogether,
  guideId: string,
  known: { readonly sections: readonly Part[]; readonly steps: readonly Part[] },
  given: readonly z.output<typeof stepChange>[],
  first: readonly string[] = [],
): Promise<boolean> {
  demandOwn("steps", known.steps, given.map(({ id }) => id));
  demandOwn("stepOrder", known.steps, first);
  for (const { sectionId } of given) demandOwn("sectionId", known.sections, [sectionId]);
  const ordered = orderedParts(known.steps, first);
  const changes = new Map(given.map((change) => [change.id, change]));
  let isChanged = false;
  const places = new Map(known.steps.map(({ id, order }) => [id, order]));
  const changed = ordered.filter(({ id, order }) => changes.has(id) || places.get(id) !== order);
  demandFew(changed.length + given.length);
  for (const { id, order } of changed) {
    const { id: _id, ...values } = changes.get(id) ?? { id };
    const patch = { ...filledFields(values), order };
    if ((await rows.update(steps, id, () => patch)).changed) isChanged = true;
  }
  let order = lastOf(ordered);
  for (const { id, ...values } of given) {
    if (id !== undefined) continue;
    const { title, ...filled } = filledFields(values);
    if (title === undefined) refuseInput("steps: a new step needs a title");
    await rows.insert(steps, { guideId, title, ...filled, order: ++order });
    isChanged = true;
  }
  return isChanged;
}

/** Refuses ids of parts of another guide, or of none, and an id that is given twice. */
export function demandOwn(
  argument: string,
  known: readonly Part[],
  ids: readonly (string | undefined)[],
): void {
  const given = ids.filter((id) => id !== undefined);
  const stranger = given.find((id) => !known.some((part) => part.id === id));
  if (stranger !== undefined) refuseInput(`${argument}: the guide has no part ${JSON.stringify(stranger)}`);
  if (new Set(given).size < given.length) refuseInput(`${argument}: each part once`);
}

/** Refuses more rows than one write takes. */
export function demandFew(rows: number): void {
  if (rows > MOST_ROWS) refuseInput(`at most ${MOST_ROWS} parts can be written at once`);
}

/** Below what `writeTogether` takes, with room for the guide itself. */
const MOST_ROWS = 900;

/** The parts with their places once some of them come first; as they are where none does. */
function orderedParts(known: readonly Part[], first: readonly string[]): readonly Part[] {
  if (first.length === 0) return known;
  const ids = new Set([...first, ...known.map(({ id }) => id)]);
  return [...ids].map((id, order) => ({ id, order }));
}

function lastOf(parts: readonly Part[]): number {
  return parts.reduce((most, { order }) => Math.max(most, order), -1);
}
