//! Reading the embedded tables: gzip, CSV, one typed row each. Refuses what does not fit, never repairs it.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use flate2::read::GzDecoder;
use thiserror::Error;

use crate::limits::DECOMPRESSED_BYTES_MAX;

/// Why the embedded data cannot be used: a mistake in regenerating them, found by the first test.
#[derive(Debug, Error)]
#[error("{file}, line {line}: not the expected data")]
pub(crate) struct DataError {
    /// File, as it is called under `data/`.
    pub(crate) file: &'static str,
    /// Line, from 1; 0 for the file as a whole.
    pub(crate) line: u64,
    /// What is wrong.
    #[source]
    pub(crate) reason: DataReason,
}

/// What is wrong with a table.
#[derive(Debug, Error)]
pub(crate) enum DataReason {
    /// Damaged or cut.
    #[error("does not decompress")]
    Gzip(#[source] std::io::Error),
    /// Larger than any file of ours.
    #[error("more than {DECOMPRESSED_BYTES_MAX} bytes once decompressed")]
    TooLarge,
    /// Not UTF-8, or rows of different lengths.
    #[error("not a table")]
    Csv(#[source] csv::Error),
    /// The columns are not those this program knows.
    #[error("other columns than expected")]
    Header,
    /// A field that does not parse.
    #[error("unreadable {column} {value:?}")]
    Field {
        /// Which column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// A row that refers to a row of another table that does not exist.
    #[error("{column} {value} is nowhere else")]
    Dangling {
        /// Which column refers.
        column: &'static str,
        /// To what.
        value: String,
    },
    /// Twice the same identity.
    #[error("{0} appears twice")]
    Twice(String),
}

/// Bytes of a gzip file, decompressed.
pub(crate) fn decompress(file: &'static str, compressed: &[u8]) -> Result<Vec<u8>, DataError> {
    let failed = |reason| DataError { file, line: 0, reason };
    let mut bytes = Vec::with_capacity(compressed.len().saturating_mul(3));
    let mut reader = GzDecoder::new(compressed).take(DECOMPRESSED_BYTES_MAX + 1);
    reader.read_to_end(&mut bytes).map_err(|error| failed(DataReason::Gzip(error)))?;
    if reader.limit() == 0 { Err(failed(DataReason::TooLarge)) } else { Ok(bytes) }
}

/// Every row of a table whose header is exactly `columns`, as `row` reads it.
pub(crate) fn rows<const COLUMNS: usize, Row>(
    file: &'static str,
    text: &[u8],
    columns: [&'static str; COLUMNS],
    mut row: impl FnMut([&str; COLUMNS]) -> Result<Row, DataReason>,
) -> Result<Vec<Row>, DataError> {
    let csv_failed = |error: csv::Error| {
        let line = error.position().map_or(0, csv::Position::line);
        DataError { file, line, reason: DataReason::Csv(error) }
    };
    let mut reader = ReaderBuilder::new().from_reader(text);
    if reader.headers().map_err(csv_failed)? != columns.as_slice() {
        return Err(DataError { file, line: 1, reason: DataReason::Header });
    }
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(csv_failed)? {
        let fields = std::array::from_fn(|column| record.get(column).unwrap_or_default());
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(row(fields).map_err(|reason| DataError { file, line, reason })?);
    }
    Ok(rows)
}

/// A field read by its own `FromStr`.
pub(crate) fn field<Value: std::str::FromStr>(column: &'static str, text: &str) -> Result<Value, DataReason> {
    text.parse().map_err(|_| DataReason::Field { column, value: text.to_owned() })
}

/// A field that may be empty.
pub(crate) fn optional<Value: std::str::FromStr>(
    column: &'static str,
    text: &str,
) -> Result<Option<Value>, DataReason> {
    if text.is_empty() { Ok(None) } else { field(column, text).map(Some) }
}

/// A field of values separated by spaces, in ascending order.
pub(crate) fn list<Value: std::str::FromStr + Ord>(
    column: &'static str,
    text: &str,
) -> Result<Vec<Value>, DataReason> {
    let mut values =
        text.split_whitespace().map(|value| field(column, value)).collect::<Result<Vec<Value>, _>>()?;
    values.sort_unstable();
    Ok(values)
}

/// A decimal number times ten to the power of `decimals`, exactly; more decimals than that are refused.
pub(crate) fn scaled<Value: TryFrom<i64>>(
    column: &'static str,
    text: &str,
    decimals: u32,
) -> Result<Value, DataReason> {
    let parsed = exact_decimal(text, decimals).and_then(|number| Value::try_from(number).ok());
    parsed.ok_or_else(|| DataReason::Field { column, value: text.to_owned() })
}

fn exact_decimal(text: &str, decimals: u32) -> Option<i64> {
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let missing = decimals.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let digits: i64 = format!("{whole}{fraction}").parse().ok()?;
    digits.checked_mul(10_i64.checked_pow(missing)?)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).expect("memory takes everything");
        encoder.finish().expect("memory takes everything")
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        let cases: [(&str, u32, Option<i64>); 12] = [
            ("46.15168", 6, Some(46_151_680)),
            ("-4.48454", 6, Some(-4_484_540)),
            ("-0.5", 1, Some(-5)),
            ("54.8", 1, Some(548)),
            ("0", 2, Some(0)),
            ("15.705", 2, None),
            ("", 2, None),
            (".5", 2, None),
            ("1e3", 2, None),
            ("+1", 2, None),
            ("--1", 2, None),
            ("99999999999999999999", 0, None),
        ];
        for (text, decimals, expected) in cases {
            assert_eq!(exact_decimal(text, decimals), expected, "{text:?}");
        }
        assert!(scaled::<u32>("surface_km2", "-1.0", 1).is_err());
    }

    #[test]
    fn a_damaged_or_cut_file_is_refused() {
        let whole = gzip(b"siren\n200034031\n");
        assert_eq!(decompress("x", &whole).expect("a whole file"), b"siren\n200034031\n");
        for length in 0..whole.len() {
            let reason = decompress("x", &whole[..length]).expect_err("a cut file").reason;
            assert!(matches!(reason, DataReason::Gzip(_)), "{reason:?}");
        }
        let bomb = gzip(&vec![b'0'; usize::try_from(DECOMPRESSED_BYTES_MAX + 1).expect("a small number")]);
        assert!(matches!(decompress("x", &bomb).expect_err("too large").reason, DataReason::TooLarge));
    }

    #[test]
    fn a_table_with_other_columns_rows_or_fields_is_refused_with_its_line() {
        let read = |text: &str| {
            rows("x", text.as_bytes(), ["siren", "population"], |[siren, population]| {
                Ok((siren.to_owned(), field::<u32>("population", population)?))
            })
        };
        assert_eq!(read("siren,population\n1,2\n").expect("good"), [("1".to_owned(), 2)]);
        let refused = |text: &str| {
            let DataError { line, reason, .. } = read(text).expect_err("bad");
            (line, reason)
        };
        assert!(matches!(refused("population,siren\n1,2\n"), (1, DataReason::Header)));
        assert!(matches!(refused("siren,population\n1,2\n1\n"), (3, DataReason::Csv(_))));
        let unreadable = refused("siren,population\n1,2\n1,many\n");
        assert!(matches!(unreadable, (3, DataReason::Field { column: "population", .. })), "{unreadable:?}");
    }
}
