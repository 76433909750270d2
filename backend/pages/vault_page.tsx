// The page about the person's key: who holds it, and what that means for connected apps. Changes nothing.
import type { VaultStatus } from "../vault/vault.ts";
import { Layout } from "./layout.tsx";
import { dayWord } from "./format_values.ts";

/** The page. */
export function VaultPage({ signOutToken, status }: VaultProps) {
  return (
    <Layout title="Your key" signOutToken={signOutToken}>
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
    </Layout>
  );
}

/** What the page about the key shows. */
export interface VaultProps {
  readonly signOutToken: string;
  readonly status: VaultStatus;
}

function whoHasIt({ vaultExists, zeroKnowledge }: VaultStatus): string {
  if (!vaultExists) return "There is none yet. It is made when you connect your first app.";
  return zeroKnowledge ? "Only you. Mana has no copy." : "Mana keeps it for you, locked up as well.";
}

function whatAppsSee({ zeroKnowledge }: VaultStatus): string {
  return zeroKnowledge
    ? "They cannot open what is locked, whatever you allow them. What is not locked they can use."
    : "Mana opens for them what you allowed them, and nothing else.";
}
