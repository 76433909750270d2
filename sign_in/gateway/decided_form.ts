// The proof that a person has decided something: a form of ours, sent by the browser and the session that it was made for. Without
// the proof nothing makes a token by which the gateway takes a decision.
import { readForm } from "../http/read_form.ts";

/** A form that was ours. Only {@link DecidedForm.read} makes one: nothing that merely looks like one passes for it. */
export class DecidedForm {
  /** The fields. */
  readonly fields: URLSearchParams;
  readonly #isChecked = true;

  private constructor(fields: URLSearchParams) {
    this.fields = fields;
  }

  /**
   * The form of a request; `undefined` where it is none of ours for this purpose. A GET decides nothing: scanners of links open
   * them. What another site has the browser send is refused twice, by the browser's own word and by the token.
   */
  static async read(
    forms: FormCheck,
    request: Request,
    purpose: (fields: URLSearchParams) => string,
  ): Promise<DecidedForm | undefined> {
    if (request.method !== "POST") return undefined;
    const from = request.headers.get("sec-fetch-site");
    if (from !== null && from !== "same-origin") return undefined;
    const fields = await readForm(request);
    if (fields === undefined || !await forms.isOurs(request, fields, purpose(fields))) return undefined;
    return new DecidedForm(fields);
  }

  /** Whether a value was made by {@link DecidedForm.read}. */
  static isOne(value: unknown): boolean {
    return typeof value === "object" && value !== null && #isChecked in value;
  }
}

/** What checks the token of a form: `PageForms`. */
export interface FormCheck {
  isOurs(request: Request, form: URLSearchParams, purpose: string): Promise<boolean>;
}
