//! A sum of euros in French words, as a receipt for a gift has to give it. Traditional spelling (`vingt et un`,
//! `quatre-vingts`, `deux cents`). Must never round.

use crate::money::Cents;

const SMALL: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize",
];
const TENS: [&str; 9] =
    ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt"];

/// A sum in words, such as `douze euros et cinquante centimes`.
pub fn in_letters(sum: Cents) -> String {
    let magnitude = sum.get().unsigned_abs();
    let (euros, cents) = (magnitude / 100, magnitude % 100);
    let unit = |number: u64, name: &str| if number > 1 { format!("{name}s") } else { name.to_owned() };
    // « un million d’euros », « deux milliards d’euros ».
    let of = if euros >= 1_000_000 && euros.is_multiple_of(1_000_000) { " d’" } else { " " };
    let euro_words = format!("{}{of}{}", number(euros), unit(euros, "euro"));
    let cent_words = format!("{} {}", number(cents), unit(cents, "centime"));
    let words = match (euros, cents) {
        (_, 0) => euro_words,
        (0, _) => cent_words,
        (_, _) => format!("{euro_words} et {cent_words}"),
    };
    if sum.is_negative() { format!("moins {words}") } else { words }
}

fn number(value: u64) -> String {
    if value == 0 {
        return "zéro".to_owned();
    }
    let mut words = Vec::new();
    let mut rest = value;
    for (scale, name) in [(1_000_000_000, "milliard"), (1_000_000, "million")] {
        let count = rest / scale;
        rest %= scale;
        if count > 0 {
            // Nouns: `quatre-vingts millions`, `deux cents millions`.
            words.push(format!("{} {name}{}", number(count), if count > 1 { "s" } else { "" }));
        }
    }
    let (thousands, units) = (rest / 1_000, rest % 1_000);
    match thousands {
        0 => {}
        1 => words.push("mille".to_owned()),
        // Mille is a number, not a noun: `quatre-vingt mille`, `deux cent mille`.
        _ => words.push(format!("{} mille", below_thousand(thousands, false))),
    }
    if units > 0 {
        words.push(below_thousand(units, true));
    }
    words.join(" ")
}

/// 1 to 999; `last` says that no number follows, so that `vingt` and `cent` take their plural.
fn below_thousand(value: u64, last: bool) -> String {
    let (hundreds, rest) = (value / 100, value % 100);
    let plural = if last && rest == 0 && hundreds > 1 { "s" } else { "" };
    let hundred_words = match hundreds {
        0 => String::new(),
        1 => "cent".to_owned(),
        _ => format!("{} cent{plural}", small(hundreds)),
    };
    match (hundreds, rest) {
        (_, 0) => hundred_words,
        (0, _) => below_hundred(rest, last),
        (_, _) => format!("{hundred_words} {}", below_hundred(rest, last)),
    }
}

fn below_hundred(value: u64, last: bool) -> String {
    if value <= 16 {
        return small(value).to_owned();
    }
    let (tens, units) = (value / 10, value % 10);
    // Seventy and ninety go on from sixty and eighty.
    let (tens, units) = if tens == 7 || tens == 9 { (tens - 1, units + 10) } else { (tens, units) };
    let ten = usize::try_from(tens).ok().and_then(|index| TENS.get(index)).copied().unwrap_or_default();
    let teen = |units: u64| if units <= 16 { small(units).to_owned() } else { below_hundred(units, false) };
    match (tens, units) {
        (8, 0) => format!("{ten}{}", if last { "s" } else { "" }),
        (_, 0) => ten.to_owned(),
        (2..=6, 1 | 11) => format!("{ten} et {}", small(units)),
        (_, _) => format!("{ten}-{}", teen(units)),
    }
}

fn small(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|index| SMALL.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_spelled_as_at_school() {
        let cases = [
            (0, "zéro"),
            (1, "un"),
            (16, "seize"),
            (17, "dix-sept"),
            (21, "vingt et un"),
            (60, "soixante"),
            (61, "soixante et un"),
            (70, "soixante-dix"),
            (71, "soixante et onze"),
            (72, "soixante-douze"),
            (77, "soixante-dix-sept"),
            (80, "quatre-vingts"),
            (81, "quatre-vingt-un"),
            (90, "quatre-vingt-dix"),
            (91, "quatre-vingt-onze"),
            (99, "quatre-vingt-dix-neuf"),
            (100, "cent"),
            (101, "cent un"),
            (180, "cent quatre-vingts"),
            (200, "deux cents"),
            (201, "deux cent un"),
            (1_000, "mille"),
            (1_999, "mille neuf cent quatre-vingt-dix-neuf"),
            (2_544, "deux mille cinq cent quarante-quatre"),
            (80_000, "quatre-vingt mille"),
            (200_000, "deux cent mille"),
            (200_300, "deux cent mille trois cents"),
            (1_000_001, "un million un"),
            (80_000_000, "quatre-vingts millions"),
            (2_000_000_000, "deux milliards"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn sums_name_euros_and_cents() {
        let cases = [
            (0, "zéro euro"),
            (100, "un euro"),
            (101, "un euro et un centime"),
            (50, "cinquante centimes"),
            (254_480, "deux mille cinq cent quarante-quatre euros et quatre-vingts centimes"),
            (100_000_000, "un million d’euros"),
            (100_000_100, "un million un euros"),
            (-200, "moins deux euros"),
        ];
        for (cents, expected) in cases {
            assert_eq!(in_letters(Cents::new(cents)), expected);
        }
    }

    #[test]
    fn no_two_numbers_are_spelled_alike() {
        let words: BTreeSet<String> = (0..20_000).map(number).collect();
        assert_eq!(words.len(), 20_000);
        assert!(words.iter().all(|words| !words.contains("  ") && !words.ends_with(['-', ' '])));
    }
}
