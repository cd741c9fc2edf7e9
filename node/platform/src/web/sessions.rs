//! Who is signed in, in memory: a restart signs everybody out. A session is known by the hash of its cookie, ends when it was
//! not used for a while and in any case after a day's work. Must never hold more of them than its limit.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    random::Entropy,
    secrets::{Secret, random_token},
};

/// How long sessions last, and how many there are.
#[derive(Debug, Clone, Copy)]
pub struct SessionTerms {
    /// Ends after so long without a request.
    pub idle: SignedDuration,
    /// Ends so long after signing in.
    pub absolute: SignedDuration,
    /// At once; beyond, the one that was not used for longest ends.
    pub at_once: usize,
}

/// The sessions of an interface, each with what it keeps.
#[derive(Debug)]
pub struct Sessions<T> {
    terms: SessionTerms,
    open: Mutex<BTreeMap<[u8; 32], Session<T>>>,
}

#[derive(Debug)]
struct Session<T> {
    kept: T,
    opened: Timestamp,
    used: Timestamp,
    /// Once over it stays so, whatever the clock says later.
    is_over: bool,
}

impl<T: Clone> Sessions<T> {
    /// None yet.
    pub fn new(terms: SessionTerms) -> Self {
        Self { terms, open: Mutex::new(BTreeMap::new()) }
    }

    /// Opens a session under a cookie that nobody has had before: whatever cookie somebody came with is worth nothing.
    /// Of those that are the same as it, such as of one account, so many are open at once.
    pub fn open(
        &self,
        entropy: &dyn Entropy,
        kept: T,
        now: Timestamp,
        (most, is_same): (usize, impl Fn(&T) -> bool),
    ) -> Secret<String> {
        let cookie = random_token(entropy);
        self.with(|open| {
            open.retain(|_, session| !session.is_over && session.is_open(self.terms, now));
            end_stalest(open, most, is_same);
            end_stalest(open, self.terms.at_once, |_| true);
            open.insert(key(cookie.expose()), Session { kept, opened: now, used: now, is_over: false });
        });
        cookie
    }

    /// What the session of a cookie keeps, if it is open; it counts as used now.
    pub fn enter(&self, cookie: &str, now: Timestamp) -> Option<T> {
        self.with(|open| {
            let key = key(cookie);
            let session = open.get_mut(&key)?;
            // What it keeps stays until the next one is opened: whoever comes back may go on with it.
            session.is_over |= !session.is_open(self.terms, now);
            if session.is_over {
                return None;
            }
            session.used = session.used.max(now);
            Some(session.kept.clone())
        })
    }

    /// What the session of a cookie keeps, if it is open. It does not count as used: so ask pages that nobody may be in front of.
    pub fn look(&self, cookie: &str, now: Timestamp) -> Option<T> {
        self.with(|open| {
            let session = open.get_mut(&key(cookie))?;
            session.is_over |= !session.is_open(self.terms, now);
            (!session.is_over).then(|| session.kept.clone())
        })
    }

    /// Changes what a session keeps.
    pub fn change(&self, cookie: &str, change: impl FnOnce(&mut T)) {
        self.with(|open| {
            if let Some(session) = open.get_mut(&key(cookie)) {
                change(&mut session.kept);
            }
        });
    }

    /// Ends a session.
    pub fn close(&self, cookie: &str) {
        self.with(|open| open.remove(&key(cookie)));
    }

    /// Ends a session, and gives what it kept; also of one that was over already, as long as no other was opened since.
    pub fn take(&self, cookie: &str) -> Option<T> {
        self.with(|open| open.remove(&key(cookie)).map(|session| session.kept))
    }

    /// Ends those that are found to be over for another reason.
    pub fn close_where(&self, over: impl Fn(&T) -> bool) {
        self.with(|open| open.retain(|_, session| !over(&session.kept)));
    }

