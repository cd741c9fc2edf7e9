//! A file that came as a letter: an e-mail as any mail program saves it (RFC 5322, MIME). The one table or telegram file attached
//! to it is what the partner says. Who wrote the letter is not looked at: anybody can write any name there, and what the file
//! may speak of is checked all the same. Must never take the words of the letter itself for an answer.

use std::borrow::Cow;

use mail_parser::{
    MessageParser, MessagePart, MimeHeaders as _,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};

use crate::{FILE_BYTES, Why};

/// Parts within parts that are looked into: an answer that was forwarded, and forwarded again.
const DEPTH: usize = 8;
/// Parts of a letter that are looked at.
const PARTS: usize = 100;
/// Largest letter, in bytes: a file of the largest size, in base64, with some words around it.
const LETTER_BYTES: usize = FILE_BYTES / 2 * 3;
/// Largest head of a part, in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// How a kind of file is known among the attachments of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// How its name ends, with the dot.
    pub ending: &'static str,
    /// Its media types.
    pub types: &'static [&'static str],
}

/// A table of answers. Many mail programs call every table one of their spreadsheet program.
pub const TABLE: Attached =
    Attached { ending: ".csv", types: &["text/csv", "application/csv", "application/vnd.ms-excel"] };
/// A file of telegrams.
pub const TELEGRAMS: Attached = Attached { ending: ".json", types: &["application/json"] };

/// The file that was received: itself, or what is attached to it if it is a letter.
///
/// # Errors
/// A letter that is too large, that cannot be read, or to which no such file or more than one is attached.
pub fn file_of(received: &[u8], wanted: Attached) -> Result<Cow<'_, [u8]>, Why> {
    if !is_letter(received) {
        return Ok(Cow::Borrowed(received));
    }
    if received.len() > LETTER_BYTES {
        return Err(Why::TooLarge { limit: LETTER_BYTES });
    }
    let mut search = Search { wanted, parts: PARTS, found: Vec::new() };
    search.look_into(received, DEPTH)?;
    let mut found = search.found;
    let Some(file) = found.pop() else { return Err(Why::NothingAttached { ending: wanted.ending }) };
    // The same file twice says one thing: some programs attach what they show.
    if found.iter().any(|other| *other != file) {
        return Err(Why::ManyAttached { files: found.len() + 1, ending: wanted.ending });
    }
    Ok(Cow::Owned(file))
}

/// Whether bytes begin as a letter does: a field's name of printable characters, a colon, and a space. No table and no
/// telegram begins so.
fn is_letter(received: &[u8]) -> bool {
    let line = received.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
    let (name, rest) = line.split_at(colon);
    let plain = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    !name.is_empty() && plain && matches!(rest.get(1), None | Some(b' ' | b'\t'))
}

/// A walk through the parts of a letter. Heads and encodings are read by the library; the walk itself is bounded, whoever wrote the
/// letter.
struct Search {
    wanted: Attached,
    /// How many parts are still looked at.
    parts: usize,
    found: Vec<Vec<u8>>,
}

impl Search {
    fn look_into(&mut self, part: &[u8], depth: usize) -> Result<(), Why> {
        self.parts = self.parts.checked_sub(1).ok_or(Why::NotALetter)?;
        let (head, body) = parted(part);
        if head.len() > HEAD_BYTES {
            return Err(Why::NotALetter);
        }
        let parsed = MessageParser::new().with_mime_headers().default_header_ignore().parse_headers(head);
        // What has no head of its own is taken for plain text: those are the words of the letter.
        let Some(about) = parsed.as_ref().and_then(|parsed| parsed.parts.first()) else { return Ok(()) };
        let kind = about.content_type();
        let media_type = kind.map_or_else(
            || "text/plain".to_owned(),
            |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_lowercase(),
        );
        let deeper = depth.checked_sub(1);
        match (kind.and_then(|kind| kind.attribute("boundary")), deeper) {
            (Some(boundary), Some(deeper)) if media_type.starts_with("multipart/") => {
                between(body, boundary.as_bytes()).try_for_each(|part| self.look_into(part, deeper))
            }
            (_, Some(deeper)) if media_type == "message/rfc822" => {
                self.look_into(&decoded(about, body)?, deeper)
            }
            _ => {
                if is_wanted(about, &media_type, self.wanted) {
                    self.found.push(decoded(about, body)?.into_owned());
                }
                Ok(())
            }
        }
    }
}

/// Lines with what ends them.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// A part's head, and what comes after the first blank line.
fn parted(part: &[u8]) -> (&[u8], &[u8]) {
    let is_blank = |line: &&[u8]| line.trim_ascii().is_empty();
    let head: usize = lines(part).take_while(|line| !is_blank(line)).map(<[u8]>::len).sum();
    let (head, rest) = part.split_at(head);
    let blank = lines(rest).next().map_or(0, <[u8]>::len);
    (head, rest.split_at(blank).1)
}

