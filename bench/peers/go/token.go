package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
)

const (
	knownFor  = time.Minute
	mostKnown = 10_000
)

// tokens checks EdDSA JWTs: verified once and then known for a minute, as the gateway does it.
type tokens struct {
	key      ed25519.PublicKey
	issuer   string
	audience string
	mu       sync.RWMutex
	known    map[string]known
}

type known struct {
	info  *auth.TokenInfo
	until time.Time
}

func newTokens(x, issuer, audience string) (*tokens, error) {
	key, err := base64.RawURLEncoding.DecodeString(x)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("KEY is no Ed25519 key: %v", err)
	}
	return &tokens{key: key, issuer: issuer, audience: audience, known: map[string]known{}}, nil
}

func (t *tokens) check(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
	now := time.Now()
	t.mu.RLock()
	entry, ok := t.known[token]
	t.mu.RUnlock()
	if ok && entry.until.After(now) {
		return entry.info, nil
	}
	info, err := t.verify(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", auth.ErrInvalidToken, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.known) >= mostKnown {
		clear(t.known)
	}
	until := now.Add(knownFor)
	if info.Expiration.Before(until) {
		until = info.Expiration
	}
	t.known[token] = known{info, until}
	return info, nil
}

func (t *tokens) verify(token string) (*auth.TokenInfo, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("no JWT")
	}
	var header struct {
		Alg string `json:"alg"`
	}
	if err := decodePart(parts[0], &header); err != nil || header.Alg != "EdDSA" {
		return nil, fmt.Errorf("header: %v", err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !ed25519.Verify(t.key, []byte(parts[0]+"."+parts[1]), signature) {
		return nil, fmt.Errorf("signature")
	}
	var claims struct {
		Iss, Aud, Sub string
		Exp           int64
	}
	if err := decodePart(parts[1], &claims); err != nil {
		return nil, err
	}
	expiration := time.Unix(claims.Exp, 0)
	if claims.Iss != t.issuer || claims.Aud != t.audience || claims.Sub == "" || !expiration.After(time.Now()) {
		return nil, fmt.Errorf("claims")
	}
	return &auth.TokenInfo{UserID: claims.Sub, Expiration: expiration}, nil
}

func decodePart(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
