//! What is wrong in a partner's file: where, what, and what would be right. Repeats only what looks like a code or a number:
//! whatever else stands in a wrong cell could be a person.

use std::fmt;

use crate::FAULTS;

/// Something that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// Why, and what would be right.
    pub why: Why,
}

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A cell of a table.
    Cell {
        /// Line of the file, from 1.
        line: u64,
        /// The column, or blank for the row as a whole.
        column: String,
    },
    /// A member of a telegram.
    Member {
        /// Such as `$[2].tripRequestResponse.tripAvailable`.
        path: String,
    },
}

/// Why something is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Why {
    /// More bytes than are looked at.
    #[error("the file has more than {limit} bytes: send it in parts")]
    TooLarge {
        /// Most bytes.
        limit: usize,
    },
    /// More lines or telegrams than are looked at.
    #[error("the file has more than {limit} lines or telegrams: send it in parts")]
    TooMany {
        /// Most entries.
        limit: usize,
    },
    /// Not text of the expected kind.
    #[error("this is no table of text in UTF-8: save it as CSV UTF-8")]
    NotATable,
    /// Begins as a letter, and cannot be read as one.
    #[error("this letter cannot be read: save the file attached to it, and take that in")]
    NotALetter,
    /// A letter without a file.
    #[error("no file {ending} is attached to this letter: ask for it, the words of a letter are not read")]
    NothingAttached {
        /// How the name of such a file ends.
        ending: &'static str,
    },
    /// A letter with several files.
    #[error(
        "{files} different files {ending} are attached to this letter: save the right one, and take that in"
    )]
    ManyAttached {
        /// How many.
        files: usize,
        /// How their names end.
        ending: &'static str,
    },
    /// Not JSON.
    #[error("this is no JSON: it ends to make sense at line {line}, column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Another type of value.
    #[error("{expected} is expected here, this is {found}")]
    Type {
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// Nothing there.
    #[error("this is missing")]
    Missing,
    /// A column nobody knows.
    #[error("there is no such column; the columns are: {allowed}")]
    NoSuchColumn {
        /// Those there are.
        allowed: String,
    },
    /// A column twice.
    #[error("this column is there twice: remove one")]
    ColumnTwice,
    /// More cells than headings.
    #[error("{cells} cells, but {columns} headings: is there a semicolon too many?")]
    RowLength {
        /// Cells of the row.
        cells: usize,
        /// Headings.
        columns: usize,
    },
    /// A member nobody knows.
    #[error("there is no such telegram: {allowed}")]
    NoSuchTelegram {
        /// Those there are.
        allowed: String,
    },
    /// One of a list.
    #[error("{value} is none of: {allowed}")]
    NotOneOf {
        /// What stands there.
        value: String,
        /// What may.
        allowed: String,
    },
    /// Not a time.
    #[error("{value} is no time: write it like {example}")]
    NotATime {
        /// What stands there.
        value: String,
        /// How it looks.
        example: &'static str,
    },
    /// Skipped when the clocks go forward.
    #[error("{value} does not exist: the clocks go forward over it")]
    SkippedTime {
        /// What stands there.
        value: String,
    },
    /// Not an identifier.
    #[error("{value} is no identifier: copy it from what you were sent")]
    NotAnId {
        /// What stands there.
        value: String,
    },
    /// Not a number in the range.
    #[error("{value} is no number from {least} to {most}")]
    NotANumber {
        /// What stands there.
        value: String,
        /// Least that is accepted.
        least: String,
        /// Most that is accepted.
        most: String,
    },
    /// Too many characters.
    #[error("more than {limit} characters")]
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// Not shown to this partner, or not at all.
    #[error("no trip that was offered to this partner has this identifier")]
    UnknownHandover,
    /// A ticket of nobody.
    #[error("no trip that was offered to this partner has this ticket")]
    UnknownTicket,
    /// Outbound and return go together.
    #[error("leg {leg} is missing: outbound and return go together, both in one file")]
    LegMissing {
        /// Which, from 1.
        leg: usize,
    },
    /// Twice for one leg.
    #[error("this has been answered in the same file already: {earlier}")]
    LegTwice {
        /// Where.
        earlier: Place,
    },
    /// Outbound and return say different things.
    #[error("outbound and return do not say the same: they go together")]
    LegsDiffer,
    /// A telegram of the other direction.
    #[error("this telegram goes from the platform to its partner, not the other way round")]
    FromPlatform,
    /// A telegram of the other direction.
    #[error("this telegram goes from the partner to the platform, not the other way round")]
    FromPartner,
    /// In the profile, but not between these two, or not like this.
    #[error("{0}")]
    NotHere(NotHere),
}

