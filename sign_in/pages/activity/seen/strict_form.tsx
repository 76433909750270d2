// The wish for a strict ledger: what cannot be noted first is not handed to an app. It is for all apps of a person, and this server keeps it
// (ledger_wishes.ts): in the log that apps write to, an older wish could be put back.
import { SEEN_PATH } from "../activity_query.ts";

/** The form, as the wish is now. */
export function StrictForm({ form, isStrict }: StrictFormProps) {
  return (
    <section aria-labelledby="strict">
      <h2 id="strict">What cannot be noted</h2>
      <form method="post" action={STRICT_PATH}>
        <input type="hidden" name="form" value={form} />
        <label class="choice">
          <input
            type="checkbox"
            name="strict"
            value="yes"
            checked={isStrict}
            aria-describedby="strict-hint"
          />
          Withhold what cannot be noted first
        </label>
        <p class="soft" id="strict-hint">
          {isStrict
            ? "Now: an app gets nothing that could not be noted before. It is told to try again."
            : "Now: an app gets its answer also where the note comes late or is lost; lost ones are counted above."}
          {" "}
          This is for all your apps. With the tick each of their calls takes a little longer.
        </p>
        <p class="buttons">
          <button type="submit" class="second">Save this</button>
        </p>
      </form>
    </section>
  );
}

/** Path of the form. */
export const STRICT_PATH = `${SEEN_PATH}/strict`;

/** What the form shows. */
export interface StrictFormProps {
  readonly form: string;
  readonly isStrict: boolean;
}
