// The program that plays the auth service: a real better-auth 1.6.0 with the routes that the real service has around it.
// Reads questions from stdin and writes answers to stdout (wire.ts). Has no rights: no network, no file, no variable.
import { tellTime } from "./told_time.ts";
import { TextLineStream } from "../text_lines.ts";
import { Question, type Reply } from "../wire.ts";
import { type AuthService, createAuthService } from "./auth_service.ts";

/** Answers each line. The first line sets the service up; the lines after it may be under way at the same time. */
async function main(): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  let service: Promise<AuthService> | undefined;
  for await (const line of lines) {
    const question = Question.parse(JSON.parse(line));
    tellTime(question.now);
    if (question.settings !== undefined) service = createAuthService(question.settings);
    if (service === undefined) throw new Error("Cannot answer before the settings have come");
    void reply(service, question).then(print);
  }
}

async function reply(service: Promise<AuthService>, question: Question): Promise<Reply> {
  const { id, request, command } = question;
  try {
    const { answer, obey } = await service;
    if (command !== undefined) return { id, result: await obey(command) ?? null };
    if (request === undefined) return { id };
    const response = await answer(
      new Request(request.url, {
        method: request.method,
        headers: request.headers,
        body: request.body === null ? null : Uint8Array.fromBase64(request.body),
      }),
    );
    const body = response.body === null ? null : new Uint8Array(await response.arrayBuffer()).toBase64();
    return { id, response: { status: response.status, headers: [...response.headers], body } };
  } catch (error) {
    return { id, failed: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

function print(answer: Reply): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

await main();
