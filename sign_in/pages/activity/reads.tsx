// What apps only looked at: counts, since nothing is changed by looking. The gateway tells them as they happen. Which records it was is
// in the ledger (seen/).
import type { GrantUse } from "../../oauth/grants/grant_uses.ts";
import type { PermissionWords } from "../access/permission_words.ts";
import { dayWord } from "../format_values.ts";
import { SEEN_PATH } from "./activity_query.ts";

/** The section; nothing where nobody looked at anything. */
export function Reads({ reads }: { readonly reads: readonly AppReads[] }) {
  const some = reads.filter(({ lines }) => lines.length > 0);
  if (some.length === 0) return null;
  return (
    <section aria-labelledby="reads">
      <h2 id="reads">What they only looked at</h2>
      <p class="soft">
        Looking changes nothing, so it is counted, from the day an app was connected. It cannot be undone:
        what an app has seen, it may have kept. <a href={SEEN_PATH}>See which records they were handed.</a>
      </p>
      {some.map(({ key, name, lines }) => (
        <details key={key}>
          <summary>
            {`“${name}”: ${lines.length === 1 ? lines[0] : `${lines.length} kinds of things`}`}
          </summary>
          <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>
        </details>
      ))}
    </section>
  );
}

/** What one app looked at. */
export interface AppReads {
  /** The key of the app. */
  readonly key: string;
  readonly name: string;
  readonly lines: readonly string[];
}

/** The lines of an app, the most looked at first, over all of its connections. */
export function readLines(
  uses: readonly GrantUse[],
  words: Pick<PermissionWords, "use">,
  module: string | undefined,
): readonly string[] {
  const sums = new Map<string, { count: number; last: number }>();
  for (const use of uses) {
    if (use.access !== "read" || (module !== undefined && use.module !== module)) continue;
    const sum = sums.get(use.module) ?? { count: 0, last: 0 };
    sums.set(use.module, { count: sum.count + use.count, last: Math.max(sum.last, use.lastUsedAt) });
  }
  return [...sums].sort(([, one], [, other]) => other.count - one.count)
    .map(([name, { count, last }]) => `${words.use(name, "read", count)}, last on ${dayWord(last)}`);
}
