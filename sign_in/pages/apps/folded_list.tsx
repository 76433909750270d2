// A list on the card of an app, folded where it is long.

/** The list; `summary` is what stands on the fold. */
export function Folded({ lines, summary }: { readonly lines: readonly string[]; readonly summary: string }) {
  const list = <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>;
  if (lines.length <= LONG_LIST) return list;
  return (
    <details>
      <summary>{summary}</summary>
      {list}
    </details>
  );
}

/** Lines that are shown without a fold. */
const LONG_LIST = 6;
