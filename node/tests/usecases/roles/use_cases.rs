//! Use cases that are reached by other doors than the contract too, tried directly.

use std::sync::Arc;

use maillage_domain::roles::Operation;
use maillage_node::app::{
    App, calendars, caller::Caller, confirmations, day_sheets, driver_pages, entry, messages, offers,
};
use maillage_platform::refusal::Refusal;

use crate::world::{DAY, ready};

/// A use case with arguments that name nothing.
pub(super) type UseCase = fn(&Arc<App>, &Caller) -> Result<(), Refusal>;

/// Each with the operation it asks for.
pub(super) const USE_CASES: &[(Operation, UseCase)] = &[
    (Operation::OfferList, |app, caller| {
        offers::list(app, caller, offers::OfferFilter::Open(None), 1).map(drop)
    }),
    (Operation::OfferRemind, |app, caller| ready(offers::remind(app, caller, app.new_id())).map(drop)),
    (Operation::OfferAnswer, |app, caller| {
        ready(offers::answer(app, caller, app.new_id(), offers::Answer::Yes)).map(drop)
    }),
    (Operation::OfferPolicyShow, |app, caller| offers::show_policy(app, caller).map(drop)),
    (Operation::OfferPolicySet, |app, caller| {
        ready(offers::set_policy(app, caller, String::new(), |_| Ok(()))).map(drop)
    }),
    (Operation::CallList, |app, caller| ready(messages::call_list(app, caller, None, 1)).map(drop)),
    (Operation::MessageList, |app, caller| {
        let filter = messages::MessageFilter::Trip(app.new_id());
        messages::list(app, caller, filter, None, 1).map(drop)
    }),
    (Operation::CallNote, |app, caller| {
        ready(messages::note_call(app, caller, app.new_id(), messages::CallOutcome::Told)).map(drop)
    }),
    (Operation::CalendarLink, |app, caller| ready(calendars::make_link(app, caller, app.new_id())).map(drop)),
    (Operation::DriverLink, |app, caller| {
        ready(driver_pages::make_link(app, caller, app.new_id())).map(drop)
    }),
    (Operation::Confirmation, |app, caller| {
        ready(confirmations::confirmation(app, caller, app.new_id())).map(drop)
    }),
    (Operation::AccountPassword, |app, caller| ready(entry::change_password(app, caller, "", "")).map(drop)),
    (Operation::DaySheet, |app, caller| {
        ready(day_sheets::day_sheet(app, caller, DAY.parse().unwrap(), None)).map(drop)
    }),
];
