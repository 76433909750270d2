/** Something that the operator has to put right before the backend can start; main.ts ends with 78 and its words. */
export class SetupFault extends Error {
  override readonly name = "SetupFault";
}
