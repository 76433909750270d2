// The words of a call whose answer waits for the person's ledger: they chose that apps are handed nothing that is not noted first.

/** For an answer that is withheld, and could be handed out a moment later. */
export const LEDGER_UNAVAILABLE =
  "Nothing was handed out: every answer is noted in the person's ledger first, and the sync service did not store the note. Nothing was changed: make the same call again shortly.";

/** The same, where the sync service will not store it later either. */
export const LEDGER_INACTIVE =
  "Nothing was handed out: every answer is noted in the person's ledger first, and the sync service stores no ledger because the person's subscription is inactive. The person can activate it in the Mana app, or turn off the strict ledger on their page of connected apps (Apps).";

/** Beside the result of a change, which is done and cannot be withheld. */
export const NOT_YET_IN_LEDGER =
  "Note from the gateway: this is done, but not yet in your ledger: the sync service did not store the note. Do not repeat the change.";
