//! What a form sends, as it was typed.

use axum::http::Uri;

/// The fields of a form, in the order they were sent.
#[derive(Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`; none if it is not.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let uri = Uri::try_from("/").ok()?;
        let text = std::str::from_utf8(body).ok()?;
        // The reader of queries reads the same form.
        let uri = if text.is_empty() { uri } else { Uri::try_from(format!("/?{text}")).ok()? };
        let read: Result<axum::extract::Query<Vec<(String, String)>>, _> =
            axum::extract::Query::try_from_uri(&uri);
        read.ok().map(|axum::extract::Query(pairs)| Self(pairs))
    }

    /// What was typed into a field; empty if it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The same without some fields.
    pub(super) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// Every field.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Adds every field of others.
    pub(super) fn add(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }

    /// Puts a value into a field, in the place of what was there.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(found, _)| found != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// The fields as they are sent.
    pub(super) fn written(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_letter_for_letter() {
        let typed = [("who", "Né & Cie = 100 % <b>\"é\"</b>\n+1"), ("to", ""), ("who", "second")];
        let fields = Fields(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let back = Fields::read(fields.written().as_bytes()).unwrap();
        assert_eq!(back.pairs(), fields.pairs());
        assert_eq!((back.text("who"), back.text("nothing")), (typed[0].1, ""));
        assert_eq!(back.without(&["who"]).pairs().len(), 1);
        assert!(Fields::read(b"").unwrap().pairs().is_empty());
        assert!(Fields::read(b"\xff\xfe=x").is_none());
        assert_eq!(Fields::read(b"a=b+c%20d").unwrap().text("a"), "b c d");
    }
}
