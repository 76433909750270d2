// The page where something of what apps did cannot be shown, or not be undone.
import { Layout, type PersonBar } from "../layout.tsx";
import { ACTIVITY_PATH } from "./activity_query.ts";
import type { FaultWords } from "./fault_words.ts";

/** The page. */
export function FaultPage({ bar, fault }: FaultProps) {
  return (
    <Layout title={fault.title} bar={bar}>
      <p role="alert">{fault.text}</p>
      <p>
        <a href={ACTIVITY_PATH}>What your apps did</a>
      </p>
    </Layout>
  );
}

/** What the page shows. */
export interface FaultProps {
  readonly bar: PersonBar;
  readonly fault: FaultWords;
}
