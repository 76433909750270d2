// The time of this program is told with each line that comes in, and stands still in between. better-auth reads `Date`
// itself (ends of sessions, the limiter, second factors, JWTs), so `Date` is replaced for the whole program.

/** Sets the time, in milliseconds since 1970. */
export function tellTime(ms: number): void {
  now = ms;
}

let now = 0;

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now] : given, made),
  get: (target, name, receiver) => name === "now" ? () => now : Reflect.get(target, name, receiver),
});
