//! `offer`, `call-list`, `calendar`, `day-sheet`: how drivers are asked, who is to be called, what a driver has in hand.

use maillage_proto::node::v1::{self as proto, offers_client::OffersClient};

use super::{
    arguments::{Calendar, CallList, DaySheet, Offer, OfferPolicySet, OfferTold, Page},
    failure::CommandError,
    once,
    people::show_next,
    session::Session,
    volunteers::volunteer_names,
};

/// Runs a command about driver offers.
pub(super) async fn offer(session: &mut Session<'_>, command: Offer) -> Result<(), CommandError> {
    let mut offers = session.client(OffersClient::with_interceptor).await?;
    let offer = match command {
        Offer::List(list) => {
            let request = proto::ListOffersRequest {
                open: list.open,
                trip: list.trip,
                volunteer: list.volunteer,
                after: list.page.after,
                limit: list.page.limit,
            };
            let reply = offers.list_offers(request).await?.into_inner();
            return show_offers(session, &reply).await;
        }
        Offer::Failed(Page { after, limit }) => {
            let request = proto::ListCallsRequest { limit, after };
            let reply = offers.list_failed_messages(request).await?.into_inner();
            return show_messages(session, &reply);
        }
        Offer::Told(OfferTold { trip, offer, volunteer, person, page: Page { after, limit } }) => {
            let [trip, offer, volunteer, person] =
                [trip, offer, volunteer, person].map(Option::unwrap_or_default);
            let request = proto::ListMessagesRequest { trip, offer, volunteer, person, after, limit };
            let reply = offers.list_messages(request).await?.into_inner();
            return show_messages(session, &reply);
        }
        Offer::Policy => {
            let policy = offers.show_offer_policy(proto::ShowOfferPolicyRequest {}).await?.into_inner();
            return show_policy(session, &policy);
        }
        Offer::PolicySet(change) => {
            let present = offers.show_offer_policy(proto::ShowOfferPolicyRequest {}).await?.into_inner();
            let request = changed(present.etag, change);
            let policy = offers.update_offer_policy(request).await?.into_inner();
            return show_policy(session, &policy);
        }
        Offer::Show { id } => {
            offers.show_offer(proto::ShowOfferRequest { id, ..Default::default() }).await?.into_inner()
        }
        Offer::Remind { id } => {
            let request = proto::ShowOfferRequest { id, request_id: once::name() };
            once::ask(request, async |asked| offers.remind_offer(asked).await).await?
        }
        Offer::Answer(answer) => {
            let (accept, reason) = (answer.accept, answer.refuse.unwrap_or_default());
            let request = proto::AnswerOfferRequest { id: answer.id, accept, reason };
            offers.answer_offer(request).await?.into_inner()
        }
    };
    show_offer(session, &offer).await
}

/// Runs a command about the call list.
pub(super) async fn call_list(session: &mut Session<'_>, command: CallList) -> Result<(), CommandError> {
    let mut offers = session.client(OffersClient::with_interceptor).await?;
    let (id, outcome) = match command {
        CallList::Show(Page { after, limit }) => {
            let reply = offers.list_calls(proto::ListCallsRequest { limit, after }).await?.into_inner();
            return show_calls(session, &reply);
        }
        CallList::Done { id } => (id, "told"),
        CallList::NoAnswer { id } => (id, "no-answer"),
    };
    let request = proto::NoteCallRequest { id, outcome: outcome.to_owned() };
    let noted = offers.note_call(request).await?.into_inner();
    if session.json(&noted)? {
        return Ok(());
    }
    Ok(session.line("call-noted", &[])?)
}

/// Runs a command about calendar feeds.
pub(super) async fn calendar(session: &mut Session<'_>, command: Calendar) -> Result<(), CommandError> {
    let mut offers = session.client(OffersClient::with_interceptor).await?;
    let link = match command {
        Calendar::Link { volunteer } => {
            offers.make_calendar_link(proto::CalendarLinkRequest { volunteer }).await?.into_inner()
        }
        Calendar::Revoke { volunteer } => {
            offers.revoke_calendar_link(proto::CalendarLinkRequest { volunteer }).await?.into_inner()
        }
    };
    if session.json(&link)? {
        return Ok(());
    }
    if link.url.is_empty() {
        return Ok(session.line("calendar-revoked", &[])?);
    }
    Ok(session.line("calendar-made", &[("url", link.url.into())])?)
}

