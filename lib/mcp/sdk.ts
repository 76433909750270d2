// The only file that imports the MCP SDK's server: the list below is all of the SDK that the gateway stands on. Other files take
// these names from here, so that an upgrade is read in one place.
export {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  createMcpHandler,
  inputRequired,
  isInitializeRequest,
  isLegacyRequest,
  legacyStatelessFallback,
  McpServer,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  Server,
  SERVER_INFO_META_KEY,
  SUBSCRIPTION_ID_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
  TRACEPARENT_META_KEY,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
export type { AuthInfo, McpServerFactory, ServerContext, ServerEventBus } from "@modelcontextprotocol/server";
