//! Where somebody goes on after signing in: a page of ours or none, whatever an address says.

/// Bytes of such an address at most: ours are shorter.
const BYTES: usize = 512;

/// The page to go on to, if it is one of this very site.
pub fn page(asked: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let ours = asked.starts_with('/') && !asked.starts_with("//") && asked.len() <= BYTES;
    (ours && asked.bytes().all(plain)).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for ours in ["/", "/requests/new", "/trips/018f?lang=en", "/a//b"] {
            assert_eq!(page(ours), Some(ours));
        }
        let long = format!("/{}", "a".repeat(BYTES));
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:x",
            "evil",
            "/\t/evil.example",
            "/a\r\nset-cookie: x",
            "/é",
            long.as_str(),
        ] {
            assert_eq!(page(other), None, "{other:?}");
        }
    }
}
