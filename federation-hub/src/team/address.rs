//! By what address browsers open the team's part. It must never let passwords pass unprotected beyond this machine.

use std::net::{IpAddr, SocketAddr};

use axum::http::Uri;

use crate::refusals::{self, Reason};

/// By what address browsers open the team's part, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamAddress(String);

impl TeamAddress {
    /// Reads an address as typed, for a listener that is where it says.
    ///
    /// # Errors
    /// What is no address of a site, or would let others than this machine reach it without TLS.
    pub fn read(typed: &str, listen: SocketAddr) -> Result<Self, Reason> {
        let wrong = || refusals::TEAM_ADDRESS;
        let uri: Uri = typed.trim().parse().map_err(|_| wrong())?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(wrong)?;
        let is_bare =
            matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
        if !is_bare || !matches!(scheme, "http" | "https") {
            return Err(wrong());
        }
        if scheme == "http" && !(is_this_machine(authority.host()) && listen.ip().is_loopback()) {
            return Err(refusals::TEAM_EXPOSED);
        }
        // Port 0 stands for the one that is bound, for programs on this machine.
        let bound = authority.port_u16().filter(|port| *port == 0).map(|_| listen.port());
        match bound {
            Some(port) => Ok(Self(format!("{scheme}://{}:{port}", authority.host()))),
            None => Ok(Self(format!("{scheme}://{authority}"))),
        }
    }

    /// Whether browsers come over TLS.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_pass_unprotected_beyond_this_machine() {
        let read = |url: &str, listen: &str| {
            TeamAddress::read(url, listen.parse().unwrap())
                .map(|address| address.0)
                .map_err(|reason| reason.code)
        };
        assert_eq!(read("https://hub.example.org/", "0.0.0.0:80").as_deref(), Ok("https://hub.example.org"));
        assert_eq!(read("http://localhost:8080", "127.0.0.1:8080").as_deref(), Ok("http://localhost:8080"));
        assert_eq!(read("http://[::1]:8080", "[::1]:8080").as_deref(), Ok("http://[::1]:8080"));
        assert_eq!(read("http://127.0.0.1:0", "127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        for (url, listen, code) in [
            ("http://hub.example.org", "127.0.0.1:80", "team-exposed"),
            ("http://127.0.0.1:80", "0.0.0.0:80", "team-exposed"),
            ("https://hub.example.org/team", "0.0.0.0:80", "team-address"),
            ("https://a@b.fr", "0.0.0.0:80", "team-address"),
            ("ftp://a.fr", "0.0.0.0:80", "team-address"),
            ("a.fr", "0.0.0.0:80", "team-address"),
        ] {
            assert_eq!(read(url, listen), Err(code), "{url} {listen}");
        }
    }
}
