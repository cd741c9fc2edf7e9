//! Where the console listens, and by what address browsers open it. Must never let passwords pass unprotected beyond this machine.

use std::net::SocketAddr;

use http::Uri;

use crate::messages::settings::is_this_machine;

/// Where the console is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleAddress {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How browsers open it, without a slash at the end; none for where it listens.
    pub url: Option<String>,
}

impl ConsoleAddress {
    /// Reads both as typed.
    ///
    /// # Errors
    /// `console-url` for what is no address of a site; `console-exposed` if others could reach it without TLS.
    pub fn read(listen: Option<SocketAddr>, url: Option<String>) -> Result<Option<Self>, &'static str> {
        let Some(listen) = listen else { return Ok(None) };
        let url = url.map(|url| site(&url).ok_or("console-url")).transpose()?;
        let address = Self { listen, url };
        let is_protected = address.is_secure() || listen.ip().is_loopback();
        if is_protected { Ok(Some(address)) } else { Err("console-exposed") }
    }

    /// Whether browsers come over TLS.
    pub fn is_secure(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// How browsers open it, once it is known where it listens.
    pub fn opened_at(&self, bound: SocketAddr) -> String {
        self.url.clone().unwrap_or_else(|| format!("http://{bound}"))
    }
}

/// An address of a site, without a slash at the end.
fn site(typed: &str) -> Option<String> {
    let uri: Uri = typed.trim().parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let is_bare =
        matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
    let is_fit = match scheme {
        "https" => true,
        "http" => is_this_machine(authority.host()),
        _ => false,
    };
    (is_bare && is_fit).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_pass_unprotected_beyond_this_machine() {
        let read = |listen: &str, url: Option<&str>| {
            let read = ConsoleAddress::read(Some(listen.parse().unwrap()), url.map(str::to_owned));
            read.map(|address| address.unwrap().opened_at("127.0.0.1:9".parse().unwrap()))
        };
        assert_eq!(ConsoleAddress::read(None, None), Ok(None));
        assert_eq!(read("127.0.0.1:0", None).as_deref(), Ok("http://127.0.0.1:9"));
        assert_eq!(read("[::1]:4830", Some("http://localhost:4830")).as_deref(), Ok("http://localhost:4830"));
        assert_eq!(read("0.0.0.0:80", Some("https://a.fr/")).as_deref(), Ok("https://a.fr"));
        for (listen, url, reason) in [
            ("0.0.0.0:80", None, "console-exposed"),
            ("0.0.0.0:80", Some("http://127.0.0.1"), "console-exposed"),
            ("127.0.0.1:80", Some("http://a.fr"), "console-url"),
            ("127.0.0.1:80", Some("https://a.fr/console"), "console-url"),
            ("127.0.0.1:80", Some("https://a@b.fr"), "console-url"),
            ("127.0.0.1:80", Some("a.fr"), "console-url"),
        ] {
            assert_eq!(read(listen, url), Err(reason), "{listen} {url:?}");
        }
    }
}
