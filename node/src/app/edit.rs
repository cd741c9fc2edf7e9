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
