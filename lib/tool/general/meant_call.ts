// The call of a module's own tool that a call of a general tool is.
import type { Tool } from "../define_tool.ts";

/** A call of a module's own tool. */
export interface MeantCall {
  readonly tool: Tool;
  /** Not checked yet: that is the tool's to do. */
  readonly args: unknown;
}
