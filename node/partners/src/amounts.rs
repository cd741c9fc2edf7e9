//! Distances and sums as people write them: kilometres and euros with a comma or a point. Whole metres and cents inside;
//! must never go through floating point.

/// Thousandths of a number with at most `decimals` of them, comma or point; none for anything else.
pub(crate) fn thousandths(text: &str, decimals: usize) -> Option<u32> {
    let text = text.trim();
    let (whole, part) = text.split_once([',', '.']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || part.len() > decimals || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let part: u32 = format!("{part:0<3}").parse().ok()?;
    whole.checked_mul(1000)?.checked_add(part)
}

/// Kilometres of metres, with a comma.
pub(crate) fn km(metres: u32) -> String {
    decimal(metres, 3)
}

/// Euros of cents, with a comma and two decimals.
pub(crate) fn euros(cents: u32) -> String {
    format!("{},{:02}", cents / 100, cents % 100)
}

fn decimal(thousandths: u32, decimals: usize) -> String {
    let text = format!("{},{:0decimals$}", thousandths / 1000, thousandths % 1000);
    text.trim_end_matches('0').trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{euros, km, thousandths};

    #[test]
    fn what_is_written_reads_back() {
        for metres in [0, 1, 10, 500, 1_000, 12_345, 120_000, 1_500_000] {
            assert_eq!(thousandths(&km(metres), 3), Some(metres), "{}", km(metres));
        }
        assert_eq!(km(12_300), "12,3");
        assert_eq!(euros(1_205), "12,05");
        assert_eq!(thousandths("12,05", 2), Some(12_050));
        for wrong in ["", "-1", "1e3", "1,2345", "1 000", "abc", "1234567"] {
            assert_eq!(thousandths(wrong, 3), None, "{wrong}");
        }
    }
}
