// Cookies that better-auth set on its own answer, handed on with ours.

/** Adds `Set-Cookie` lines to an answer and returns it. */
export function withCookies(answer: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) answer.headers.append("set-cookie", cookie);
  return answer;
}
