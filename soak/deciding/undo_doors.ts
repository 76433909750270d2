// The two doors of an undo: the person's page, and the tools that an app has for what it wrote itself.
import { type Answer, PLAN_CHANGED } from "../answer.ts";
import type { PersonPages, ShownUndo } from "./person_pages.ts";

/** Where an undo is looked at and decided. */
export interface UndoDoor {
  preview(): Promise<ShownUndo>;
  /** What is shown instead, where it is not done. */
  apply(shown: ShownUndo): Promise<ShownUndo>;
}

/** The person's page. */
export function pageDoor(pages: PersonPages, preview: () => Promise<ShownUndo>): UndoDoor {
  return { preview, apply: pages.undo };
}

/** The app itself, with everything that it wrote since a time. */
export function ownDoor(
  call: (tool: string, args: Record<string, unknown>) => Promise<Answer>,
  since: string,
): UndoDoor {
  return {
    async preview() {
      const answer = await call("undo_preview", { since });
      if (answer.kind !== "ok") return shownAs("fault", null);
      const { plan, rowCount } = answer.output;
      if (rowCount === 0) return shownAs("nothing", null);
      return { ...shownAs("plan", String(plan)), planned: JSON.stringify(answer.output) };
    },
    async apply({ plan }) {
      const answer = await call("undo_apply", { plan, since });
      if (answer.kind === "ok") return shownAs(answer.output.status === "done" ? "done" : "fault", plan);
      // The app has to look again.
      const isRefused = answer.kind === "refused" && answer.reason === PLAN_CHANGED;
      return shownAs(isRefused ? "refused" : "fault", isRefused ? null : plan);
    },
  };
}

function shownAs(state: ShownUndo["state"], plan: string | null): ShownUndo {
  return { state, page: null, title: "", plan, planned: "" };
}
