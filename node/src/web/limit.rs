//! How often one address may ask. Must never remember more addresses than its limit, nor write one down.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::limits::{WEB_ADDRESSES, WEB_REQUESTS_PER_MINUTE};

/// Counts requests by who asks and minute.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    seen: Mutex<Seen>,
}

/// Who asked of late, and since when each is counted.
#[derive(Debug, Default)]
struct Seen {
    counts: BTreeMap<Asker, (Timestamp, u32)>,
    by_age: BTreeSet<(Timestamp, Asker)>,
}

/// Who asks, as far as an address tells: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one of
/// those has all of them (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asker {
    V4([u8; 4]),
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

impl Limiter {
    /// Whether an address may ask once more now. Beyond the limit, whoever is known for longest is forgotten: nobody is
    /// locked out because others are many.
    pub(super) fn admits(&self, address: IpAddr, now: Timestamp) -> bool {
        let minute = SignedDuration::from_secs(60);
        let asker = Asker::from(address);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.counts.get(&asker).copied();
        let fresh = known.filter(|(since, _)| (*since..*since + minute).contains(&now));
        let (since, count) = fresh.unwrap_or((now, 0));
        if let Some((former, _)) = known {
            seen.by_age.remove(&(former, asker));
        } else if seen.counts.len() >= WEB_ADDRESSES
            && let Some((_, oldest)) = seen.by_age.pop_first()
        {
            seen.counts.remove(&oldest);
        }
        let count = count.saturating_add(1);
        seen.counts.insert(asker, (since, count));
        seen.by_age.insert((since, asker));
        count <= WEB_REQUESTS_PER_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn now() -> Timestamp {
        "2026-10-01T06:00:00Z".parse().unwrap()
    }

    fn exhaust(limiter: &Limiter, address: IpAddr) {
        for _ in 0..WEB_REQUESTS_PER_MINUTE {
            assert!(limiter.admits(address, now()));
        }
        assert!(!limiter.admits(address, now()));
    }

    #[test]
    fn an_address_waits_after_its_share_and_others_do_not() {
        let limiter = Limiter::default();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap());
        exhaust(&limiter, one);
        assert!(limiter.admits(other, now()));
        assert!(limiter.admits(one, now() + SignedDuration::from_secs(60)));
        // A clock that jumps back locks nobody out.
        assert!(limiter.admits(one, now()));
    }

    #[test]
    fn whoever_changes_the_end_of_an_address_is_still_the_same() {
        let limiter = Limiter::default();
        exhaust(&limiter, "2001:db8::1".parse().unwrap());
        assert!(!limiter.admits("2001:db8::ffff:1".parse().unwrap(), now()));
        assert!(limiter.admits("2001:db8:0:1::1".parse().unwrap(), now()));
        exhaust(&limiter, "192.0.2.1".parse().unwrap());
        assert!(!limiter.admits("::ffff:192.0.2.1".parse().unwrap(), now()));
    }

    #[test]
    fn many_addresses_lock_nobody_out_and_no_more_are_remembered() {
        let limiter = Limiter::default();
        for number in 0..=u32::try_from(WEB_ADDRESSES).unwrap() {
            let address = Ipv4Addr::from_bits(number).into();
            assert!(limiter.admits(address, now() + SignedDuration::from_millis(number.into())));
        }
        let seen = limiter.seen.lock().unwrap();
        assert_eq!((seen.counts.len(), seen.by_age.len()), (WEB_ADDRESSES, WEB_ADDRESSES));
        assert!(!seen.counts.contains_key(&Asker::V4([0; 4])), "the oldest is forgotten");
    }
}
