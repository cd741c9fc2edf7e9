//! `--etag`: the version of something that whoever types a change has seen. Must never let a version that was given be replaced
//! by the present one.

use clap::Args;

/// The version seen. Without it, the present one is asked for just before the change.
#[derive(Debug, Args)]
pub(super) struct Seen {
    #[arg(long, value_name = "VERSION")]
    etag: Option<String>,
}

impl Seen {
    /// A version that is known already.
    pub(super) fn of(etag: String) -> Self {
        Self { etag: Some(etag) }
    }

    /// The present version, whichever it is.
    #[cfg(test)]
    pub(super) fn of_present() -> Self {
        Self { etag: None }
    }

    /// The version that was given; otherwise the present one.
    pub(super) fn or(self, present: String) -> String {
        self.etag.unwrap_or(present)
    }

    /// The version that was given; otherwise the present one, which is asked for only then.
    ///
    /// # Errors
    /// What asking for the present version ends with.
    pub(super) async fn or_present<E>(
        self,
        present: impl AsyncFnOnce() -> Result<String, E>,
    ) -> Result<String, E> {
        match self.etag {
            Some(etag) => Ok(etag),
            None => present().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn sent(given: Option<&str>, present: &str) -> (Result<String, ()>, bool) {
        let mut asked = false;
        let seen = Seen { etag: given.map(str::to_owned) };
        let sent = seen.or_present(async || {
            asked = true;
            Ok(present.to_owned())
        });
        let sent = sent.now_or_never().unwrap();
        (sent, asked)
    }

    #[test]
    fn a_version_that_was_seen_is_sent_even_if_it_is_not_the_present_one() {
        assert_eq!(sent(Some("3"), "4"), (Ok("3".to_owned()), false));
        assert_eq!(sent(Some(""), "4"), (Ok(String::new()), false));
        assert_eq!(sent(None, "4"), (Ok("4".to_owned()), true));
    }
}
