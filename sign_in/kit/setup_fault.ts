// The error that tells the operator what to put right before a start.

/** A fault in the set-up. main.ts prints its message and ends with 78. */
export class SetupFault extends Error {
  override readonly name = "SetupFault";
}
