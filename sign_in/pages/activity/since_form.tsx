// "Undo everything since": whose changes, and since when. The preview comes first.
import type { Call } from "../../gateway/answers.ts";
import { plainName } from "../../kit/plain_name.ts";
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import type { ActivityProps } from "./activity_page.tsx";
import { appOption } from "./filter_form.tsx";
import { writeWho } from "./undo_selection.ts";

/** The form; nothing where nobody could be chosen. */
export function SinceForm(props: SinceProps) {
  const { form, since } = props;
  const options = optionsOf(props);
  if (options.length === 0) return null;
  return (
    <section aria-labelledby="since">
      <h2 id="since">Undo everything since …</h2>
      <form method="post" action="/activity/undo">
        <input type="hidden" name="form" value={form} />
        <label for="who">Whose changes?</label>
        <select id="who" name="who">
          {options.map(({ value, words }) => (
            <option key={value} value={value} selected={value === since.who}>{words}</option>
          ))}
        </select>
        <div class="pair">
          <div>
            <label for="since-day">Since this day</label>
            <input id="since-day" name="day" type="date" value={since.day} required />
          </div>
          <div>
            <label for="since-time">and this time</label>
            <input id="since-time" name="time" type="time" value={since.time} required />
          </div>
        </div>
        <p class="buttons">
          <button type="submit" name="do" value="since" class="second">Look at it first</button>
        </p>
      </form>
    </section>
  );
}

type SinceProps = Pick<ActivityProps, "form" | "apps" | "filter" | "since"> & {
  readonly calls: readonly Call[];
};

/** The fields of the form. */
export interface SinceFields {
  /** As `writeWho` writes it; empty: nobody is chosen yet. */
  readonly who: string;
  /** `2026-11-27` */
  readonly day: string;
  /** `14:00` */
  readonly time: string;
}

/** The apps, the person's own token, and names on the page that prove nothing. */
function optionsOf({ apps, filter, calls }: SinceProps) {
  const hasOwn = filter.app === "own" || calls.some(({ writer }) => writer === "own");
  const names = new Set(
    calls.filter(({ writer, name }) => writer === "unverified" && name !== "").map(({ name }) => name),
  );
  const chosen = typeof filter.app === "object" ? [filter.app] : apps;
  return [
    ...chosen.map((app) => ({ value: writeWho({ app: app.key }), words: appOption(app) })),
    ...hasOwn ? [{ value: writeWho({ app: "" }), words: "An agent with your own token" }] : [],
    ...[...names].map((name) => ({
      value: writeWho({ app: null, name }),
      words: `Not certain who: “${plainName(name, CLIENT_NAME_LENGTH)}”`,
    })),
  ];
}
