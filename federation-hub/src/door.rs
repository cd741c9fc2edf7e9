//! What stands before the open door: how often an address may knock. It must never look at what is asked.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use tokio::time::Instant;

use crate::limits;

/// Attempts by address: a bucket of tokens each, that fills again with real time.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: Mutex<BTreeMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: u32,
    filled_at: Instant,
}

impl Limiter {
    /// Whether one more attempt from `address` is let in at `now`.
    pub fn admits(&self, address: IpAddr, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let address = neighbourhood(address);
        if buckets.len() >= limits::ADDRESSES && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| bucket.filled(now).tokens < limits::ATTEMPTS_BURST);
            if buckets.len() >= limits::ADDRESSES {
                return false;
            }
        }
        let full = Bucket { tokens: limits::ATTEMPTS_BURST, filled_at: now };
        let bucket = buckets.entry(address).or_insert(full);
        *bucket = bucket.filled(now);
        match bucket.tokens.checked_sub(1) {
            Some(tokens) => {
                bucket.tokens = tokens;
                true
            }
            None => false,
        }
    }
}

impl Bucket {
    fn filled(self, now: Instant) -> Self {
        let every_ms = limits::ATTEMPT_EVERY.as_millis();
        let passed = now.saturating_duration_since(self.filled_at).as_millis() / every_ms;
        let gained = u32::try_from(passed).unwrap_or(u32::MAX);
        let tokens = self.tokens.saturating_add(gained).min(limits::ATTEMPTS_BURST);
        if tokens == limits::ATTEMPTS_BURST {
            return Self { tokens, filled_at: now };
        }
        Self { tokens, filled_at: self.filled_at + limits::ATTEMPT_EVERY * gained }
    }
}

/// One household of IPv6 addresses counts as one: a /64.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Instant, Limiter};
    use crate::limits;

    #[test]
    fn an_address_that_knocks_too_often_waits_and_the_others_do_not() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        let (first, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for attempt in 0..limits::ATTEMPTS_BURST {
            assert!(limiter.admits(first, start), "{attempt}");
        }
        assert!(!limiter.admits(first, start));
        assert!(limiter.admits(other, start));
        let later = start + limits::ATTEMPT_EVERY;
        assert!(limiter.admits(first, later));
        assert!(!limiter.admits(first, later));
    }

    #[test]
    fn addresses_of_one_household_count_together() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        for number in 0..limits::ATTEMPTS_BURST {
            assert!(limiter.admits(format!("2001:db8::{number:x}").parse().unwrap(), start));
        }
        assert!(!limiter.admits("2001:db8::ffff".parse().unwrap(), start));
        assert!(limiter.admits("2001:db8:0:1::1".parse().unwrap(), start));
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        for number in 0..u32::try_from(limits::ADDRESSES).unwrap() {
            assert!(limiter.admits(std::net::Ipv4Addr::from(number).into(), start));
        }
        assert!(!limiter.admits("203.0.113.1".parse().unwrap(), start));
        let later = start + limits::ATTEMPT_EVERY;
        assert!(limiter.admits("203.0.113.1".parse().unwrap(), later), "old addresses are forgotten");
    }
}
