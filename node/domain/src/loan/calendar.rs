//! When a thing is taken: no two loans of it overlap. Half-open: one may begin at the instant the other ends. Between
//! bookings there is time to hand over, as the platform has set it; a hand-over that really takes place needs none.

use jiff::Timestamp;
use maillage_federation::ids::Id;

use super::{Loan, LoanState};
use crate::{
    ids::{AssetKind, LoanKind},
    span::Span,
};

/// A stretch of time in which a loan takes a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupation {
    /// The loan.
    pub loan: Id<LoanKind>,
    /// The thing.
    pub asset: Id<AssetKind>,
    /// From when until when.
    pub span: Span,
}

impl Loan {
    /// When it takes which thing. Booked: the time it was booked for. Out: since it was handed out until it is due, or
    /// until now if it is overdue: when it comes back nobody knows. Back: the time it was really out.
    pub fn occupation(&self, now: Timestamp) -> Option<Occupation> {
        let (booking, span) = match &self.state {
            LoanState::Booked(booking) => (booking, Some(self.terms.span)),
            LoanState::Out(booking, out) => {
                (booking, Span::new(out.at, self.terms.span.until().max(now)).ok())
            }
            LoanState::Returned(booking, out, back) | LoanState::Closed(booking, out, back, _) => {
                (booking, Span::new(out.at, back.at).ok())
            }
            LoanState::Requested | LoanState::Cancelled { .. } => return None,
        };
        span.map(|span| Occupation { loan: self.id, asset: booking.asset, span })
    }

    /// Whether somebody has the thing now.
    pub fn is_out(&self) -> bool {
        matches!(self.state, LoanState::Out(..))
    }
}

/// The first of `others` that is in the way of a loan which takes the same thing for a time, with `buffer_s` seconds to
/// hand over in between. Its own occupation is none of the others.
pub fn clash(wanted: Occupation, buffer_s: u32, others: &[Occupation]) -> Option<Occupation> {
    let wide = wanted.span.widened(buffer_s);
    let others = others.iter().filter(|other| other.loan != wanted.loan && other.asset == wanted.asset);
    others.copied().filter(|other| wide.overlaps(other.span)).min_by_key(|other| other.span)
}
