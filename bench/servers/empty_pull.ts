import type { RequestShape } from "../load/job.ts";

/** The one request to the sync service that a warm `habits.list` makes, which finds nothing new; without the token. */
export function emptyPull(): RequestShape {
  const since = encodeURIComponent(new Date().toISOString());
  return {
    method: "GET",
    path: `/sync/habits/pull?collection=habits&since=${since}`,
    headers: { accept: "application/json", "x-client-id": "bench" },
    body: "",
    marker: '"serverChanges":[]',
  };
}
