//! What a form sends, as it was typed.

use axum::{extract::Query, http::Uri};

/// The fields of a form.
#[derive(Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`; nothing if it is not.
    pub(super) fn read(body: &[u8]) -> Self {
        let text = std::str::from_utf8(body).unwrap_or_default();
        // The reader of queries reads the same form.
        let read = |uri: Uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok();
        let uri = Uri::try_from(format!("/?{text}")).ok();
        Self(uri.and_then(read).map(|Query(pairs)| pairs).unwrap_or_default())
    }

    /// What was typed into a field; empty if it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}
