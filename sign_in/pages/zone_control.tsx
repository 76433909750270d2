// The field for the person's time zone, and the script that fills it in. Without scripts it stays empty, and
// the person may choose.
import { readTimeZone, TIME_ZONES } from "../kit/time_zones.ts";
import type { Problem } from "./layout.tsx";

/** The field. A page has it once: its list is long. */
export function ZoneControl({ chosen, hint }: ZoneControlProps) {
  const { text, isChosen, isWrong } = chosen;
  return (
    <fieldset>
      <legend>
        <label for="zone">Your time zone</label>
      </legend>
      <p class="soft" id="zone-hint">{hint}</p>
      <input
        id="zone"
        name="zone"
        type="text"
        list="zones"
        value={text}
        maxlength={64}
        autocomplete="off"
        autocapitalize="words"
        spellcheck={false}
        aria-describedby="zone-hint"
        aria-invalid={isWrong ? "true" : undefined}
        data-fill={isChosen ? undefined : "yes"}
      />
      <datalist id="zones">{TIME_ZONES.map((zone) => <option key={zone} value={zone} />)}</datalist>
    </fieldset>
  );
}

/** What the field shows. */
export interface ZoneControlProps {
  readonly chosen: ZoneField;
  readonly hint: string;
}

/** The field as it stands in a form. */
export interface ZoneField {
  /** The text in it. */
  readonly text: string;
  /** The zone that the text names; `undefined`: none. */
  readonly zone: string | undefined;
  /** Whether the person decided, also for none; otherwise the script fills in the browser's zone. */
  readonly isChosen: boolean;
  /** Whether the text names no zone that is known. */
  readonly isWrong: boolean;
}

/** The field with the zone that is stored; `undefined`: none is. */
export function storedZone(zone: string | undefined): ZoneField {
  return { text: zone ?? "", zone, isChosen: zone !== undefined, isWrong: false };
}

/** The field as the person sent it. An empty field is a choice: the zone is not told. */
export function readZone(form: URLSearchParams): ZoneField {
  const text = form.get("zone")?.trim() ?? "";
  const zone = readTimeZone(text);
  return {
    text: zone ?? text.slice(0, 64),
    zone,
    isChosen: true,
    isWrong: text !== "" && zone === undefined,
  };
}

/** The fault of a field. */
export function zoneProblems({ isWrong }: ZoneField): readonly Problem[] {
  const text =
    "We do not know this time zone. Type a large city in it, such as Berlin, or leave the field empty.";
  return isWrong ? [{ text, field: "zone" }] : [];
}

/** Address of the script. */
export const ZONE_SCRIPT_PATH = "/zone.js";

/** The script: it fills in the browser's time zone where the person has not decided. Reads and sends nothing else. */
export const ZONE_SCRIPT = `// Fills in your time zone; you can change it before you send the form.
var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
var field = document.querySelector("input[data-fill]");
if (field && field.value === "" && zone && zone !== "Etc/Unknown") field.value = zone;
`;
