// Numbers of the personas' endpoints, with their units and the reason for each. Nothing here is a setting.

/** Largest body: 500 actions of at most 900 bytes each, with room for texts that take several bytes per character. */
export const PERSONA_BODY_BYTES = 2 * 1024 * 1024;
/** Actions in one request; also what a whole tick may have. */
export const ACTIONS_PER_REQUEST = 500;
/** Ratings in one request. */
export const FEEDBACK_PER_REQUEST = 100;

/** Longest lease of a claim: a runner that died keeps nobody waiting for longer. */
export const LEASE_MS_MAX = 60 * 60_000;
/** A claim that seems to hold for longer was given before the clock was set back, and holds no more. Small corrections are none. */
export const HELD_MS_MAX = 2 * LEASE_MS_MAX;

/** How long actions, ratings and ticks are kept: a quarter shows a trend, and what was done is no secret worth keeping. */
export const KEPT_MS = 90 * 24 * 3600_000;
/** Ticks of each persona that a report may ask for. */
export const REPORTED_TICKS = 30;