    fn with<R>(&self, body: impl FnOnce(&mut BTreeMap<[u8; 32], Session<T>>) -> R) -> R {
        body(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes room for one more among some sessions.
fn end_stalest<T>(open: &mut BTreeMap<[u8; 32], Session<T>>, most: usize, among: impl Fn(&T) -> bool) {
    let mut found: Vec<(Timestamp, [u8; 32])> = open
        .iter()
        .filter(|(_, session)| among(&session.kept))
        .map(|(key, session)| (session.used, *key))
        .collect();
    found.sort_unstable();
    let beyond = (found.len() + 1).saturating_sub(most);
    for (_, key) in found.into_iter().take(beyond) {
        open.remove(&key);
    }
}

impl<T> Session<T> {
    fn is_open(&self, terms: SessionTerms, now: Timestamp) -> bool {
        now < self.used + terms.idle && now < self.opened + terms.absolute
    }
}

/// Whoever guesses cannot choose the hash: how long looking one up takes tells nothing.
fn key(cookie: &str) -> [u8; 32] {
    *blake3::hash(cookie.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededEntropy;

    const TERMS: SessionTerms = SessionTerms {
        idle: SignedDuration::from_mins(30),
        absolute: SignedDuration::from_hours(2),
        at_once: 2,
    };

    const ANY: (usize, fn(&&str) -> bool) = (9, |_| true);

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_session_ends_unused_and_after_a_day_however_busy() {
        let (sessions, entropy) = (Sessions::new(TERMS), SeededEntropy::new(1));
        let idle = sessions.open(&entropy, "idle", at(0), ANY);
        assert_eq!(sessions.enter(idle.expose(), at(29)), Some("idle"));
        assert_eq!(sessions.enter(idle.expose(), at(59)), None);
        assert_eq!(sessions.enter(idle.expose(), at(30)), None, "what is over stays so");
        let left = sessions.open(&entropy, "left", at(0), ANY);
        for minute in 0..30 {
            assert_eq!(sessions.look(left.expose(), at(minute)), Some("left"));
        }
        assert_eq!(sessions.look(left.expose(), at(30)), None, "looking holds nothing open");
        let busy = sessions.open(&entropy, "busy", at(0), ANY);
        for minute in 0..120 {
            assert_eq!(sessions.enter(busy.expose(), at(minute)), Some("busy"));
        }
        assert_eq!(sessions.enter(busy.expose(), at(120)), None);
        assert_eq!(sessions.take(busy.expose()), Some("busy"), "what it kept is taken over");
        assert_eq!(sessions.take(busy.expose()), None, "once");
        let gone = sessions.open(&entropy, "gone", at(0), ANY);
        assert_eq!(sessions.enter(gone.expose(), at(30)), None);
        sessions.open(&entropy, "next", at(30), ANY);
        assert_eq!(sessions.take(gone.expose()), None, "the next one clears away what is over");
    }

    #[test]
    fn sessions_are_bounded_closed_and_never_shared() {
        let (sessions, entropy) = (Sessions::new(TERMS), SeededEntropy::new(1));
        let cookies: Vec<_> =
            (0..3).map(|number| sessions.open(&entropy, number, at(number), (9, |_: &i64| true))).collect();
        let entered: Vec<_> = cookies.iter().map(|cookie| sessions.enter(cookie.expose(), at(4))).collect();
        assert_eq!(entered, [None, Some(1), Some(2)]);
        let [_, one, two] = cookies.as_slice() else { panic!("three were opened") };
        sessions.change(one.expose(), |kept| *kept += 10);
        assert_eq!(sessions.enter(one.expose(), at(4)), Some(11));
        sessions.close(one.expose());
        sessions.close_where(|kept| *kept == 2);
        assert_eq!((sessions.enter(one.expose(), at(4)), sessions.enter(two.expose(), at(4))), (None, None));
        assert_eq!(sessions.enter("", at(4)), None);
    }

    #[test]
    fn one_account_opens_a_few_and_signs_nobody_else_out() {
        let sessions = Sessions::new(SessionTerms { at_once: 9, ..TERMS });
        let entropy = SeededEntropy::new(1);
        let open = |who: &'static str, minute| {
            sessions.open(&entropy, who, at(minute), (2, move |other: &&str| *other == who))
        };
        let other = open("other", 0);
        let cookies: Vec<_> = (1..=4).map(|minute| open("one", minute)).collect();
        let entered: Vec<_> = cookies.iter().map(|cookie| sessions.enter(cookie.expose(), at(5))).collect();
        assert_eq!(entered, [None, None, Some("one"), Some("one")]);
        assert_eq!(sessions.enter(other.expose(), at(5)), Some("other"));
    }
}
