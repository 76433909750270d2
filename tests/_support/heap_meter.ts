// Measures the heap of this process for budgets on what is retained. Never of time.
import v8 from "node:v8";
import vm from "node:vm";

/** Makes a function that says how much heap is in use after everything that can go is gone, in bytes. */
export function createHeapMeter(): () => number {
  v8.setFlagsFromString("--expose-gc");
  // Only a context that is made after the flag was set has the function.
  const collect: unknown = vm.runInNewContext("gc");
  if (typeof collect !== "function") {
    throw new Error("Cannot measure the heap: there is no collector to call");
  }
  return () => {
    // What the first pass finds free, a second may follow.
    for (let pass = 0; pass < 2; pass++) collect();
    return Deno.memoryUsage().heapUsed;
  };
}
