//! How often one address may ask. Must never remember more addresses than its limit, nor write one down.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::limits::{WEB_ADDRESSES, WEB_REQUESTS_PER_MINUTE};

/// Counts requests by address and minute.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    seen: Mutex<BTreeMap<IpAddr, (Timestamp, u32)>>,
}

impl Limiter {
    /// Whether an address may ask once more now. While too many addresses ask at once, new ones wait.
    pub(super) fn admits(&self, address: IpAddr, now: Timestamp) -> bool {
        let minute = SignedDuration::from_secs(60);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: &Timestamp| (*since..*since + minute).contains(&now);
        if !seen.contains_key(&address) && seen.len() >= WEB_ADDRESSES {
            seen.retain(|_, (since, _)| fresh(since));
            if seen.len() >= WEB_ADDRESSES {
                return false;
            }
        }
        let (since, count) = seen.entry(address).or_insert((now, 0));
        if !fresh(since) {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= WEB_REQUESTS_PER_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_its_share_and_others_do_not() {
        let limiter = Limiter::default();
        let now: Timestamp = "2026-10-01T06:00:00Z".parse().unwrap();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap());
        for _ in 0..WEB_REQUESTS_PER_MINUTE {
            assert!(limiter.admits(one, now));
        }
        assert!(!limiter.admits(one, now));
        assert!(limiter.admits(other, now));
        assert!(limiter.admits(one, now + SignedDuration::from_secs(60)));
        // A clock that jumps back locks nobody out.
        assert!(limiter.admits(one, now));
    }
}
