//! Forms that only our own pages can send: each carries a token made of the cookie that goes with it (OWASP, signed double-submit
//! cookie), and what browsers say of where a request comes from is heeded as well.

use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, Uri, header};
use zeroize::Zeroizing;

use crate::secrets::equal_in_constant_time;

/// What the key is derived for.
const CONTEXT: &str = "maillage 2026 forgery tokens of forms";

/// Makes and checks the tokens of forms.
pub struct Forgery {
    key: Zeroizing<[u8; 32]>,
}

impl Forgery {
    /// Tokens that hold for as long as the secret does: a form that was opened before a restart can still be sent.
    pub fn new(secret: &[u8]) -> Self {
        Self { key: Zeroizing::new(blake3::derive_key(CONTEXT, secret)) }
    }

    /// The token for forms sent with a cookie.
    pub fn token(&self, cookie: &str) -> String {
        BASE64URL_NOPAD.encode(blake3::keyed_hash(&self.key, cookie.as_bytes()).as_bytes())
    }

    /// Whether a form's token goes with the cookie it came with.
    pub fn accepts(&self, cookie: &str, typed: &str) -> bool {
        !cookie.is_empty() && equal_in_constant_time(self.token(cookie).as_bytes(), typed.as_bytes())
    }
}

/// Whether browsers say that another site sends a request. Those that say nothing are old; their tokens are checked all the same.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // What browsers say themselves decides: a proxy may have put another host in.
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let authority = origin.parse::<Uri>().ok().and_then(|origin| origin.authority().map(ToString::to_string));
    authority.as_deref() != headers.get(header::HOST).and_then(|host| host.to_str().ok())
}

impl std::fmt::Debug for Forgery {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Forgery(…)")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_goes_with_one_cookie_of_one_interface() {
        let (here, there) = (Forgery::new(b"here"), Forgery::new(b"there"));
        let token = here.token("cookie");
        assert!(here.accepts("cookie", &token));
        assert!(!here.accepts("other", &token) && !there.accepts("cookie", &token));
        assert!(!here.accepts("cookie", "") && !here.accepts("", &here.token("")));
    }

    #[test]
    fn what_another_site_sends_is_known_as_such() {
        let request = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let header = |(name, value): &(&'static str, &'static str)| {
                (http::HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            pairs.iter().map(header).collect()
        };
        for (pairs, elsewhere) in [
            (&[][..], false),
            (&[("host", "a:1"), ("origin", "http://a:1")], false),
            (&[("host", "a:1"), ("origin", "http://b:1")], true),
            (&[("host", "a:1"), ("origin", "null")], true),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "same-origin"), ("host", "a:1"), ("origin", "null")], false),
            (&[("sec-fetch-site", "same-origin"), ("host", "b:1"), ("origin", "https://a")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
        ] {
            assert_eq!(is_from_elsewhere(&request(pairs)), elsewhere, "{pairs:?}");
        }
    }
}
