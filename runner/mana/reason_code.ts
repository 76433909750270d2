// Which refusal of the gateway some words are. At the edge (401, 403, 429 …) the gateway names the reason itself, in `error.data.reason`;
// a refused tool call has words for a model only, whose fixed beginnings are these. A test holds them against the gateway's own words.

/** The reason code of the words of a refusal; null where they are none of the gateway's. Never a part of the words that could be a value. */
export function reasonCode(words: string): string | null {
  const rule = /^The call is not allowed \(([a-z][a-z-]{1,60})\): /.exec(words)?.[1];
  if (rule !== undefined) return rule;
  return BEGINNINGS.find(([beginning]) => beginning.test(words))?.[1] ?? null;
}

const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^The arguments are invalid: /, "input-invalid"],
  [/^The params of [a-z/]+ are invalid: /, "params-invalid"],
  [/^Invalid Request: /, "request-invalid"],
  [/^(?:Unknown tool|There is no tool of this name): /, "tool-unknown"],
  [/^No [a-z -]+ with id "/, "record-not-found"],
  [/^This [a-z -]+ cannot be changed because /, "record-unreadable"],
  [/^The value of \S+ cannot be stored: /, "value-not-storable"],
  [/^The cursor is not one for this call: /, "cursor-invalid"],
  [/^The call was carried out, but its result is too large /, "result-too-large"],
  [/^No space that can be used here has this id or name\./, "space-unknown"],
  [/^Several spaces have this name\./, "space-ambiguous"],
  [/^It is not clear which space is meant\./, "space-choice-needed"],
  [/^You are not a member of the space that was chosen: /, "space-not-member"],
  [/^This client was not given the space that was chosen: /, "space-not-granted"],
  [/^Nothing was stored\. .+ cannot be added to a space of type /, "module-not-in-space"],
  [/^The token does not allow this: /, "scope-missing"],
  [
    /^(?:The form that asked the person was closed without an answer|Not done: the person has to allow this|The person said yes, but it is not known)/,
    "approval-needed",
  ],
  [/^This was done: the person has allowed it\./, "approval-done"],
  [/^There is no request of this id /, "approval-unknown"],
  [/^This app has used up what the person allows it /, "disclosure-budget"],
  [/^Nothing was read or changed: what this app may see cannot be read/, "grant-unreadable"],
  [/^Nothing was changed: (?:this app may |the change needs )/, "grant-excluded"],
  [/^Nothing was handed out: .+ did not store the note\./, "ledger-unavailable"],
  [/^Nothing was handed out: .+ subscription is inactive\./, "ledger-inactive"],
  [/^It is unknown whether the /, "write-unknown"],
  [/^The sync service did not confirm the whole change /, "write-partly"],
  [/^Your vault is in zero-knowledge mode/, "zero-knowledge"],
  [/^Your encryption vault does not exist yet: /, "vault-not-initialised"],
  [/^Your sync subscription is inactive: /, "sync-inactive"],
  [/^The .+ refused your token: /, "upstream-token-refused"],
  [/^The .+ (?:did not answer in time|is not available): try again later\./, "upstream-failed"],
  [/^Too many of your requests are under way: /, "share-exceeded"],
  [/^Something went wrong inside the gateway: /, "internal"],
];
