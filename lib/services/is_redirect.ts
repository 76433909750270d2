// Whether a service sends the gateway elsewhere, which is refused: see service_client.ts.

/** True for any 3xx, also where `fetch` hides its status. */
export function isRedirect(response: Response): boolean {
  return response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
}
