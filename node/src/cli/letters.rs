//! A draft of an e-mail with a file attached, for the reader's own mail program: it is looked at and sent there, by a person. Must
//! never send anything itself, nor put into subject or words what stands in the file.

use mail_builder::{MessageBuilder, headers::raw::Raw};

use super::{once, words::Words};

/// A file on its way to a partner.
pub(super) struct Enclosed<'a> {
    /// The partner's e-mail address.
    pub(super) to: &'a str,
    /// `csv` or `tds`.
    pub(super) format: &'a str,
    pub(super) file: &'a [u8],
}

/// The draft, as a file that mail programs open.
///
/// # Errors
/// None but those of memory.
pub(super) fn draft(words: Words<'_>, enclosed: &Enclosed<'_>) -> std::io::Result<Vec<u8>> {
    let (media_type, name) = match enclosed.format {
        "tds" => ("application/json", "trajets.json"),
        _ => ("text/csv; charset=utf-8", "trajets.csv"),
    };
    let body = words.text("partner-letter-body", &[("format", enclosed.format.to_owned().into())]);
    MessageBuilder::new()
        .message_id(format!("{}@maillage.invalid", once::name()))
        // Mail programs that know it open the file for writing.
        .header("X-Unsent", Raw::new("1"))
        .to(enclosed.to)
        .subject(words.text("partner-letter-subject", &[]))
        .text_body(body)
        .attachment(media_type, name, enclosed.file)
        .write_to_vec()
}

#[cfg(test)]
mod tests {
    use maillage_partners::letter::{TABLE, TELEGRAMS, file_of};
    use maillage_platform::i18n::Language;

    use super::{Enclosed, draft};
    use crate::cli::{catalog, words::Words};

    #[test]
    fn what_is_enclosed_comes_out_as_it_was_and_stands_nowhere_else() {
        let table = "message;nom\r\nattribution;Émilie Canari\r\n".as_bytes();
        let catalog = catalog().unwrap();
        for (format, attached) in [("csv", TABLE), ("tds", TELEGRAMS)] {
            let enclosed = Enclosed { to: "taxi@exemple.fr", format, file: table };
            let letter = draft(Words::new(&catalog, Language::French), &enclosed).unwrap();
            assert_eq!(file_of(&letter, attached).as_deref(), Ok(table));
            let text = String::from_utf8(letter).unwrap();
            let (words, enclosed) = text.split_once("Content-Disposition: attachment").unwrap();
            assert!(words.contains("taxi@exemple.fr") && words.contains("X-Unsent: 1"), "{text}");
            assert!(!words.contains("Canari") && !words.contains("From:"), "{text}");
            assert!(!enclosed.contains("From:"), "{text}");
        }
    }
}
