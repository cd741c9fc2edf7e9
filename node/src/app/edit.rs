//! Changing what others may be changing: the revision seen (etag) and the fields meant (mask). Must never let a change
//! overwrite one it has not seen.

use std::collections::BTreeSet;

use maillage_platform::refusal::Refusal;

use super::refusals;

/// Whether the revision somebody saw is still the present one. `seen` is the etag as it was shown.
///
/// # Errors
/// `etag-missing`, `etag-malformed`; `changed-meanwhile` with both revisions.
pub fn check_etag(seen: &str, present: u64) -> Result<(), Refusal> {
    if seen.is_empty() {
        return Err(refusals::invalid("etag-missing"));
    }
    match seen.parse::<u64>() {
        Ok(seen) if seen == present => Ok(()),
        Ok(seen) => Err(refusals::conflict("changed-meanwhile").with("seen", seen).with("present", present)),
        Err(_) => Err(refusals::invalid("etag-malformed")),
    }
}

/// Whether a step of something's life may be taken by somebody who saw a revision of it. One that leads on is checked by the
/// state it needs; one that leaves the state as it is replaces what somebody wrote, and needs the etag. One that is given is
/// heeded always.
///
/// # Errors
/// As [`check_etag`].
pub fn check_step(seen: &str, present: u64, replaces: bool) -> Result<(), Refusal> {
    if seen.is_empty() && !replaces { Ok(()) } else { check_etag(seen, present) }
}

/// The etag of something without revisions, such as a setting: differs when and only when one of its parts does.
pub fn etag_of(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&part.len().to_be_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex().as_str().chars().take(ETAG_CHARS).collect()
}

/// Whether what is said now may replace what is said at present: only by somebody who saw it. Nothing is seen where nothing is
/// said, and saying the same again is no change.
///
/// # Errors
/// `etag-missing`; `changed-meanwhile` with both.
pub fn check_said(seen: &str, present: Option<&str>, now: &str) -> Result<(), Refusal> {
    match present {
        Some(present) if present == seen || present == now => Ok(()),
        Some(_) if seen.is_empty() => Err(refusals::invalid("etag-missing")),
        None if seen.is_empty() => Ok(()),
        Some(_) | None => {
            // What was typed is not repeated, unless it is plainly an etag.
            let is_hash = seen.len() == ETAG_CHARS && seen.bytes().all(|byte| byte.is_ascii_hexdigit());
            let seen = if is_hash { seen } else { "?" };
            Err(refusals::conflict("changed-meanwhile")
                .with("seen", seen)
                .with("present", present.unwrap_or("–")))
        }
    }
}

/// Characters of an etag that is a hash: two settings of one kind never share it by chance.
const ETAG_CHARS: usize = 16;

/// The fields a caller means to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask(BTreeSet<String>);

impl Mask {
    /// Reads the paths of a field mask; each must be one of `fields`.
    ///
    /// # Errors
    /// `mask-empty`; `mask-unknown` with the path.
    pub fn parse(paths: &[String], fields: &[&str]) -> Result<Self, Refusal> {
        if paths.is_empty() {
            return Err(refusals::invalid("mask-empty"));
        }
        match paths.iter().find(|path| !fields.contains(&path.as_str())) {
            Some(path) => {
                let shown: String =
                    path.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
                Err(refusals::invalid("mask-unknown").with("path", shown))
            }
            None => Ok(Self(paths.iter().cloned().collect())),
        }
    }

    /// Whether a field is meant.
    pub fn has(&self, field: &str) -> bool {
        self.0.contains(field)
    }

    /// Puts a new value where the field is meant.
    pub fn set<T>(&self, field: &str, place: &mut T, value: T) {
        if self.has(field) {
            *place = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_the_present_revision_or_refused() {
        let refused = |seen: &str| check_etag(seen, 3).unwrap_err().reason().to_owned();
        assert_eq!(check_etag("3", 3), Ok(()));
        assert_eq!(refused(""), "etag-missing");
        assert_eq!(refused("x"), "etag-malformed");
        assert_eq!(refused("2"), "changed-meanwhile");
    }

    #[test]
    fn a_step_that_leads_on_needs_no_etag_and_one_that_replaces_does() {
        let refused = |seen: &str, replaces| check_step(seen, 3, replaces).map_err(|r| r.reason().to_owned());
        assert_eq!(refused("", false), Ok(()));
        assert_eq!(refused("3", true), Ok(()));
        assert_eq!(refused("", true).unwrap_err(), "etag-missing");
        assert_eq!(refused("2", false).unwrap_err(), "changed-meanwhile");
    }

    #[test]
    fn what_is_said_is_replaced_by_whoever_saw_it() {
        let refused = |seen: &str, present, now: &str| {
            check_said(seen, present, now).map_err(|refusal| refusal.reason().to_owned())
        };
        assert_eq!(refused("a", Some("a"), "b"), Ok(()));
        assert_eq!(refused("", None, "b"), Ok(()));
        assert_eq!(refused("", Some("b"), "b"), Ok(()), "said again");
        assert_eq!(refused("", Some("a"), "b").unwrap_err(), "etag-missing");
        assert_eq!(refused("c", Some("a"), "b").unwrap_err(), "changed-meanwhile");
        assert_eq!(refused("a", None, "b").unwrap_err(), "changed-meanwhile");
        assert_ne!(etag_of(&["ab", "c"]), etag_of(&["a", "bc"]));
        assert_eq!(etag_of(&["ab", "c"]), etag_of(&["ab", "c"]));
    }

    #[test]
    fn a_mask_names_known_fields_alone() {
        let paths = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mask = Mask::parse(&paths(&["name"]), &["name", "phone"]).unwrap();
        let (mut name, mut phone) = (1, 1);
        mask.set("name", &mut name, 2);
        mask.set("phone", &mut phone, 2);
        assert_eq!((name, phone), (2, 1));
        assert_eq!(Mask::parse(&[], &["name"]).unwrap_err().reason(), "mask-empty");
        assert_eq!(Mask::parse(&paths(&["age"]), &["name"]).unwrap_err().reason(), "mask-unknown");
    }
}
