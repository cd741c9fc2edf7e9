//! What somebody owes or is owed, at the edges of a period and what moved in between. A view of entries: must never be
//! stored.

use jiff::civil::Date;

use crate::{
    ids::{PersonKind, VolunteerKind},
    ledger::{Account, Entry, Movement, Party},
    money::Cents,
};
use maillage_federation::ids::Id;

/// Where a person stands over a period. `opening + due − received − written_off + refunded = closing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PersonBalance {
    /// Owed before the period; below zero if the person had paid too much.
    pub opening: Cents,
    /// Became due in it.
    pub due: Cents,
    /// Paid in it.
    pub received: Cents,
    /// Given up in it.
    pub written_off: Cents,
    /// Given back in it.
    pub refunded: Cents,
    /// Owed after it; below zero is the person's credit.
    pub closing: Cents,
}

/// Where a volunteer stands over a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VolunteerBalance {
    /// Owed to the volunteer before the period.
    pub opening: Cents,
    /// From statements closed in it.
    pub spent: Cents,
    /// Paid in it.
    pub reimbursed: Cents,
    /// Given up in it.
    pub waived: Cents,
    /// Owed to the volunteer after it.
    pub closing: Cents,
    /// What people paid to the volunteer and has not been handed over, after the period.
    pub to_hand_over: Cents,
}

impl PersonBalance {
    /// Of the person's among some entries, from the first to the last day of a period.
    pub fn of<'a>(
        person: Id<PersonKind>,
        entries: impl IntoIterator<Item = &'a Entry>,
        period: (Date, Date),
    ) -> Self {
        let mut balance = Self::default();
        for entry in entries.into_iter().filter(|entry| entry.day <= period.1) {
            let owed = owed_in(entry, Account::People, Party::Person(person));
            balance.closing = balance.closing.plus(owed);
            if entry.day < period.0 {
                balance.opening = balance.opening.plus(owed);
                continue;
            }
            if owed.is_zero() {
                continue;
            }
            let moved = match entry.movement {
                Movement::Due(..) => &mut balance.due,
                Movement::Received(..) => &mut balance.received,
                Movement::Refunded(..) => &mut balance.refunded,
                Movement::WrittenOff(..) => &mut balance.written_off,
                Movement::Remitted(..)
                | Movement::Spent(..)
                | Movement::Reimbursed(..)
                | Movement::Waived(..) => continue,
            };
            *moved = moved.plus(entry.signed());
        }
        balance
    }
}

impl VolunteerBalance {
    /// Of the volunteer's among some entries, from the first to the last day of a period.
    pub fn of<'a>(
        volunteer: Id<VolunteerKind>,
        entries: impl IntoIterator<Item = &'a Entry>,
        period: (Date, Date),
    ) -> Self {
        let party = Party::Volunteer(volunteer);
        let mut balance = Self::default();
        for entry in entries.into_iter().filter(|entry| entry.day <= period.1) {
            let owed = owed_in(entry, Account::VolunteerExpenses, party).negated();
            balance.closing = balance.closing.plus(owed);
            balance.to_hand_over = balance.to_hand_over.plus(owed_in(entry, Account::Collected, party));
            if entry.day < period.0 {
                balance.opening = balance.opening.plus(owed);
                continue;
            }
            if owed.is_zero() {
                continue;
            }
            let moved = match entry.movement {
                Movement::Spent(..) => &mut balance.spent,
                Movement::Reimbursed(..) => &mut balance.reimbursed,
                Movement::Waived(..) => &mut balance.waived,
                Movement::Due(..)
                | Movement::Received(..)
                | Movement::Refunded(..)
                | Movement::WrittenOff(..)
                | Movement::Remitted(..) => continue,
            };
            *moved = moved.plus(entry.signed());
        }
        balance
    }
}

/// Debit less credit of an account of somebody.
fn owed_in(entry: &Entry, account: Account, party: Party) -> Cents {
    let postings = entry.postings();
    let own = postings.iter().filter(|side| side.account == account && side.party == Some(party));
    own.map(|side| side.debit.minus(side.credit)).sum()
}
