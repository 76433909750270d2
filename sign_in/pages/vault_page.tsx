// The page about the person's key: who holds it, and what that means for connected apps. Changes nothing.
import type { KeyStatus } from "../people/people.ts";
import { Layout, type PersonBar } from "./layout.tsx";
import { dayWord } from "./format_values.ts";

/** The page. */
export function VaultPage({ bar, status }: VaultProps) {
  return (
    <Layout title="Your key" bar={bar}>
      <p>Your private texts are stored locked. One key opens them.</p>
      <dl>
        <dt>Who has it</dt>
        <dd>{whoHasIt(status)}</dd>
        <dt>Connected apps</dt>
        <dd>{whatAppsSee(status)}</dd>
        <dt>Recovery code</dt>
        <dd>
          {status.recoverySetAt === null
            ? "None. The Mana app, where you use it, can make one."
            : `Set on ${dayWord(new Date(status.recoverySetAt))}. Keep it on paper, in a safe place.`}
        </dd>
      </dl>
      <p class="ways">
        <a href="/apps">See your connected apps</a>
      </p>
    </Layout>
  );
}

/** What the page about the key shows. */
export interface VaultProps {
  readonly bar: PersonBar;
  readonly status: KeyStatus;
}

function whoHasIt({ vaultExists, zeroKnowledge }: KeyStatus): string {
  if (!vaultExists) return "There is none yet. It is made when you connect your first app.";
  return zeroKnowledge ? "Only you. Mana has no copy." : "Mana keeps it for you, locked up as well.";
}

function whatAppsSee({ zeroKnowledge }: KeyStatus): string {
  return zeroKnowledge
    ? "They cannot open what is locked, whatever you allow them. What is not locked they can use."
    : "Mana opens for them what you allowed them, and nothing else.";
}
