// A token of a person, as a script or a test gets it (contract: auth-vault, section 3).
import { z } from "zod";

const Login = z.object({ accessToken: z.string() });

/** Signs in at the auth service and returns a JWT, good for 15 minutes (contract: auth-vault section 3). */
export async function signIn(authUrl: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${authUrl}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`Cannot sign in as ${email}: the auth service answered ${response.status}`);
  }
  return Login.parse(await response.json()).accessToken;
}
