//! Which language a browser wishes.

use crate::i18n::Language;

/// The first language of `Accept-Language` that there is; French otherwise.
pub fn wished(accepted: &str) -> Language {
    let wishes = accepted.split(',').filter_map(|wish| {
        let mut parts = wish.split(';');
        let language: Language = parts.next()?.trim().parse().ok()?;
        let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
        // Weights have at most three decimals (RFC 9110 § 12.4.2): compared as texts of the same length.
        let weight =
            weight.map_or("1.000".to_owned(), |weight| format!("{weight:0<5}").replacen("00000", "0.000", 1));
        Some((weight, language))
    });
    let mut best: Option<(String, Language)> = None;
    for (weight, language) in wishes {
        if best.as_ref().is_none_or(|(known, _)| weight > *known) {
            best = Some((weight, language));
        }
    }
    best.map_or_else(Language::default, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_wished_most() {
        for (accepted, language) in [
            ("", Language::French),
            ("de", Language::French),
            ("en", Language::English),
            ("fr-FR,fr;q=0.9,en;q=0.8", Language::French),
            ("de,en-GB;q=0.7,fr;q=0.3", Language::English),
            ("en;q=0.3,fr;q=0.7", Language::French),
        ] {
            assert_eq!(wished(accepted), language, "{accepted}");
        }
    }
}
