// Who is played when the personas API says that somebody is due: what they are like is the API's to say, how they work (zone, way in,
// shared spaces) the catalogue's, which the API does not know.
import type { Player } from "../attempt/attempt.ts";
import { PERSONA, type Persona } from "../catalogue/read_catalogue.ts";
import type { DuePersona } from "../personas_api/personas_api.ts";

/** The player; null for somebody who cannot be played: an address that is no persona's, or a descriptor that does not hold. */
export function playerOf(due: DuePersona, catalogue: readonly Persona[]): Player | null {
  const { userId, email, archetype, systemPrompt, moduleMix, tickCadence, timeZone } = due;
  const known = catalogue.find((persona) => persona.email === email);
  const parsed = PERSONA.safeParse({
    name: /^persona\.([a-z]{2,20})@/.exec(email)?.[1],
    timeZone: timeZone ?? "UTC",
    ...known,
    email,
    archetype,
    systemPrompt,
    moduleMix,
    tickCadence,
  });
  return parsed.success ? { userId, persona: parsed.data } : null;
}
