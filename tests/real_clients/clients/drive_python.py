"""Makes the planned calls with the official Python SDK ("sdk") or with FastMCP ("fastmcp"), and prints what came of each.

Reads {"url", "headers": {server: {name: value}}, "calls": [{"server", "tool", "args"}], "resources": [uri]} from its input.
Whoever is asked before something is deleted says yes. What a host of these libraries gives its model is the structured
content or the text.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack, asynccontextmanager


@asynccontextmanager
async def connect_sdk(url, headers):
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client
    from mcp_types import ElicitResult

    async def accept(_context, params):
        return ElicitResult(action="accept", content=ticked(schema_of(params)))

    async with create_mcp_http_client(headers=headers) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, elicitation_callback=accept, read_timeout_seconds=30) as client:
            yield client.list_tools, client.call_tool, client.session


@asynccontextmanager
async def connect_fastmcp(url, headers):
    from fastmcp import Client
    from fastmcp.client.elicitation import ElicitResult
    from fastmcp.client.transports import StreamableHttpTransport

    async def accept(_message, _response_type, params, _context):
        return ElicitResult(action="accept", content=ticked(schema_of(params)))

    transport = StreamableHttpTransport(url, headers=headers)
    async with Client(transport, elicitation_handler=accept, timeout=30) as client:
        yield client.list_tools_mcp, client.call_tool_mcp, client.session


def schema_of(params):
    return getattr(params, "requested_schema", None) or getattr(params, "requestedSchema", None) or {}


def ticked(schema):
    return {name: True for name in schema.get("properties", {})}


async def attempt(call, tool, args):
    try:
        result = await call(tool, args)
        value = result.model_dump(mode="json", by_alias=True, exclude_none=False)
        text = "\n".join(block.get("text") or "" for block in value["content"])
        handed = {"text": text, "isError": bool(value["isError"])}
        if value.get("structuredContent") is not None:
            handed["structured"] = value["structuredContent"]
        return handed
    except Exception as error:  # Whatever it is, the model sees no result.
        return {"failed": f"{type(error).__name__}: {error}"}


async def read_all(session, others):
    """Every resource of the list and these others, as text or as the reason why it cannot be read."""
    texts = {}
    listed = [str(resource.uri) for resource in (await session.list_resources()).resources]
    for uri in listed + others:
        try:
            contents = (await session.read_resource(uri)).contents
            texts[uri] = "\n".join(content.text for content in contents)
        except Exception as error:
            texts[uri] = f"{type(error).__name__}: {error}"
    return texts


async def main(connect, job):
    async with AsyncExitStack() as stack:
        servers = {
            name: await stack.enter_async_context(connect(job["url"], headers))
            for name, headers in job["headers"].items()
        }
        resources = await read_all(servers["mana"][2], job["resources"])
        listed = (await servers["mana"][0]()).tools
        handed = [await attempt(servers[one["server"]][1], one["tool"], one["args"]) for one in job["calls"]]
    tools = [tool.model_dump(mode="json", by_alias=True) for tool in listed]
    offered = [
        {"name": tool["name"], "description": tool["description"], "schema": tool["inputSchema"]} for tool in tools
    ]
    print(json.dumps({"tools": offered, "handed": handed, "resources": resources}))


asyncio.run(main({"sdk": connect_sdk, "fastmcp": connect_fastmcp}[sys.argv[1]], json.load(sys.stdin)))
