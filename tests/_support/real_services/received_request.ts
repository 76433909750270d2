// A request as a service received it, for assertions.

/**
 * Printing shows method and path alone: everything that can hold a password, a cookie or a token lies in private fields,
 * which neither `console.log`, nor an assertion's difference, nor `JSON.stringify` reaches.
 */
export class ReceivedRequest {
  readonly #url: URL;
  readonly #headers: Headers;
  /** Which service was asked. */
  readonly service: "auth" | "sync";
  readonly method: string;
  /** Without the query, which can hold a token. */
  readonly path: string;

  constructor(service: "auth" | "sync", request: Request) {
    this.service = service;
    this.method = request.method;
    this.#url = new URL(request.url);
    this.#headers = new Headers(request.headers);
    this.path = this.#url.pathname;
  }

  /** A header, as `x-forwarded-for` or `origin`; null where it is absent. */
  header(name: string): string | null {
    return this.#headers.get(name);
  }

  /** The query. */
  get query(): URLSearchParams {
    return new URLSearchParams(this.#url.search);
  }

  /** For a test that counts or compares: `POST /api/auth/sign-in/email`. */
  toString(): string {
    return `${this.method} ${this.path}`;
  }
}