/// Prints a day sheet as HTML.
pub(super) async fn day_sheet(session: &mut Session<'_>, arguments: DaySheet) -> Result<(), CommandError> {
    let DaySheet { date: day, volunteer } = arguments;
    let language = session.words().language().code().to_owned();
    let request = proto::DaySheetRequest { day, volunteer, language };
    let mut offers = session.client(OffersClient::with_interceptor).await?;
    let sheet = offers.show_day_sheet(request).await?.into_inner();
    if session.json(&sheet)? {
        return Ok(());
    }
    Ok(session.raw(sheet.html.as_bytes())?)
}

/// Prints what a person gets in writing as HTML.
pub(super) async fn confirmation(session: &mut Session<'_>, trip: String) -> Result<(), CommandError> {
    let language = session.words().language().code().to_owned();
    let mut offers = session.client(OffersClient::with_interceptor).await?;
    let request = proto::ConfirmationRequest { trip, language };
    let confirmation = offers.show_confirmation(request).await?.into_inner();
    if session.json(&confirmation)? {
        return Ok(());
    }
    Ok(session.raw(confirmation.html.as_bytes())?)
}

async fn show_offers(session: &mut Session<'_>, reply: &proto::ListOffersReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let (words, names) = (session.words(), volunteer_names(session).await?);
    let row = |offer: &proto::DriverOffer| {
        vec![
            names.get(&offer.volunteer).cloned().unwrap_or_default(),
            if offer.overdue {
                words.text("offer-overdue", &[])
            } else {
                words.code("offer-status", &offer.status)
            },
            words.code("offer-means", &offer.means),
            words.instant(&offer.departs_at),
            words.instant(&offer.expires_at),
            offer.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.offers.iter().map(row).collect();
    let headings = [
        "field-volunteer",
        "field-status",
        "field-offer_means",
        "field-offer_departs",
        "field-offer_expires",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

async fn show_offer(session: &mut Session<'_>, offer: &proto::DriverOffer) -> Result<(), CommandError> {
    if session.json(offer)? {
        return Ok(());
    }
    let (words, names) = (session.words(), volunteer_names(session).await?);
    let event = |event: &proto::DriverOfferEvent| {
        format!("{} {}", words.instant(&event.at), words.code("offer-event", &event.kind))
    };
    let reason = [words.code("driver-refusal", &offer.reason), words.code("offer-end", &offer.reason)];
    let reason = reason.into_iter().find(|text| *text != offer.reason).unwrap_or_default();
    Ok(session.fields(&[
        ("field-volunteer", names.get(&offer.volunteer).cloned().unwrap_or_default()),
        ("field-status", words.code("offer-status", &offer.status)),
        ("field-reason", reason),
        ("field-offer_means", words.code("offer-means", &offer.means)),
        ("field-offer_round", offer.round.to_string()),
        ("field-offer_departs", words.instant(&offer.departs_at)),
        ("field-offer_expires", words.instant(&offer.expires_at)),
        ("field-offer_reminder", words.instant(&offer.remind_at)),
        ("field-offer_history", offer.history.iter().map(event).collect::<Vec<_>>().join("\n")),
        ("field-offer_trips", offer.trips.join("\n")),
        ("field-id", offer.id.clone()),
    ])?)
}

fn show_calls(session: &mut Session<'_>, reply: &proto::ListCallsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |call: &proto::Call| {
        let message = call.message.clone().unwrap_or_default();
        let drive = call.legs.first().map(|leg| {
            let args = [
                ("when", words.instant(&leg.pickup_at).into()),
                ("from", leg.from.clone().into()),
                ("to", leg.to.clone().into()),
            ];
            let drive = words.text("letter-drive", &args);
            if leg.meeting.is_empty() {
                return drive;
            }
            let met = [("drive", drive.into()), ("meeting", leg.meeting.clone().into())];
            words.text("letter-drive-met", &met)
        });
        vec![
            words.instant(&message.expires_at),
            call.name.clone(),
            call.phone.clone(),
            words.code("call-topic", &message.topic),
            drive.unwrap_or_default(),
            message.offer,
            message.id,
        ]
    };
    let rows: Vec<Vec<String>> = reply.calls.iter().map(row).collect();
    let headings = [
        "field-call_by",
        "field-name",
        "field-phone",
        "field-call_topic",
        "field-call_drive",
        "field-call_offer",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_messages(session: &mut Session<'_>, reply: &proto::ListMessagesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |message: &proto::OutgoingMessage| {
        vec![
            words.instant(&message.created_at),
            words.code("message-medium", &message.medium),
            words.code("call-topic", &message.topic),
            words.code("message-state", &message.state),
            words.instant(&message.ended_at),
            words.code("message-failure", &message.reason),
            message.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.messages.iter().map(row).collect();
    let headings = [
        "field-created_at",
        "field-message_medium",
        "field-call_topic",
        "field-status",
        "field-message_ended",
        "field-reason",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_policy(session: &mut Session<'_>, policy: &proto::OfferPolicy) -> Result<(), CommandError> {
    if session.json(policy)? {
        return Ok(());
    }
    let words = session.words();
    let minutes = |minutes: u32| words.duration(u64::from(minutes) * 60);
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let pace = |pace: &proto::OfferPace| {
        let args = [
            ("lead", minutes(pace.lead_min).into()),
            ("remind", minutes(pace.remind_after_min).into()),
            ("timeout", minutes(pace.timeout_min).into()),
            ("reminders", pace.reminders.into()),
        ];
        words.text("offer-pace", &args)
    };
    Ok(session.fields(&[
        ("field-offer_paces", policy.paces.iter().map(pace).collect::<Vec<_>>().join("\n")),
        ("field-offer_call_under", minutes(policy.call_under_min)),
        ("field-offer_quiet", format!("{} – {}", clock(policy.quiet_from_min), clock(policy.quiet_to_min))),
        ("field-offer_escalation", words.code("offer-escalation", &policy.escalation)),
        ("field-offer_rounds", policy.rounds.to_string()),
        ("field-offer_tell_confirmed", words.yes(policy.tell_confirmed)),
        ("field-offer_tell_day_before", words.yes(policy.tell_day_before)),
        ("field-offer_tell_cancelled", words.yes(policy.tell_cancelled)),
        ("field-etag", policy.etag.clone()),
    ])?)
}

fn changed(present: String, change: OfferPolicySet) -> proto::UpdateOfferPolicyRequest {
    let OfferPolicySet {
        call_under_min,
        quiet_from_min,
        quiet_to_min,
        escalation,
        rounds,
        paces,
        tell_confirmed,
        tell_day_before,
        tell_cancelled,
        seen,
    } = change;
    let meant = [
        ("call_under_min", call_under_min.is_some()),
        ("quiet_from_min", quiet_from_min.is_some()),
        ("quiet_to_min", quiet_to_min.is_some()),
        ("escalation", escalation.is_some()),
        ("rounds", rounds.is_some()),
        ("paces", paces.is_some()),
        ("tell_confirmed", tell_confirmed.is_some()),
        ("tell_day_before", tell_day_before.is_some()),
        ("tell_cancelled", tell_cancelled.is_some()),
    ];
    let paths = meant.into_iter().filter(|(_, meant)| *meant).map(|(path, _)| path.to_owned()).collect();
    let yes = |word: Option<String>| word.is_some_and(|word| word == "yes");
    let policy = proto::OfferPolicy {
        call_under_min: call_under_min.unwrap_or_default(),
        quiet_from_min: quiet_from_min.unwrap_or_default(),
        quiet_to_min: quiet_to_min.unwrap_or_default(),
        escalation: escalation.unwrap_or_default(),
        rounds: rounds.unwrap_or_default(),
        paces: paces.unwrap_or_default(),
        tell_confirmed: yes(tell_confirmed),
        tell_day_before: yes(tell_day_before),
        tell_cancelled: yes(tell_cancelled),
        etag: seen.or(present),
    };
    proto::UpdateOfferPolicyRequest {
        policy: Some(policy),
        update_mask: Some(prost_types::FieldMask { paths }),
    }
}

/// What is no pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("2880:720:2:1440")]
pub(super) struct NotAPace;

/// A pace such as `2880:720:2:1440`: from which lead time on, after how long a reminder, how many of them, when it ends; times in
/// minutes.
pub(super) fn pace(text: &str) -> Result<proto::OfferPace, NotAPace> {
    let numbers: Result<Vec<u32>, _> = text.split(':').map(|number| number.trim().parse()).collect();
    match numbers.as_deref() {
        Ok([lead_min, remind_after_min, reminders, timeout_min]) => Ok(proto::OfferPace {
            lead_min: *lead_min,
            remind_after_min: *remind_after_min,
            reminders: *reminders,
            timeout_min: *timeout_min,
        }),
        Ok(_) | Err(_) => Err(NotAPace),
    }
}
