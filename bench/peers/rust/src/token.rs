//! The token check: an EdDSA JWT, verified once and then known for a minute, as the gateway does it.
use std::collections::HashMap;
use std::sync::RwLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

const KNOWN_FOR: Duration = Duration::from_secs(60);
const MOST_KNOWN: usize = 10_000;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: u64,
}

pub struct Tokens {
    key: VerifyingKey,
    issuer: String,
    audience: String,
    known: RwLock<HashMap<String, Instant>>,
}

impl Tokens {
    pub fn new(x: &str, issuer: String, audience: String) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(x).expect("KEY is base64url");
        let bytes: [u8; 32] = bytes.try_into().expect("KEY is 32 bytes");
        let key = VerifyingKey::from_bytes(&bytes).expect("KEY is an Ed25519 key");
        Self { key, issuer, audience, known: RwLock::default() }
    }

    pub fn accepts(&self, token: &str) -> bool {
        let now = Instant::now();
        if let Some(until) = self.known.read().expect("lock").get(token)
            && *until > now
        {
            return true;
        }
        let Some(left) = self.verify(token) else { return false };
        let mut known = self.known.write().expect("lock");
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(token.to_owned(), now + left.min(KNOWN_FOR));
        true
    }

    /// How long the token is still good for; `None` for one that is not.
    fn verify(&self, token: &str) -> Option<Duration> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "EdDSA" {
            return None;
        }
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        self.key.verify_strict(signed.as_bytes(), &signature).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        if claims.iss != self.issuer || claims.aud != self.audience || claims.sub.is_empty() {
            return None;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        claims.exp.checked_sub(now).filter(|left| *left > 0).map(Duration::from_secs)
    }
}
