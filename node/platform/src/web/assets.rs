//! Files that pages load: their content is part of their address, so that browsers keep them for ever and never keep an old one.

/// How long browsers may keep what has its hash in its address.
pub const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The design that both programs share: tokens, and the pieces that pages are made of.
pub const DESIGN: &str = include_str!("../../assets/design.css");

/// The sign of Maillage.
pub const ICON: &str = include_str!("../../assets/icon.svg");

/// Letters of the hash in an address: enough that two contents never share one.
const HASH_CHARS: usize = 16;

/// A file that pages load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its address, with the hash of its content.
    pub path: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its content.
    pub content: &'static str,
}

impl Asset {
    /// A file at `/<stem>-<hash>.<ending>`.
    pub fn new(stem: &str, ending: &str, kind: &'static str, content: &'static str) -> Self {
        let hash = blake3::hash(content.as_bytes()).to_hex();
        let hash: String = hash.chars().take(HASH_CHARS).collect();
        Self { path: format!("/{stem}-{hash}.{ending}"), kind, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_address() {
        let asset = |content| Asset::new("style", "css", "text/css", content);
        assert_eq!(asset("a").path, asset("a").path);
        assert_ne!(asset("a").path, asset("b").path);
        assert!(asset("a").path.starts_with("/style-") && asset("a").path.contains(".css"));
    }
}
