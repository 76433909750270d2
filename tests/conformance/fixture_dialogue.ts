import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

/** Registers the tools that talk to the client while they run: logs, progress and, for 2025 clients, questions. */
export function registerDialogueTools(server: McpServer, pause: () => Promise<void>): void {
  server.registerTool("test_tool_with_logging", { description: "Logs three times" }, async (ctx) => {
    await ctx.mcpReq.log("info", "Tool execution started");
    await pause();
    await ctx.mcpReq.log("info", "Tool processing data");
    await pause();
    await ctx.mcpReq.log("info", "Tool execution completed");
    return text("Tool with logging executed successfully");
  });
  server.registerTool("test_logging_tool", { description: "Logs once" }, async (ctx) => {
    await ctx.mcpReq.log("info", "A line that only goes out when it was asked for");
    return text("Logged");
  });
  server.registerTool("test_tool_with_progress", { description: "Reports progress" }, async (ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await pause();
      if (progressToken === undefined) continue;
      await ctx.mcpReq.notify({
        method: "notifications/progress",
        params: { progressToken, progress, total: 100 },
      });
    }
    return text("Done");
  });
  server.registerTool("test_sampling", {
    description: "Asks the client's model",
    inputSchema: z.object({ prompt: z.string() }),
  }, async ({ prompt }, ctx) => {
    const { content } = await ctx.mcpReq.requestSampling({
      messages: [{ role: "user", content: { type: "text", text: prompt } }],
      maxTokens: 100,
    });
    const [first] = [content].flat();
    return text(`LLM response: ${first?.type === "text" ? first.text : ""}`);
  });
  server.registerTool("test_elicitation", {
    description: "Asks the person",
    inputSchema: z.object({ message: z.string() }),
  }, async ({ message }, ctx) => {
    const answer = await ctx.mcpReq.elicitInput({
      message,
      requestedSchema: {
        type: "object",
        properties: {
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        },
        required: ["username", "email"],
      },
    });
    return text(`User response: action=${answer.action}, content=${JSON.stringify(answer.content)}`);
  });
  server.registerTool(
    "test_elicitation_sep1034_defaults",
    { description: "Asks with defaults" },
    async (ctx) => {
      const answer = await ctx.mcpReq.elicitInput({
        message: "Please check the defaults",
        requestedSchema: {
          type: "object",
          properties: {
            name: { type: "string", default: "John Doe" },
            age: { type: "integer", default: 30 },
            score: { type: "number", default: 95.5 },
            status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
            verified: { type: "boolean", default: true },
          },
        },
      });
      return completed(answer);
    },
  );
  server.registerTool("test_elicitation_sep1330_enums", { description: "Asks with choices" }, async (ctx) => {
    const plain = ["option1", "option2", "option3"];
    const titled = ["First", "Second", "Third"];
    const answer = await ctx.mcpReq.elicitInput({
      message: "Please choose",
      requestedSchema: {
        type: "object",
        properties: {
          untitledSingle: { type: "string", enum: plain },
          titledSingle: {
            type: "string",
            oneOf: titled.map((word, at) => ({ const: `value${at + 1}`, title: `${word} Option` })),
          },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: { type: "array", items: { type: "string", enum: plain } },
          titledMulti: {
            type: "array",
            items: {
              anyOf: titled.map((word, at) => ({ const: `value${at + 1}`, title: `${word} Choice` })),
            },
          },
        },
      },
    });
    return completed(answer);
  });
}

function completed(answer: { action: string; content?: unknown }) {
  return text(
    `Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`,
  );
}

function text(words: string) {
  return { content: [{ type: "text" as const, text: words }] };
}
