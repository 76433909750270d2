"""Makes the planned calls with LangChain's adapters, and prints what came of each. The adapters open a session for each call, as they do by
themselves; for the servers of "stateful" one session, as their documentation shows it for servers that remember something. An HTTP error
ends such a session.

Reads {"url", "headers": {server: {name: value}}, "calls": [{"server", "tool", "args"}], "stateful": [server]} from its input. What a chat model is
handed is the content of the ToolMessage; the artifact stays with the program. Whoever is asked before something is deleted
says yes.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_mcp_adapters.callbacks import Callbacks
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools
from mcp.types import ElicitResult


async def accept(_context, params, _call):
    return ElicitResult(action="accept", content={name: True for name in params.requestedSchema["properties"]})


async def attempt(tool, args):
    try:
        message = await tool.ainvoke({"type": "tool_call", "id": "call", "name": tool.name, "args": args})
        blocks = [{"text": message.content}] if isinstance(message.content, str) else message.content
        handed = {"text": "\n".join(block["text"] for block in blocks), "isError": message.status == "error"}
        if message.artifact is not None:
            handed["structured"] = message.artifact["structured_content"]
        return handed
    except Exception as error:  # Whatever it is, the model sees no result.
        return {"failed": f"{type(error).__name__}: {error}"}


def offered(tool):
    function = convert_to_openai_tool(tool)["function"]
    return {"name": function["name"], "description": function["description"], "schema": function["parameters"]}


async def load_tools(client, name, stack):
    """The tools of a server: within one session that `stack` keeps open, or with a session for each call."""
    if stack is None:
        return await client.get_tools(server_name=name)
    session = await stack.enter_async_context(client.session(name))
    return await load_mcp_tools(session, server_name=name, tool_name_prefix=True)


async def main(job):
    servers = {
        name: {"transport": "streamable_http", "url": job["url"], "headers": headers}
        for name, headers in job["headers"].items()
    }
    client = MultiServerMCPClient(servers, callbacks=Callbacks(on_elicitation=accept), tool_name_prefix=True)
    async with AsyncExitStack() as stack:
        stateful = job.get("stateful", [])
        found = [await load_tools(client, name, stack if name in stateful else None) for name in servers]
        tools = {tool.name: tool for one in found for tool in one}
        handed = [await attempt(tools[f"{one['server']}_{one['tool']}"], one["args"]) for one in job["calls"]]
    print(json.dumps({"tools": [offered(tool) for tool in tools.values()], "handed": handed}))


asyncio.run(main(json.load(sys.stdin)))
