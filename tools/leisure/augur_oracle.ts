// The oracle of augur: what became of earlier signs, told only where there are enough of them to tell anything.
import { z } from "zod";
import {
  counted,
  defineTool,
  type PlainRecordOf,
  refuseInput,
  textFilter,
  textFilterInput,
} from "../../lib/tool/authoring.ts";
import { Kind, signs, SourceCategory, textsOf, Vibe } from "./augur_signs.ts";
import { isResolved, numbersBy, outcomesOf, type Sign } from "./augur_statistics.ts";

/** Below as many recorded signs the oracle is silent, as in the Mana apps. */
const LEAST_SIGNS = 50;
/** Below as many resolved signs that are alike the oracle is silent. */
const LEAST_ALIKE = 3;

const Count = z.number();
/** Numbers by word: by the stored words, and by those of other writers. */
const Shares = z.looseObject({}).optional();

/** `augur.oracle`. */
export const oracle = defineTool({
  name: "augur.oracle",
  title: "Ask the oracle",
  access: "read",
  description:
    "How often earlier signs came true: those like a new sign (give what is known of it), or with `year` those of a year, " +
    `with numbers by word. Without a year it is silent below ${LEAST_SIGNS} signs or ${LEAST_ALIKE} resolved ones that are ` +
    "alike: then say so, and do not guess.",
  input: z.object({
    kind: Kind.optional(),
    sourceCategory: SourceCategory.optional(),
    vibe: Vibe.optional(),
    query: textFilterInput,
    year: z.int().min(1_900).max(2_200).optional(),
  }),
  output: z.object({
    speaks: z.boolean(),
    why: z.string().optional().describe("why it is silent"),
    signs: Count.describe("counted: resolved ones, or all of the year"),
    fulfilled: Count.optional(),
    partly: Count.optional(),
    notFulfilled: Count.optional(),
    hitRate: Count.nullable().optional().describe("0 to 1, partly counts half"),
    byKind: Shares,
    byVibe: Shares,
    byCategory: Shares,
  }),
  async run({ year, query, ...traits }, { records }) {
    const { kind, sourceCategory, vibe } = traits;
    const hasWords = textFilter(query, textsOf);
    const isGiven = hasWords !== undefined || Object.values(traits).some((trait) => trait !== undefined);
    if (!isGiven && year === undefined) refuseInput("give what is known of the sign, or a year");
    if (year === undefined) {
      const recorded = await records.count(signs);
      if (recorded < LEAST_SIGNS) {
        return { speaks: false, signs: 0, why: `${counted(recorded, "sign")}, of at least ${LEAST_SIGNS}` };
      }
    }
    const found: Sign[] = [];
    const where = (sign: PlainRecordOf<typeof signs>) =>
      (kind === undefined || sign.kind === kind) && (vibe === undefined || sign.vibe === vibe) &&
      (sourceCategory === undefined || sign.sourceCategory === sourceCategory) &&
      (year === undefined ? isResolved(sign) : sign.encounteredAt?.startsWith(`${year}-`) === true);
    if (hasWords === undefined) {
      await records.lookThrough(signs, (sign) => void (where(sign) && found.push(sign)));
    } else {
      await records.scan(
        signs,
        { where, isSearch: true },
        (sign) => void (hasWords(sign) && found.push(sign)),
      );
    }
    const told = { speaks: true, signs: found.length, ...outcomesOf(found) };
    if (year !== undefined) {
      return {
        ...told,
        byKind: numbersBy(found, "kind"),
        byVibe: numbersBy(found, "vibe"),
        byCategory: numbersBy(found, "sourceCategory"),
      };
    }
    if (found.length >= LEAST_ALIKE) return told;
    const why = `${counted(found.length, "resolved sign")} alike, of at least ${LEAST_ALIKE}`;
    return { speaks: false, signs: found.length, why };
  },
});
