//! What stands before the doors: how often an address may knock, and how much a member may say. It must never look at what is
//! asked.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use maillage_federation::ids::{Id, NodeKind};
use tokio::time::Instant;

use crate::limits;

/// Attempts by whoever makes them: a bucket of tokens each, that fills again with real time.
#[derive(Debug)]
pub struct Limiter<K> {
    rate: Rate,
    buckets: Mutex<BTreeMap<K, Bucket>>,
}

/// How much is let through.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: u32,
    one_every: Duration,
    /// Most that are remembered.
    known: usize,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: u32,
    filled_at: Instant,
}

impl Limiter<IpAddr> {
    /// Enrolment attempts by address.
    pub fn of_addresses() -> Self {
        let (burst, one_every) = (limits::ATTEMPTS_BURST, limits::ATTEMPT_EVERY);
        Self::new(Rate { burst, one_every, known: limits::ADDRESSES })
    }

    /// Whether one more attempt from `address` is let in at `now`. One household of IPv6 addresses counts as one.
    pub fn lets_in(&self, address: IpAddr, now: Instant) -> bool {
        self.admits(neighbourhood(address), now)
    }
}

impl Limiter<Id<NodeKind>> {
    /// Envelopes by member.
    pub fn of_members() -> Self {
        let (burst, one_every) = (limits::ENVELOPES_BURST, limits::ENVELOPE_EVERY);
        Self::new(Rate { burst, one_every, known: limits::NODES })
    }
}

impl<K: Ord + Copy> Limiter<K> {
    fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Whether one more is let through at `now`.
    pub fn admits(&self, who: K, now: Instant) -> bool {
        let rate = self.rate;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= rate.known && !buckets.contains_key(&who) {
            buckets.retain(|_, bucket| bucket.filled(rate, now).tokens < rate.burst);
            if buckets.len() >= rate.known {
                return false;
            }
        }
        let bucket = buckets.entry(who).or_insert(Bucket { tokens: rate.burst, filled_at: now });
        *bucket = bucket.filled(rate, now);
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
    fn filled(self, rate: Rate, now: Instant) -> Self {
        let passed = now.saturating_duration_since(self.filled_at).as_millis() / rate.one_every.as_millis();
        let gained = u32::try_from(passed).unwrap_or(u32::MAX);
        let tokens = self.tokens.saturating_add(gained).min(rate.burst);
        if tokens == rate.burst {
            return Self { tokens, filled_at: now };
        }
        Self { tokens, filled_at: self.filled_at + rate.one_every * gained }
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
    use super::{Id, Instant, Limiter};
    use crate::limits;

    #[test]
    fn an_address_that_knocks_too_often_waits_and_the_others_do_not() {
        let (limiter, start) = (Limiter::of_addresses(), Instant::now());
        let (first, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for attempt in 0..limits::ATTEMPTS_BURST {
            assert!(limiter.lets_in(first, start), "{attempt}");
        }
        assert!(!limiter.lets_in(first, start));
        assert!(limiter.lets_in(other, start));
        let later = start + limits::ATTEMPT_EVERY;
        assert!(limiter.lets_in(first, later));
        assert!(!limiter.lets_in(first, later));
    }

    #[test]
    fn addresses_of_one_household_count_together() {
        let (limiter, start) = (Limiter::of_addresses(), Instant::now());
        for number in 0..limits::ATTEMPTS_BURST {
            assert!(limiter.lets_in(format!("2001:db8::{number:x}").parse().unwrap(), start));
        }
        assert!(!limiter.lets_in("2001:db8::ffff".parse().unwrap(), start));
        assert!(limiter.lets_in("2001:db8:0:1::1".parse().unwrap(), start));
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let (limiter, start) = (Limiter::of_addresses(), Instant::now());
        for number in 0..u32::try_from(limits::ADDRESSES).unwrap() {
            assert!(limiter.lets_in(std::net::Ipv4Addr::from(number).into(), start));
        }
        assert!(!limiter.lets_in("203.0.113.1".parse().unwrap(), start));
        let later = start + limits::ATTEMPT_EVERY;
        assert!(limiter.lets_in("203.0.113.1".parse().unwrap(), later), "old addresses are forgotten");
    }

    #[test]
    fn a_member_that_floods_waits_and_the_others_do_not() {
        let (limiter, start) = (Limiter::of_members(), Instant::now());
        let (flood, other) = (Id::new(1, [1; 10]), Id::new(1, [2; 10]));
        for _ in 0..limits::ENVELOPES_BURST {
            assert!(limiter.admits(flood, start));
        }
        assert!(!limiter.admits(flood, start));
        assert!(limiter.admits(other, start));
        let second = start + std::time::Duration::from_secs(1);
        let through = (0..limits::ENVELOPES_BURST).filter(|_| limiter.admits(flood, second)).count();
        assert_eq!(through, 100, "in the long run a hundred a second");
    }
}