/// What the profile allows and this exchange does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NotHere {
    /// Referring somebody.
    #[error("nobody is referred by telegram: call the platform's desk")]
    Referral,
    /// Where a vehicle is.
    #[error("where a vehicle is has no place here: leave this telegram out")]
    Position,
    /// A person in an offer.
    #[error("an offer says nothing of who travels, why, or exactly where")]
    PersonInOffer,
    /// A change on the way.
    #[error("a trip with a change on the way is not offered to one partner: call the platform's desk")]
    Transfer,
    /// Not agreeing to a cancellation.
    #[error("a person who does not travel needs nobody's agreement: if you have driven, send a 4A")]
    NoAgreement,
    /// A cancellation of somebody else.
    #[error("only the platform says that its order or its rider is off: call its desk")]
    OthersCancel,
    /// An expiry.
    #[error("only the platform lets an order expire: to give it back send Cancel")]
    Expiry,
}

impl NotHere {
    /// Its name for texts in the reader's language.
    pub fn code(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Position => "position",
            Self::PersonInOffer => "person-in-offer",
            Self::Transfer => "transfer",
            Self::NoAgreement => "no-agreement",
            Self::OthersCancel => "others-cancel",
            Self::Expiry => "expiry",
        }
    }
}

impl Fault {
    pub(crate) fn new(place: Place, why: Why) -> Self {
        Self { place, why }
    }
}

