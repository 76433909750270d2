// What lies between a part of the product and the services that it asks, in one process: each request is noted, and goes to
// the test first and then to its service.

/** Creates it. */
export function createWire({ services, past = {}, intercept }: Wire) {
  const calls: UpstreamCall[] = [];
  const open = new Set<Promise<Response>>();
  async function send(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const straight = past[originOf(input)];
    if (straight !== undefined) return await straight(input, init);
    const request = new Request(input, init);
    const { method, url, headers } = request;
    calls.push({ method, url, headers, body: await request.clone().text() });
    // As `fetch` does: who gives up waits for no answer.
    const left = Promise.withResolvers<never>();
    left.promise.catch(() => {});
    init?.signal?.addEventListener("abort", () => left.reject(init.signal?.reason), { once: true });
    const answered = await Promise.race([intercept(request.clone()), left.promise]);
    if (answered !== undefined) return answered;
    request.signal.throwIfAborted();
    const service = services[originOf(url)];
    if (service === undefined) throw new TypeError(`Unexpected upstream ${originOf(url)}`);
    return await service(request);
  }
  return {
    calls,
    /** Resolves once nothing is asked any more: also what was asked with nobody waiting for it. */
    async settled(): Promise<void> {
      while (open.size > 0) await Promise.allSettled(open);
    },
    fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
      const sent = send(input, init).finally(() => open.delete(sent));
      open.add(sent);
      return sent;
    },
  };
}

/** What a wire leads to. */
export interface Wire {
  /** By origin. */
  readonly services: Readonly<Record<string, (request: Request) => Promise<Response>>>;
  /** Where requests to an origin go without being noted or shown, as `fetch` takes them. */
  readonly past?: Readonly<Record<string, typeof fetch>>;
  /** Looks at each request first; what it returns is the answer, undefined lets the service answer. */
  readonly intercept: (request: Request) => Promise<Response | undefined> | Response | undefined;
}

/** One upstream request. */
export interface UpstreamCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

function originOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : input).origin;
}
