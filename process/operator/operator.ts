// Who runs an installation, as its pages and metadata tell it, and the settings it is read from. All of it is text of the
// operator: it is shown as text, and no rule of the processes depends on it.

/** Who runs this installation. Everything may be unsaid: the pages then say that it is not stated. */
export interface Operator {
  /** A person or a company. */
  readonly name: string | undefined;
  /** An e-mail address or an https URL, for help and for questions about data. */
  readonly contact: string | undefined;
  /** The country whose law applies, in words. */
  readonly country: string | undefined;
  /** An https page of the operator in the place of the one about privacy. */
  readonly privacyUrl: string | undefined;
  /** An https page of the operator in the place of the terms. */
  readonly termsUrl: string | undefined;
}

/** Nothing is stated. */
export const UNSTATED: Operator = Object.freeze({
  name: undefined,
  contact: undefined,
  country: undefined,
  privacyUrl: undefined,
  termsUrl: undefined,
});

/** What each process reads, with its meaning for the README. None has a default. */
export const OPERATOR_SETTINGS = [
  {
    name: "OPERATOR_NAME",
    fallback: null,
    meaning:
      "Who runs this installation, a person or a company; /privacy and /terms say so, or that it is not stated.",
  },
  {
    name: "OPERATOR_CONTACT",
    fallback: null,
    meaning: "Where people get help and ask about their data: an e-mail address, or an https URL.",
  },
  {
    name: "OPERATOR_COUNTRY",
    fallback: null,
    meaning: "The country whose law applies, in words such as Austria.",
  },
  {
    name: "PRIVACY_URL",
    fallback: null,
    meaning: "Your own https page about privacy, in the place of /privacy.",
  },
  { name: "TERMS_URL", fallback: null, meaning: "Your own https page of terms, in the place of /terms." },
] as const;

/** Names of {@link OPERATOR_SETTINGS}. */
export type OperatorSetting = (typeof OPERATOR_SETTINGS)[number]["name"];

/** What a value has to be, in words that follow "expected" or "must be". */
export const OPERATOR_FORMS: Readonly<Record<OperatorSetting, OperatorForm>> = {
  OPERATOR_NAME: { words: "one line of at most 100 characters", fits: isOneLine },
  OPERATOR_CONTACT: {
    words: "an e-mail address or an https URL, at most 200 characters",
    fits: (text) => isEmail(text) || isHttpsPage(text),
  },
  OPERATOR_COUNTRY: { words: "one line of at most 100 characters", fits: isOneLine },
  PRIVACY_URL: { words: "an https URL of at most 200 characters", fits: isHttpsPage },
  TERMS_URL: { words: "an https URL of at most 200 characters", fits: isHttpsPage },
};

/** The form of one setting. */
export interface OperatorForm {
  readonly words: string;
  readonly fits: (text: string) => boolean;
}

/** The operator out of settings that were found to fit. `undefined`, null and empty mean unsaid. */
export function toOperator(value: (name: OperatorSetting) => string | null | undefined): Operator {
  const read = (name: OperatorSetting) => value(name)?.trim() || undefined;
  // As a header takes it: ASCII alone, with what is not percent-encoded or in Punycode.
  const readAddress = (name: OperatorSetting) => {
    const text = read(name);
    return text !== undefined && isHttpsPage(text) ? new URL(text).href : text;
  };
  return Object.freeze({
    name: read("OPERATOR_NAME"),
    contact: read("OPERATOR_CONTACT"),
    country: read("OPERATOR_COUNTRY"),
    privacyUrl: readAddress("PRIVACY_URL"),
    termsUrl: readAddress("TERMS_URL"),
  });
}

/** The address of a link to the contact, in ASCII; the page shows the contact as it was written. */
export function contactHref(contact: string): string {
  if (isEmail(contact)) return `mailto:${contact}`;
  return isHttpsPage(contact) ? new URL(contact).href : contact;
}

const LONGEST_LINE = 100;
const LONGEST_ADDRESS = 200;

/** No control, no line break and nothing that turns the direction of the text around it. */
function isOneLine(text: string): boolean {
  return text.length <= LONGEST_LINE && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

function isEmail(text: string): boolean {
  const [local = "", domain = "", ...more] = text.split("@");
  return more.length === 0 && text.length <= LONGEST_ADDRESS && /^[\w.+-]+$/.test(local) &&
    /^[A-Za-z0-9.-]+$/.test(domain) && domain.includes(".");
}

/** Only https: a script behind a link (`javascript:`) would run on the page that people sign in on. */
function isHttpsPage(text: string): boolean {
  if (text.length > LONGEST_ADDRESS || /\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === "https:" && username === "" && password === "";
}
