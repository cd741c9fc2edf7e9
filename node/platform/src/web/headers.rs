//! What every page tells browsers: to load nothing from elsewhere, run nothing, keep nothing, tell no other site where they come
//! from. With `no-referrer` browsers would call their own forms those of nobody (`Origin: null`).

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What every page may load: our own style sheets and images.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                                           base-uri 'none'; frame-ancestors 'none'";

/// The same for pages that load a script of ours, which asks us alone. Nothing written into a page runs.
pub const WITH_OUR_SCRIPT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
                                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For how long a browser that came over TLS never comes otherwise: a year.
const ONLY_TLS: &str = "max-age=31536000";

/// Puts on an answer what browsers are to heed. What the answer says itself about being kept stays.
pub fn protect(headers: &mut HeaderMap, secure: bool) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_TLS));
    }
}
