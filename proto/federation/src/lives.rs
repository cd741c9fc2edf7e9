//! Numbers of lives: the incarnation of a node and the epoch of a hub, raised by every restore from a backup. Two restores of
//! the same old backup must not give the same number, and a backup does not know how often it was restored: so the number is the
//! time of the restore, and in any case higher than the one in the backup. Must never read a clock.

/// Numbers are seconds since 2026-01-01T00:00:00Z, so that they stay small.
const BEGINNING_MS: i64 = 1_767_225_600_000;

/// A life leaves room for so many changes before the next life's numbers begin: a million, as a power of two.
const ROOM: u32 = 20;

/// The number of the life after `former`, begun at an instant, milliseconds since 1970 UTC.
pub fn next(former: u64, at_ms: i64) -> u64 {
    let seconds = u64::try_from(at_ms.saturating_sub(BEGINNING_MS) / 1000).unwrap_or(0);
    seconds.max(former.saturating_add(1))
}

/// The epoch that a hub says it is in. One of a version that knows of none says nothing: it was never restored.
pub fn epoch_told(said: u64) -> u64 {
    said.max(1)
}

/// Whether a hub that says it is in an epoch is an old copy of the one a node has known in another.
pub fn is_of_the_past(said: u64, known: u64) -> bool {
    epoch_told(said) < known
}

/// Where the hub's counters (revisions of records, sequences of mailboxes) begin in an epoch: above all that an earlier
/// epoch can have given out. So a number that is higher is newer, also across a restore, and a node never takes what a restored
/// hub says for old. Stays below 2^53 for centuries, which every JSON reader keeps exact.
pub fn counters_begin(epoch: u64) -> u64 {
    if epoch <= 1 { 0 } else { epoch.saturating_mul(1 << ROOM) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_with_time_and_whatever_the_clock_says() {
        let noon = BEGINNING_MS + 1_000_000_000;
        assert_eq!(next(0, noon), 1_000_000);
        assert_eq!(next(1_000_000, noon), 1_000_001, "twice in a second");
        assert_eq!(next(2_000_000, noon), 2_000_001, "the clock is wrong");
        assert_eq!(next(3, 0), 4, "the clock stands at its beginning");
    }

    #[test]
    fn a_hub_of_the_past_is_one_below_what_was_seen_and_silence_is_the_first_epoch() {
        for (said, known, past) in [
            (0, 0, false),
            (0, 1, false),
            (0, 2, true),
            (1, 0, false),
            (1, 1, false),
            (1, 2, true),
            (7, 6, false),
            (7, 7, false),
            (7, 8, true),
        ] {
            assert_eq!(is_of_the_past(said, known), past, "says {said}, known {known}");
        }
    }

    #[test]
    fn counters_of_an_epoch_begin_above_those_of_the_epoch_before() {
        assert_eq!(counters_begin(1), 0);
        assert!(counters_begin(2) > 1_000_000);
        assert!(counters_begin(30_000_000) - counters_begin(29_999_999) > 1_000_000);
        assert!(counters_begin(next(1, 4_102_444_800_000)) < 1 << 53, "in 2100");
    }
}