/// The parts between the lines of a boundary, without the end of line that belongs to the next of them (RFC 2046 § 5.1.1). The
/// last may not be closed: a letter that was cut off.
fn between<'a>(body: &'a [u8], boundary: &[u8]) -> impl Iterator<Item = &'a [u8]> {
    let is_boundary = move |line: &[u8]| {
        let rest = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary));
        rest.map(<[u8]>::trim_ascii).filter(|rest| matches!(*rest, b"" | b"--")).map(<[u8]>::is_empty)
    };
    let (mut parts, mut begins, mut at) = (Vec::new(), None, 0);
    for line in lines(body) {
        let opens = is_boundary(line);
        if opens.is_some() {
            parts.extend(begins.take().and_then(|from| body.get(from..at)));
        }
        at += line.len();
        if parts.len() > PARTS {
            break;
        }
        match opens {
            Some(true) => begins = Some(at),
            Some(false) => break,
            None => {}
        }
    }
    parts.extend(begins.and_then(|from| body.get(from..at)));
    parts.into_iter().map(|part: &[u8]| {
        let part = part.strip_suffix(b"\n").unwrap_or(part);
        part.strip_suffix(b"\r").unwrap_or(part)
    })
}

/// The bytes of a part as they were before they were encoded for the way.
fn decoded<'a>(about: &MessagePart<'_>, body: &'a [u8]) -> Result<Cow<'a, [u8]>, Why> {
    let encoding = about.content_transfer_encoding().unwrap_or_default().trim().to_lowercase();
    let decoded = match encoding.as_str() {
        "base64" => base64_decode(body).map(Cow::Owned),
        "quoted-printable" => quoted_printable_decode(body).map(Cow::Owned),
        _ => Some(Cow::Borrowed(body)),
    };
    decoded.ok_or(Why::NotALetter)
}

