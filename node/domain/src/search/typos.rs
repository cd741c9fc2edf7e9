//! How many slips lie between what was typed and a word: a letter too many, one missing, another one, two neighbours
//! exchanged (optimal string alignment distance). Must never look at more of a word than could still be near.

/// Slips forgiven in a word of so many letters: none up to three, where everything is near everything; one up to five; two
/// beyond.
pub(crate) fn allowed(letters: usize) -> u8 {
    match letters {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    }
}

/// Slips between what was typed and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slips {
    /// Against the nearest beginning of the word.
    pub(crate) beginning: u8,
    /// Against the whole word.
    pub(crate) whole: u8,
}

/// Slips between `typed` and `word`, none if even the nearest beginning is more than `most` away. A whole word that is
/// farther than that is told as 255.
pub(crate) fn typos(typed: &str, word: &str, most: u8) -> Option<Slips> {
    let (typed, word) = (typed.as_bytes(), word.as_bytes());
    let width = typed.len() + 1;
    let mut rows = Rows { before: Vec::new(), last: (0..=u8::MAX).take(width).collect(), row: Vec::new() };
    let mut slips = Slips { beginning: at(&rows.last, typed.len()), whole: u8::MAX };
    let mut previous = None;
    for (letter, row) in word.iter().copied().zip(1..=u8::MAX).take(typed.len() + usize::from(most)) {
        rows.next(typed, letter, previous, row);
        previous = Some(letter);
        let end = at(&rows.last, typed.len());
        slips.beginning = slips.beginning.min(end);
        if usize::from(row) == word.len() {
            slips.whole = end;
        }
        if rows.last.iter().min().is_none_or(|least| *least > most) {
            break;
        }
    }
    if word.is_empty() {
        slips.whole = slips.beginning;
    }
    if slips.whole > most {
        slips.whole = u8::MAX;
    }
    (slips.beginning <= most).then_some(slips)
}

/// Three rows of the table of distances.
struct Rows {
    before: Vec<u8>,
    last: Vec<u8>,
    row: Vec<u8>,
}

impl Rows {
    /// Computes the row of one more letter of the word.
    fn next(&mut self, typed: &[u8], letter: u8, previous: Option<u8>, number: u8) {
        self.row.clear();
        self.row.push(number);
        let mut left = number;
        let mut typed_before = None;
        for (column, typed_letter) in typed.iter().copied().enumerate() {
            let other = at(&self.last, column).saturating_add(u8::from(typed_letter != letter));
            let missing = at(&self.last, column + 1).saturating_add(1);
            let mut least = other.min(missing).min(left.saturating_add(1));
            if previous == Some(typed_letter) && typed_before == Some(letter) {
                least = least.min(at(&self.before, column.wrapping_sub(1)).saturating_add(1));
            }
            self.row.push(least);
            left = least;
            typed_before = Some(typed_letter);
        }
        std::mem::swap(&mut self.before, &mut self.last);
        std::mem::swap(&mut self.last, &mut self.row);
    }
}

fn at(row: &[u8], column: usize) -> u8 {
    row.get(column).copied().unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_against_the_beginning_and_the_whole() {
        let check = |typed: &str, word: &str, beginning: u8, whole: u8| {
            assert_eq!(typos(typed, word, 2), Some(Slips { beginning, whole }), "{typed} {word}");
        };
        check("calvet", "calvet", 0, 0);
        check("cal", "calvet", 0, u8::MAX);
        check("calev", "calvet", 1, 2);
        check("clavet", "calvet", 1, 1);
        check("calbet", "calvet", 1, 1);
        check("calvett", "calvet", 1, 1);
        check("alvet", "calvet", 1, 1);
        check("clavte", "calvet", 2, 2);
        assert_eq!(typos("roques", "calvet", 2), None);
        assert_eq!(typos("calvettes", "cal", 2), None);
    }
}
