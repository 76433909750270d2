// Every view that hosts can show beside a tool's result: a tool names its own (`view`), and docs/views.md says how another is added.
import type { View } from "../lib/tool/authoring.ts";

/** In the order in which resources/list names them. */
export const VIEWS: readonly View[] = [];
