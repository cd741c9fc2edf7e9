//! What the web interfaces of both programs share: sessions, forgery tokens, cookies, headers, rate limits, addresses to go
//! on to, style sheets. It moves texts and hashes and knows no page. Must never log an address, a cookie or a form.

pub mod assets;
pub mod compress;
pub mod cookies;
pub mod forgery;
pub mod headers;
pub mod language;
pub mod limit;
pub mod next;
pub mod serve;
pub mod sessions;
