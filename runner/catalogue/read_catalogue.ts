// The people of the catalogue: who they are, what they use and how often.
import { z } from "zod";
import catalogue from "./catalogue.json" with { type: "json" };

/** Reads the catalogue. Throws `z.ZodError` where an entry does not hold. */
export function readCatalogue(): readonly Persona[] {
  return z.array(PERSONA).parse(catalogue);
}

/** What an entry has to be. */
export const PERSONA = z.strictObject({
  /** Lower case, such as `anna`: part of the address and of the report's paths. */
  name: z.string().regex(/^[a-z]{2,20}$/),
  email: z.email().endsWith("@mana.test"),
  archetype: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  /** Who a model is to be, at least 20 characters. */
  systemPrompt: z.string().min(20),
  /** Module → weight. */
  moduleMix: z.record(z.string(), z.number().nonnegative()),
  tickCadence: z.enum(["daily", "weekdays", "hourly"]),
  /** IANA name of the zone in which the persona lives. */
  timeZone: z.string(),
  /** `app`: works through a connected client, by consent and a refresh token; by default with its own token. */
  access: z.enum(["own", "app"]).default("own"),
  /** Whether what the connected client deletes waits for the persona's approval on its page. */
  asksFirst: z.boolean().default(false),
  /** Shared space that this persona is a member of, with the others of the same name. */
  shares: z.strictObject({ name: z.string(), kind: z.enum(["family", "team"]) }).optional(),
});

/** A synthetic person. */
export type Persona = z.infer<typeof PERSONA>;
