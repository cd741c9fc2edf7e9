//! How often one asker may ask. Must never remember more askers than its limit, nor write one down.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// Counts requests by who asks, over a stretch of time that begins with the first.
#[derive(Debug)]
pub struct Limiter<K> {
    most: u32,
    within: SignedDuration,
    remembered: usize,
    seen: Mutex<Seen<K>>,
}

/// Who asked of late, and since when each is counted.
#[derive(Debug)]
struct Seen<K> {
    counts: BTreeMap<K, (Timestamp, u32)>,
    by_age: BTreeSet<(Timestamp, K)>,
}

/// Who asks, as far as an address tells: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one of
/// those has all of them (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// An IPv4 address.
    V4([u8; 4]),
    /// The first 64 bits of an IPv6 address.
    V6([u16; 4]),
}

impl From<IpAddr> for Asker {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl<K: Ord + Clone> Limiter<K> {
    /// So many requests of one asker within a stretch of time; at most so many askers are remembered.
    pub fn new(most: u32, within: SignedDuration, remembered: usize) -> Self {
        let seen = Mutex::new(Seen { counts: BTreeMap::new(), by_age: BTreeSet::new() });
        Self { most, within, remembered, seen }
    }

    /// Whether somebody may ask once more now. Beyond the limit, whoever is known for longest is forgotten: nobody is
    /// locked out because others are many.
    pub fn admits(&self, asker: K, now: Timestamp) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.counts.get(&asker).copied();
        let fresh = known.filter(|(since, _)| (*since..*since + self.within).contains(&now));
        let (since, count) = fresh.unwrap_or((now, 0));
        if let Some((former, _)) = known {
            seen.by_age.remove(&(former, asker.clone()));
        } else if seen.counts.len() >= self.remembered
            && let Some((_, oldest)) = seen.by_age.pop_first()
        {
            seen.counts.remove(&oldest);
        }
        let count = count.saturating_add(1);
        seen.counts.insert(asker.clone(), (since, count));
        seen.by_age.insert((since, asker));
        count <= self.most
    }

    /// Forgets how often somebody asked.
    pub fn forgive(&self, asker: &K) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, _)) = seen.counts.remove(asker) {
            seen.by_age.remove(&(since, asker.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const MOST: u32 = 60;
    const REMEMBERED: usize = 2_000;

    fn limiter() -> Limiter<Asker> {
        Limiter::new(MOST, SignedDuration::from_secs(60), REMEMBERED)
    }

    fn at(address: &str) -> Asker {
        Asker::from(address.parse::<IpAddr>().unwrap())
    }

    fn now() -> Timestamp {
        "2026-10-01T06:00:00Z".parse().unwrap()
    }

    fn exhaust(limiter: &Limiter<Asker>, asker: Asker) {
        for _ in 0..MOST {
            assert!(limiter.admits(asker, now()));
        }
        assert!(!limiter.admits(asker, now()));
    }

    #[test]
    fn an_address_waits_after_its_share_and_others_do_not() {
        let limiter = limiter();
        let (one, other) = (at("192.0.2.1"), at("2001:db8::1"));
        exhaust(&limiter, one);
        assert!(limiter.admits(other, now()));
        assert!(limiter.admits(one, now() + SignedDuration::from_secs(60)));
        // A clock that jumps back locks nobody out.
        assert!(limiter.admits(one, now()));
        let third = at("198.51.100.3");
        exhaust(&limiter, third);
        limiter.forgive(&third);
        assert!(limiter.admits(third, now()));
    }

    #[test]
    fn whoever_changes_the_end_of_an_address_is_still_the_same() {
        let limiter = limiter();
        exhaust(&limiter, at("2001:db8::1"));
        assert!(!limiter.admits(at("2001:db8::ffff:1"), now()));
        assert!(limiter.admits(at("2001:db8:0:1::1"), now()));
        exhaust(&limiter, at("192.0.2.1"));
        assert!(!limiter.admits(at("::ffff:192.0.2.1"), now()));
    }

    #[test]
    fn many_addresses_lock_nobody_out_and_no_more_are_remembered() {
        let limiter = limiter();
        for number in 0..=u32::try_from(REMEMBERED).unwrap() {
            let asker = Asker::from(IpAddr::from(Ipv4Addr::from_bits(number)));
            assert!(limiter.admits(asker, now() + SignedDuration::from_millis(number.into())));
        }
        let seen = limiter.seen.lock().unwrap();
        assert_eq!((seen.counts.len(), seen.by_age.len()), (REMEMBERED, REMEMBERED));
        assert!(!seen.counts.contains_key(&Asker::V4([0; 4])), "the oldest is forgotten");
    }
}
