// The whole ledger of a person as a file: JSON lines, handed on piece by piece as the gateway gives them, so that a long ledger takes
// no memory here. Where a later piece fails, the download breaks off with an error: a file never ends early in silence.
import { GATEWAY_ACTIONS } from "../../../gateway/actions.ts";
import type { AskGateway, GatewayFault } from "../../../gateway/ask_gateway.ts";
import type { SignedIn } from "../../../people/people.ts";

/** The file, or why there is none. Throws what `AskGateway.show` throws. */
export async function exportLedger(
  gateway: AskGateway,
  person: SignedIn,
  day: string,
): Promise<Response | GatewayFault> {
  const ask = (after: string | null) => gateway.show(person, GATEWAY_ACTIONS.ledgerExport, { after });
  const first = await ask(null);
  if (!first.ok) return first;
  let piece = first.answer;
  const text = new TextEncoder();
  const written = ({ lines }: typeof piece) => text.encode(lines.map((line) => `${line}\n`).join(""));
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(written(piece)),
    async pull(controller) {
      if (piece.next === null) return controller.close();
      const asked = await ask(piece.next);
      if (!asked.ok) return controller.error(new Error("The gateway gives no more of the ledger"));
      piece = asked.answer;
      controller.enqueue(written(piece));
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: {
      "content-type": "application/jsonl; charset=utf-8",
      "content-disposition": `attachment; filename="mana-ledger-${day}.jsonl"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    },
  });
}
