// Everything that an operator's people do, in the order in which they do it.
import type { Step } from "./step.ts";
import { bareSteps } from "./steps/bare.ts";
import { connectingSteps } from "./steps/connecting.ts";
import { decidingSteps } from "./steps/deciding.ts";
import { endingSteps } from "./steps/ending.ts";
import { failingSteps, LOGS_STEP } from "./steps/failing.ts";
import { spacesSteps } from "./steps/spaces.ts";
import { stayingSteps } from "./steps/staying.ts";
import { workingSteps } from "./steps/working.ts";

/** The steps, for one visit. */
export function acceptanceSteps(): readonly Step[] {
  return [
    ...connectingSteps(),
    ...workingSteps(),
    ...spacesSteps(),
    ...stayingSteps(),
    ...decidingSteps(),
    ...bareSteps(),
    ...failingSteps(),
    ...endingSteps(),
    LOGS_STEP,
  ];
}
