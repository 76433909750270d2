// What the pages about privacy and of terms consist of, for the process that shows them in its own look.
import { contactHref, type Operator } from "./operator.ts";

/** A page in plain words. Everything is text, and none of it is HTML. */
export interface PolicyPage {
  readonly title: string;
  readonly sections: readonly PolicySection[];
}

/** A heading, and what stands below it. */
export interface PolicySection {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** A link below the paragraphs. */
  readonly link?: { readonly text: string; readonly href: string };
}

/** Paths of the two pages, below the address of each process. */
export const PRIVACY_PATH = "/privacy";
/** See {@link PRIVACY_PATH}. */
export const TERMS_PATH = "/terms";

/** Who runs the installation, or that nobody says so. */
export function whoRunsIt({ name, country, contact }: Operator): PolicySection {
  const place = country === undefined ? "" : ` The law of this country applies: ${country}.`;
  return {
    heading: "Who runs this",
    paragraphs: [
      name === undefined
        ? `Who runs this installation is not stated here. Ask whoever gave you its address.${place}`
        : `${name} runs this installation.${place}`,
      contact === undefined
        ? "No address for help and for questions about your data is stated."
        : "For help, and for questions about your data, write to:",
    ],
    ...(contact === undefined ? {} : { link: { text: contact, href: contactHref(contact) } }),
  };
}
