// The official Go SDK with the gateway's tools, for the benchmark: the list as the gateway gives it, a fixed answer for
// spaces_list, no token check, stateless, JSON answers. Settings come from the environment: PORT, FIXTURE.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// fixture is what the benchmark writes: the tools as the gateway lists them and its answer to spaces_list.
type fixture struct {
	Tools  []*mcp.Tool
	Spaces map[string]any
}

func main() {
	text, err := os.ReadFile(os.Getenv("FIXTURE"))
	if err != nil {
		log.Fatal(err)
	}
	var given fixture
	if err := json.Unmarshal(text, &given); err != nil {
		log.Fatal(err)
	}
	server := mcp.NewServer(&mcp.Implementation{Name: "bench-peer-go", Version: "0.0.0"}, &mcp.ServerOptions{
		// Without it the SDK resolves each schema again; with it the peer is at its best.
		SchemaCache: mcp.NewSchemaCache(),
	})
	for _, tool := range given.Tools {
		mcp.AddTool(server, tool, func(context.Context, *mcp.CallToolRequest, map[string]any) (*mcp.CallToolResult, map[string]any, error) {
			if tool.Name != "spaces_list" {
				return nil, nil, fmt.Errorf("only spaces_list has an answer here")
			}
			return nil, given.Spaces, nil
		})
	}
	handler := mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true},
	)
	mux := http.NewServeMux()
	mux.Handle("/mcp", handler)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening")
	log.Fatal(http.Serve(listener, mux))
}
