//! Cookies of a web interface: read from requests, written so that no script, no other site and no plain connection gets them.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderValue, header};

/// How the cookies of an interface are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookies {
    /// Whether browsers come over TLS.
    pub secure: bool,
}

impl Cookies {
    /// The name of a cookie as browsers know it. With TLS nobody but this very host can set it (RFC 6265bis § 4.1.3.2).
    pub fn name(self, stem: &str) -> String {
        if self.secure { format!("__Host-{stem}") } else { stem.to_owned() }
    }

    /// What a request brings in a cookie. A cookie that comes twice is none: somebody has put a second one in.
    pub fn read<'a>(self, headers: &'a HeaderMap, stem: &str) -> Option<&'a str> {
        let name = self.name(stem);
        let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut found = pairs
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(found, _)| *found == name)
            .map(|(_, value)| value);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Sets a cookie that lives as long as the browser runs, or for so many seconds.
    pub fn set(self, stem: &str, value: &str, lifetime_s: Option<u32>) -> Option<HeaderValue> {
        let mut line = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict", self.name(stem));
        if self.secure {
            line.push_str("; Secure");
        }
        if let Some(seconds) = lifetime_s {
            let _ = write!(line, "; Max-Age={seconds}");
        }
        line.parse().ok()
    }

    /// Takes a cookie away.
    pub fn clear(self, stem: &str) -> Option<HeaderValue> {
        self.set(stem, "", Some(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_only_once() {
        let (plain, secure) = (Cookies { secure: false }, Cookies { secure: true });
        assert_eq!(plain.read(&request(&["a=1; sid=x; b=2"]), "sid"), Some("x"));
        assert_eq!(plain.read(&request(&["xsid=x"]), "sid"), None);
        assert_eq!(plain.read(&request(&["sid=x; sid=y"]), "sid"), None);
        assert_eq!(plain.read(&request(&["sid=x", "sid=y"]), "sid"), None);
        assert_eq!(secure.read(&request(&["sid=x"]), "sid"), None, "anybody could have set it");
        assert_eq!(secure.read(&request(&["__Host-sid=x"]), "sid"), Some("x"));
    }

    #[test]
    fn cookies_are_for_this_host_and_no_script() {
        let line = |secure| Cookies { secure }.set("sid", "x", None).unwrap().to_str().unwrap().to_owned();
        assert_eq!(line(false), "sid=x; Path=/; HttpOnly; SameSite=Strict");
        assert_eq!(line(true), "__Host-sid=x; Path=/; HttpOnly; SameSite=Strict; Secure");
        let cleared = Cookies { secure: false }.clear("sid").unwrap();
        assert!(cleared.to_str().unwrap().ends_with("Max-Age=0"));
    }
}
