// What a person sees where a request cannot be shown or answered now. The button stays, wherever pressing it again can help.
import { Layout, type PersonBar } from "../layout.tsx";
import { Decide, type DecideProps } from "./approval_card.tsx";
import type { FaultWords } from "./fault_words.ts";
import { WAKE_SCRIPT_PATH } from "./wake_script.ts";

/** The page. */
export function FaultPage({ bar, email, words, decides, again }: FaultPageProps) {
  return (
    <Layout title={words.title} bar={bar} guard={decides && WAKE_SCRIPT_PATH}>
      <p>{words.text}</p>
      <p class="soft">Signed in as {email}</p>
      {decides === undefined ? null : (
        <>
          <p>
            Your answer to: <strong>{decides.wish}</strong>
          </p>
          <Decide {...decides} />
        </>
      )}
      <p>
        <a href={again}>
          {decides === undefined ? "See what waits for you" : "Look at the request again first"}
        </a>
      </p>
    </Layout>
  );
}

/** What the page shows. */
export interface FaultPageProps {
  readonly bar: PersonBar;
  readonly email: string;
  readonly words: FaultWords;
  /** The form of the buttons, where pressing them again can help. */
  readonly decides: DecideProps | undefined;
  /** Where the request is shown. */
  readonly again: string;
}
