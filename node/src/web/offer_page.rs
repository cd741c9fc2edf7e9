//! The page behind an offer's link: the question with two buttons, or what holds now. Before the yes: communes, times and a
//! first name; after it what the driver needs on the road.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maillage_domain::{
    offer::{DriverOffer, OfferStatus},
    trip::{DriverRefusal, TripStatus},
};
use maillage_platform::refusal::Refusal;

use super::html::{Page, escaped};
use crate::app::{
    App,
    day_sheets::{self, SheetTrip},
    messages,
    offers::LinkView,
};

/// Reasons a volunteer can give on the page.
const REASONS: [DriverRefusal; 4] =
    [DriverRefusal::NotFree, DriverRefusal::TooFar, DriverRefusal::Vehicle, DriverRefusal::Other];

/// The page for what a link shows.
pub(super) fn show(app: &App, page: &Page<'_>, view: &LinkView) -> Response {
    let body = if view.open { question(app, page, view) } else { standing(app, page, view) };
    let Ok(body) = body else {
        return (StatusCode::SERVICE_UNAVAILABLE, page.notice("web-out-of-order")).into_response();
    };
    let title = match (view.open, view.offer.status()) {
        (true, _) => "web-offer-question",
        (false, OfferStatus::Accepted) => "web-offer-accepted",
        (false, OfferStatus::Refused(_)) => "web-offer-refused",
        (
            false,
            OfferStatus::Notified | OfferStatus::Reminded(_) | OfferStatus::TimedOut | OfferStatus::Ended(_),
        ) => "web-offer-over",
    };
    page.whole(title, &body).into_response()
}

fn question(app: &App, page: &Page<'_>, view: &LinkView) -> Result<String, Refusal> {
    let (mut body, phone) = asked(app, page, &view.offer)?;
    body.push_str(&form(page, ("", 0)));
    body.push_str(&desk(page, &phone));
    Ok(body)
}

/// What is asked, and the phone of the desk.
pub(super) fn asked(app: &App, page: &Page<'_>, offer: &DriverOffer) -> Result<(String, String), Refusal> {
    let facts = app.read(|app, store| messages::offer_facts(app, store, offer))?;
    let words = page.words();
    let mut body = page.paragraph("web-offer-who", &[("other", facts.other.clone().into())]);
    body.push_str("<ul>");
    for leg in &facts.legs {
        let args = [
            ("when", words.instant(&leg.pickup.to_string()).into()),
            ("from", leg.from.clone().into()),
            ("to", leg.to.clone().into()),
        ];
        body.extend(["<li>", &escaped(&page.text("letter-drive", &args)), "</li>"]);
    }
    body.push_str("</ul>");
    if let Some(by) = facts.answer_by {
        body.push_str(&page.paragraph("web-offer-by", &[("by", words.instant(&by.to_string()).into())]));
    }
    Ok((body, facts.desk_phone))
}

/// The two answers, sent to an address; empty for that of the page. The number tells several questions of a page apart.
pub(super) fn form(page: &Page<'_>, (action, number): (&str, usize)) -> String {
    let text = |key: &str| escaped(&page.text(key, &[]));
    let option = |reason: &DriverRefusal| {
        format!(
            "<option value=\"{}\">{}</option>",
            reason.code(),
            escaped(&page.words().code("driver-refusal", reason.code()))
        )
    };
    let reasons: String = REASONS.iter().map(option).collect();
    let action = if action.is_empty() { String::new() } else { format!(" action=\"{}\"", escaped(action)) };
    let id = if number == 0 { "reason".to_owned() } else { format!("reason-{number}") };
    format!(
        "<form method=\"post\"{action}><button class=\"yes\" name=\"answer\" value=\"yes\">{}</button></form>\
         <form method=\"post\"{action}><fieldset><label for=\"{id}\">{}</label> <select id=\"{id}\" name=\"reason\">{reasons}\
         </select></fieldset><button name=\"answer\" value=\"no\">{}</button></form>",
        text("web-offer-yes"),
        text("web-offer-why"),
        text("web-offer-no"),
    )
}

/// What holds, for whoever answered already or comes late.
fn standing(app: &App, page: &Page<'_>, view: &LinkView) -> Result<String, Refusal> {
    let mut body = match view.offer.status() {
        OfferStatus::Accepted => page.paragraph("web-offer-thanks", &[]),
        OfferStatus::Refused(_) => page.paragraph("web-offer-refused-text", &[]),
        OfferStatus::Notified | OfferStatus::Reminded(_) | OfferStatus::TimedOut | OfferStatus::Ended(_) => {
            page.paragraph("web-offer-over-text", &[])
        }
    };
    if view.barred {
        body = page.paragraph("web-offer-barred", &[]);
    }
    if view.offer.status() == OfferStatus::Accepted {
        let driver = Some(view.offer.terms.volunteer);
        for trip in &view.trips {
            let to_drive = matches!(trip.status(), TripStatus::Confirmed | TripStatus::PickedUp);
            if to_drive && trip.volunteer() == driver {
                let shown = app.read(|app, store| day_sheets::sheet_trip(app, store, trip))?;
                body.push_str(&drive(page, &shown));
            } else {
                body.push_str(&page.paragraph("web-offer-not-yours", &[]));
            }
        }
    }
    body.push_str(&desk(page, &app.profile.phone));
    Ok(body)
}

/// What a driver needs on the road.
pub(super) fn drive(page: &Page<'_>, trip: &SheetTrip) -> String {
    let words = page.words();
    let when = |at: jiff::Timestamp| words.instant(&at.to_string());
    let rows = [
        ("sheet-start", trip.start.map(when).unwrap_or_default()),
        ("sheet-pickup", format!("{} – {}", when(trip.pickup), trip.from)),
        ("sheet-arrival", format!("{} – {}", when(trip.arrival), trip.to)),
        ("sheet-passenger", trip.passenger.clone()),
        ("sheet-phone", trip.phone.clone()),
        (
            "sheet-needs",
            trip.needs.iter().map(|need| words.code("need", need.code())).collect::<Vec<_>>().join(", "),
        ),
        ("sheet-meeting", trip.meeting.map(|met| words.code("meeting", met.code())).unwrap_or_default()),
        ("sheet-notes", trip.notes.clone()),
    ];
    let row = |(key, text): &(&str, String)| {
        format!("<dt>{}</dt><dd>{}</dd>", escaped(&page.text(key, &[])), escaped(text))
    };
    let rows: String = rows.iter().filter(|(_, text)| !text.is_empty()).map(row).collect();
    format!("<dl>{rows}</dl>")
}

/// Whom to call.
pub(super) fn desk(page: &Page<'_>, phone: &str) -> String {
    if phone.is_empty() {
        return String::new();
    }
    page.paragraph("web-desk", &[("phone", phone.to_owned().into())])
}