impl Why {
    /// Its name for texts in the reader's language, and the values those texts need.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "partner-file-too-large",
            Self::TooMany { .. } => "partner-file-too-long",
            Self::NotATable => "partner-not-a-table",
            Self::NotALetter => "partner-not-a-letter",
            Self::NothingAttached { .. } => "partner-nothing-attached",
            Self::ManyAttached { .. } => "partner-many-attached",
            Self::NotJson { .. } => "partner-not-json",
            Self::Type { .. } => "partner-type",
            Self::Missing => "partner-missing",
            Self::NoSuchColumn { .. } => "partner-no-such-column",
            Self::ColumnTwice => "partner-column-twice",
            Self::RowLength { .. } => "partner-row-length",
            Self::NoSuchTelegram { .. } => "partner-no-such-telegram",
            Self::NotOneOf { .. } => "partner-not-one-of",
            Self::NotATime { .. } => "partner-not-a-time",
            Self::SkippedTime { .. } => "partner-skipped-time",
            Self::NotAnId { .. } => "partner-not-an-id",
            Self::NotANumber { .. } => "partner-not-a-number",
            Self::TooLong { .. } => "partner-too-long",
            Self::UnknownHandover => "partner-unknown-handover",
            Self::UnknownTicket => "partner-unknown-ticket",
            Self::LegMissing { .. } => "partner-leg-missing",
            Self::LegTwice { .. } => "partner-leg-twice",
            Self::LegsDiffer => "partner-legs-differ",
            Self::FromPlatform => "partner-from-platform",
            Self::FromPartner => "partner-from-partner",
            Self::NotHere(_) => "partner-not-here",
        }
    }

    /// The values its text needs, by name.
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLarge { limit } | Self::TooMany { limit } | Self::TooLong { limit } => {
                vec![("limit", limit.to_string())]
            }
            Self::NothingAttached { ending } => vec![("ending", (*ending).to_owned())],
            Self::ManyAttached { files, ending } => {
                vec![("files", files.to_string()), ("ending", (*ending).to_owned())]
            }
            Self::NotJson { line, column } => {
                vec![("row", line.to_string()), ("position", column.to_string())]
            }
            Self::Type { expected, found } => {
                vec![("expected", type_code(expected).to_owned()), ("found", type_code(found).to_owned())]
            }
            Self::NoSuchColumn { allowed } | Self::NoSuchTelegram { allowed } => {
                vec![("allowed", allowed.clone())]
            }
            Self::RowLength { cells, columns } => {
                vec![("cells", cells.to_string()), ("columns", columns.to_string())]
            }
            Self::NotOneOf { value, allowed } => {
                vec![("value", value.clone()), ("allowed", allowed.clone())]
            }
            Self::NotATime { value, example } => {
                vec![("value", value.clone()), ("example", (*example).to_owned())]
            }
            Self::SkippedTime { value } | Self::NotAnId { value } => vec![("value", value.clone())],
            Self::NotANumber { value, least, most } => {
                vec![("value", value.clone()), ("least", least.clone()), ("most", most.clone())]
            }
            Self::LegMissing { leg } => vec![("leg", leg.to_string())],
            Self::LegTwice { earlier } => {
                let (kind, row) = match earlier {
                    Place::Cell { line, .. } => ("line", line.to_string()),
                    Place::File | Place::Member { .. } => ("member", String::new()),
                };
                vec![("kind", kind.to_owned()), ("row", row), ("earlier", earlier.to_string())]
            }
            Self::NotHere(what) => vec![("what", what.code().to_owned())],
            Self::NotATable
            | Self::NotALetter
            | Self::Missing
            | Self::ColumnTwice
            | Self::UnknownHandover
            | Self::UnknownTicket
            | Self::FromPlatform
            | Self::FromPartner
            | Self::LegsDiffer => Vec::new(),
        }
    }
}

/// Faults in the order of the file, up to a number.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, place: Place, why: Why) {
        if self.0.len() < FAULTS {
            self.0.push(Fault::new(place, why));
        }
    }

    /// What was read, unless something is wrong.
    pub(crate) fn or<T>(mut self, read: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() {
            return Ok(read);
        }
        self.0.sort_by_key(|fault| fault.place.entry());
        self.0.dedup();
        Err(self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A type of value as a code.
fn type_code(words: &str) -> &str {
    match words {
        "true or false" => "boolean",
        other => other.rsplit(' ').next().unwrap_or(other),
    }
}

/// What stands in a wrong place, if it looks like a code, a number or a time; otherwise `?`.
pub(crate) fn repeated(value: &str) -> String {
    let letters = value.chars().any(|c| c.is_ascii_alphabetic());
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '-' | '_' | '.' | ',' | ':' | '/' | '+')
            || c == ' ' && !letters
    };
    // A phone is digits and dots as well: nothing that long is repeated unless it looks like a time or an identifier.
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let telling = digits < 8 || letters || value.contains([':', '/']);
    if !value.is_empty() && value.len() <= 40 && telling && value.chars().all(plain) {
        value.to_owned()
    } else {
        "?".to_owned()
    }
}

impl Place {
    /// Which line or telegram of the file it is in.
    fn entry(&self) -> u64 {
        match self {
            Self::File => 0,
            Self::Cell { line, .. } => *line,
            Self::Member { path } => {
                let index = path.strip_prefix("$[").and_then(|rest| rest.split(']').next());
                index.and_then(|index| index.parse().ok()).unwrap_or_default()
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => formatter.write_str("file"),
            Self::Cell { line, column } if column.is_empty() => write!(formatter, "line {line}"),
            Self::Cell { line, column } => write!(formatter, "line {line}, {column}"),
            Self::Member { path } => formatter.write_str(path),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.why)
    }
}
