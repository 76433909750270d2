// The next version of a draft's text. Earlier versions stay, so that nothing that the person wrote is lost (contract: modules, writing,
// rule 2).
import { z } from "zod";
import { createdOutput, defineTool, recordId } from "../../lib/tool/authoring.ts";
import { drafts, Text, versions, wordsIn } from "./writing_drafts.ts";

/** Writes the next version. */
export const saveVersion = defineTool({
  name: "writing.save_version",
  title: "Save a version of a draft",
  access: "write",
  description:
    "Write a new text of a draft as its next version; earlier versions stay and can be read. Give the whole text.",
  input: z.object({
    id: recordId("draft", "writing.list"),
    content: Text,
    summary: z.string().max(1_000).optional().describe("what changed"),
  }),
  output: createdOutput.extend({ versionNumber: z.number() }),
  async run({ id, content, summary }, { records }) {
    return await records.writeTogether(async (rows) => {
      const { currentVersionId } = await records.get(drafts, id);
      let highest = 0;
      await records.lookThrough(versions, ({ draftId, versionNumber = 0 }) => {
        if (draftId === id) highest = Math.max(highest, versionNumber);
      });
      const version = await rows.insert(versions, {
        draftId: id,
        versionNumber: highest + 1,
        content,
        wordCount: wordsIn(content),
        parentVersionId: currentVersionId ?? null,
        summary: summary ?? null,
        isAiGenerated: true,
      });
      await rows.update(drafts, id, () => ({ currentVersionId: version.id }));
      return { id: version.id, versionNumber: highest + 1 };
    });
  },
});
