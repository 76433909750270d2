// One request of an app, what the person did about it, and what came of it as far as anybody was told.

/** What the person does about a request. `edited`: something is changed behind the page before they say yes. */
export const FATES = ["yes", "edited", "no", "twice", "seen", "left", "both"] as const;
/** One of {@link FATES}. */
export type Fate = typeof FATES[number];

/** A request that was made. */
export interface DecidedRequest {
  /** Name of the app. */
  readonly app: string;
  /** The record that the app asked to delete. */
  readonly id: string;
  readonly fate: Fate;
  /** `not done`: for certain. */
  readonly outcome: "done" | "not done" | "unknown";
}