/// By its name if it has one, or else by its type.
fn is_wanted(about: &MessagePart<'_>, media_type: &str, wanted: Attached) -> bool {
    match about.attachment_name() {
        Some(name) => name.trim().to_lowercase().ends_with(wanted.ending),
        None => wanted.types.contains(&media_type),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::{any, prop_assert, proptest};

    use super::{DEPTH, LETTER_BYTES, TABLE, TELEGRAMS, file_of};
    use crate::Why;

    fn on_the_way(text: &str) -> Vec<u8> {
        text.replace('\n', "\r\n").into_bytes()
    }

    /// An answer with what is attached: headers of each part, a blank line, and its body.
    fn answer(parts: &[&str]) -> Vec<u8> {
        let mut letter = "From: =?utf-8?Q?Taxi_d=27essai?= <taxi@exemple.fr>\nTo: desk@exemple.fr\n\
             Subject: Re: trajets\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b1\"\n\n\
             --b1\nContent-Type: text/plain; charset=utf-8\n\nmessage;offre\noui;non\n"
            .to_owned();
        for part in parts {
            letter.push_str("--b1\n");
            letter.push_str(part);
            letter.push('\n');
        }
        letter.push_str("--b1--\n");
        on_the_way(&letter)
    }

    const IN_BASE64: &str = "Content-Type: application/vnd.ms-excel; name=\"reponses.csv\"\n\
         Content-Disposition: attachment; filename=\"reponses.csv\"\nContent-Transfer-Encoding: base64\n\n\
         bWVzc2FnZTvDqWxhbgo=\n";

    #[test]
    fn what_is_no_letter_is_the_file_itself() {
        for file in
            ["message;offre\nbid;x\n", "[{\"a\": 1}]", "", "message,a: b\n", "\u{feff}message;offre\n"]
        {
            assert_eq!(file_of(file.as_bytes(), TABLE), Ok(Cow::Borrowed(file.as_bytes())), "{file}");
        }
    }

    #[test]
    fn the_one_table_of_a_letter_is_taken_however_it_was_encoded() {
        let table = "message;élan\n".as_bytes();
        let quoted = "Content-Type: text/csv; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
             message;=C3=A9lan=0A=\n";
        let named = "Content-Type: application/octet-stream\n\
             Content-Disposition: attachment; filename*=utf-8''R%C3%A9ponses.CSV\nContent-Transfer-Encoding: base64\n\n\
             bWVzc2FnZTvDqWxhbgo=\n";
        let picture =
            "Content-Type: image/png; name=\"logo.png\"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n";
        let bare = "Content-Disposition: attachment; filename=\"reponses.csv\"\n\nmessage;élan\n\n";
        let plain = file_of(&answer(&[bare]), TABLE).unwrap().into_owned();
        assert_eq!(plain.trim_ascii_end(), table.trim_ascii_end(), "known by its name alone");
        for parts in [&[IN_BASE64][..], &[quoted], &[named], &[picture, IN_BASE64], &[IN_BASE64, named]] {
            assert_eq!(file_of(&answer(parts), TABLE).as_deref(), Ok(table), "{parts:?}");
        }
        // An older spreadsheet's letters stay as they are, for the table's own reader.
        let latin = "Content-Type: text/csv\nContent-Transfer-Encoding: base64\n\nbWVzc2FnZTvpbGFuCg==\n";
        assert_eq!(file_of(&answer(&[latin]), TABLE).as_deref(), Ok(b"message;\xe9lan\n".as_slice()));
    }

    #[test]
    fn the_words_of_a_letter_are_no_answer() {
        let nothing = Why::NothingAttached { ending: ".csv" };
        let words = on_the_way("Subject: oui\nFrom: a@exemple.fr\n\nmessage;offre\nbid;x\n");
        let pdf = "Content-Type: application/pdf; name=\"a.csv.pdf\"\n\nx\n";
        for letter in [words, answer(&[]), answer(&[pdf]), b"Subject:".to_vec()] {
            assert_eq!(file_of(&letter, TABLE), Err(nothing.clone()));
        }
        let telegrams = Why::NothingAttached { ending: ".json" };
        assert_eq!(file_of(&answer(&[IN_BASE64]), TELEGRAMS), Err(telegrams));
    }

    #[test]
    fn two_tables_that_differ_are_not_chosen_between() {
        let other = "Content-Type: text/csv; name=\"anciennes.csv\"\n\nmessage;offre\n";
        let many = Why::ManyAttached { files: 2, ending: ".csv" };
        assert_eq!(file_of(&answer(&[IN_BASE64, other]), TABLE), Err(many));
    }

    fn forwarded(letter: &[u8]) -> Vec<u8> {
        let inner = String::from_utf8(letter.to_vec()).unwrap_or_default();
        answer(&[&format!("Content-Type: message/rfc822\n\n{inner}")])
    }

    #[test]
    fn a_letter_that_was_forwarded_is_looked_into_and_not_for_ever() {
        let table = "message;élan\n".as_bytes();
        let mut letter = answer(&[IN_BASE64]);
        // Each fold has a boundary of its own, as mail programs choose them.
        let renamed = |letter: &[u8], depth: usize| {
            let text = String::from_utf8(letter.to_vec()).unwrap_or_default();
            text.replace("b1", &format!("x{depth}")).into_bytes()
        };
        // A forward is two parts deep: itself, and the letter in it.
        for depth in 0..DEPTH / 2 {
            assert_eq!(file_of(&letter, TABLE).as_deref(), Ok(table), "{depth}");
            letter = forwarded(&renamed(&letter, depth));
        }
        assert_eq!(file_of(&letter, TABLE), Err(Why::NothingAttached { ending: ".csv" }));
    }

    #[test]
    fn a_letter_is_not_larger_than_its_file_can_be() {
        let mut letter = b"Subject: x\r\n\r\n".to_vec();
        letter.resize(LETTER_BYTES + 1, b'x');
        assert_eq!(file_of(&letter, TABLE), Err(Why::TooLarge { limit: LETTER_BYTES }));
    }

    /// Whoever writes a letter chooses how hard it is to read.
    #[test]
    fn a_hostile_letter_is_a_fault_and_not_an_hour() {
        let odd_words = format!("Content-Type: {}{}\r\n\r\nx", " =?".repeat(9_000), "?=x".repeat(9_000));
        let odd_names = format!("Content-Type: text/plain;{}\r\n\r\nx", " a*0*=b;".repeat(7_000));
        let longer = format!("Content-Type: {}\r\n\r\nx", "x=?".repeat(400_000));
        let empty_name =
            format!("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n{}", "--\n".repeat(900_000));
        let parts =
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\n\nx\n".repeat(300_000));
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(80_000);
        for letter in [odd_words, odd_names, longer, empty_name, parts, nested] {
            let fault = file_of(letter.as_bytes(), TABLE).unwrap_err();
            assert!(matches!(fault, Why::NotALetter | Why::NothingAttached { .. }), "{fault:?}");
        }
    }

    #[test]
    fn a_letter_that_was_cut_off_is_read_as_far_as_it_goes() {
        let whole = answer(&["Content-Type: text/csv\n\nmessage;offre\nbid;x\n"]);
        let cut = whole.strip_suffix(b"--b1--\r\n").unwrap();
        assert_eq!(file_of(cut, TABLE).as_deref(), Ok(b"message;offre\r\nbid;x\r\n".as_slice()));
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_a_file_or_a_fault(head in "[A-Za-z-]{0,12}: ?[ -~\r\n]{0,400}", tail in any::<Vec<u8>>()) {
            let received = [head.as_bytes(), &tail].concat();
            if let Ok(file) = file_of(&received, TABLE) {
                prop_assert!(file.len() <= received.len());
            }
        }
    }
}
