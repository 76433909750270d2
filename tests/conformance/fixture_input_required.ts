import {
  acceptedContent,
  type createRequestStateCodec,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

/** What the rounds of one call have shown so far. */
export type RoundState = { readonly step: string };
/** Seals {@link RoundState}. */
export type StateCodec = ReturnType<typeof createRequestStateCodec<RoundState>>;

const NAME = z.object({ name: z.string() });
const COLOR = z.object({ color: z.string() });
const OK = z.object({ ok: z.boolean() });

const askName = (message: string) => inputRequired.elicit({ message, requestedSchema: NAME });
const askOk = () => inputRequired.elicit({ message: "Please confirm", requestedSchema: OK });
const askModel = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });

/** Registers the tools that answer in several rounds (SEP-2322). */
export function registerInputRequiredTools(server: McpServer, codec: StateCodec): void {
  type Round = ReturnType<typeof inputRequired> | ReturnType<typeof text>;
  const define = (name: string, run: (ctx: ServerContext) => Round | Promise<Round>) =>
    server.registerTool(name, { description: "Answers in several rounds" }, run);
  const answers = (ctx: ServerContext) => ctx.mcpReq.inputResponses;
  const state = (ctx: ServerContext) => ctx.mcpReq.requestState<RoundState>();

  define("test_input_required_result_elicitation", (ctx) => {
    const answer = acceptedContent(answers(ctx), "user_name", NAME);
    if (answer) return text(`Hello, ${answer.name}!`);
    return inputRequired({ inputRequests: { user_name: askName("What is your name?") } });
  });
  define("test_input_required_result_sampling", (ctx) => {
    const answer = inputResponse(answers(ctx), "capital_question");
    if (answer.kind === "sampling") return text(JSON.stringify(answer.result.content));
    return inputRequired({
      inputRequests: { capital_question: askModel("What is the capital of France?", 100) },
    });
  });
  define("test_input_required_result_list_roots", (ctx) => {
    const answer = inputResponse(answers(ctx), "client_roots");
    if (answer.kind === "roots") return text(answer.roots.map(({ uri }) => uri).join(" "));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  for (
    const name of ["test_input_required_result_request_state", "test_input_required_result_tampered_state"]
  ) {
    define(name, async (ctx) => {
      const confirmed = acceptedContent(answers(ctx), "confirm", OK);
      if (confirmed && state(ctx)?.step === "asked") return text("state-ok");
      return inputRequired({
        inputRequests: { confirm: askOk() },
        requestState: await codec.mint({ step: "asked" }),
      });
    });
  }
  define("test_input_required_result_multiple_inputs", async (ctx) => {
    const name = acceptedContent(answers(ctx), "user_name", NAME);
    const greeting = inputResponse(answers(ctx), "greeting");
    const roots = inputResponse(answers(ctx), "client_roots");
    if (name && greeting.kind === "sampling" && roots.kind === "roots") {
      return text(`${name.name} ${roots.roots.length}`);
    }
    return inputRequired({
      inputRequests: {
        user_name: askName("What is your name?"),
        greeting: askModel("Generate a greeting", 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await codec.mint({ step: "asked" }),
    });
  });
  define("test_input_required_result_multi_round", async (ctx) => {
    const step = state(ctx)?.step;
    if (step === "2" && acceptedContent(answers(ctx), "step2", COLOR)) return text("All rounds done");
    if (step === "2" || (step === "1" && acceptedContent(answers(ctx), "step1", NAME))) {
      return inputRequired({
        inputRequests: {
          step2: inputRequired.elicit({
            message: "Step 2: What is your favorite color?",
            requestedSchema: COLOR,
          }),
        },
        requestState: await codec.mint({ step: "2" }),
      });
    }
    return inputRequired({
      inputRequests: { step1: askName("Step 1: What is your name?") },
      requestState: await codec.mint({ step: "1" }),
    });
  });
  define("test_input_required_result_capabilities", () => {
    const can = server.server.getClientCapabilities();
    return inputRequired({
      inputRequests: {
        ...(can?.sampling && { question: askModel("Say hello", 10) }),
        ...(can?.elicitation && { user_name: askName("What is your name?") }),
      },
    });
  });
  // The SDK refuses both with -32021 for a client that has not declared the capability.
  define(
    "test_missing_capability",
    () => inputRequired({ inputRequests: { q: askModel("Say hello", 10) } }),
  );
  define("test_streaming_elicitation", () => inputRequired({ inputRequests: { confirm: askOk() } }));
}

function text(words: string) {
  return { content: [{ type: "text" as const, text: words }] };
}
