//! The official Rust SDK with the gateway's tools, for the benchmark: the list as the gateway gives it, a fixed answer for
//! `spaces_list`, no token check, stateless, JSON answers. Settings come from the environment: PORT, FIXTURE.
use std::sync::Arc;

use axum::Router;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,},
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Fixture {
    tools: Vec<Tool>,
    spaces: Value,
}

#[derive(Clone)]
struct Peer(Arc<Fixture>);

impl ServerHandler for Peer {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("bench-peer-rust", "0.0.0"))
    }

    async fn list_tools(
        &self, _: Option<PaginatedRequestParams>, _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.tools.clone()))
    }

    async fn call_tool(
        &self, request: CallToolRequestParams, _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name != "spaces_list" {
            return Err(ErrorData::invalid_params("only spaces_list has an answer here", None));
        }
        // Made anew for each call, like the gateway's: a tool's answer is not known beforehand.
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.0.spaces.to_string())]);
        result.structured_content = Some(self.0.spaces.clone());
        Ok(result.into())
    }
}

#[tokio::main]
async fn main() {
    let setting = |name: &str| std::env::var(name).expect(name);
    let fixture = std::fs::read(setting("FIXTURE")).expect("FIXTURE can be read");
    let peer = Peer(Arc::new(serde_json::from_slice(&fixture).expect("FIXTURE is as expected")));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None);
    let service: StreamableHttpService<Peer, LocalSessionManager> =
        StreamableHttpService::new(move || Ok(peer.clone()), Default::default(), config);
    let router = Router::new().nest_service("/mcp", service);
    let listener =
        tokio::net::TcpListener::bind(format!("127.0.0.1:{}", setting("PORT"))).await.expect("PORT is free");
    println!("listening");
    axum::serve(listener, router).await.expect("serving");
}
