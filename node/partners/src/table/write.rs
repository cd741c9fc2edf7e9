//! Messages as lines. What a partner is sent leaves the columns of the answer blank.

use maillage_federation::needs::Needs;

use super::{
    columns::Column,
    commune, rows,
    words::{ANSWERS, Answer, CALL_OFF, GIVE_BACK, NEEDS, RESULTS, SENT, STEPS, Sent, YES_NO, word},
};
use crate::{
    amounts::{euros, km},
    gather::{self, Part},
    messages::{About, Award, FromPartner, Offered, OwnWords, ToPartner},
    times::civil,
};

type Cells = Vec<(Column, String)>;

/// What is sent to a partner, as a table to be answered in.
pub fn write_sent(messages: &[ToPartner]) -> Vec<u8> {
    rows::write(messages.iter().flat_map(sent))
}

/// What a partner says, as a table; `number` is the partner's own number of each line, or blank.
pub fn write_answers<'a>(said: impl IntoIterator<Item = (&'a FromPartner, &'a str)>) -> Vec<u8> {
    rows::write(said.into_iter().flat_map(|(message, number)| answer(message, number)))
}

fn sent(message: &ToPartner) -> Vec<Cells> {
    match message {
        ToPartner::Offer(offered) => offer(offered),
        ToPartner::Award(told) => award(told),
        ToPartner::Lapsed(about) => vec![head(*about, None, Sent::Lapsed)],
        ToPartner::Closed(about) => vec![head(*about, None, Sent::Closed)],
        ToPartner::Withdrawn(about) => vec![head(*about, None, Sent::Withdrawn)],
        ToPartner::Cancelled { about, reason, at_ms } => {
            let mut cells = head(*about, None, Sent::Cancelled);
            cells.push((Column::Reason, word(CALL_OFF, *reason).to_owned()));
            cells.push((Column::At, civil(*at_ms)));
            vec![cells]
        }
        ToPartner::AccountSeen { about, disputed } => {
            let mut cells = head(*about, None, Sent::AccountSeen);
            cells.push((Column::Disputed, word(YES_NO, *disputed).to_owned()));
            vec![cells]
        }
        ToPartner::Text { about, text: OwnWords(text) } => {
            let mut cells = head(*about, None, Sent::Text);
            cells.push((Column::Text, text.clone()));
            vec![cells]
        }
    }
}

fn head(about: About, leg: Option<usize>, sent: Sent) -> Cells {
    let mut cells = vec![(Column::Message, word(SENT, sent).to_owned())];
    cells.extend(names(about, leg));
    cells.push((Column::Legs, about.legs.to_string()));
    cells
}

fn names(about: About, leg: Option<usize>) -> Cells {
    let mut cells =
        vec![(Column::Handover, about.handover.to_string()), (Column::Round, about.round.to_string())];
    cells.extend(leg.map(|leg| (Column::Leg, (leg + 1).to_string())));
    cells
}

fn offer(offered: &Offered) -> Vec<Cells> {
    let Offered { about, offer } = offered;
    let leg = |(index, leg): (usize, &maillage_federation::handover::OfferedLeg)| {
        let mut cells = head(*about, Some(index), Sent::Offer);
        cells.extend([
            (Column::Territory, offer.origin_territory.to_string()),
            (Column::PickupInsee, leg.pickup.to_string()),
            (Column::PickupCommune, commune(leg.pickup)),
            (Column::DropoffInsee, leg.dropoff.to_string()),
            (Column::DropoffCommune, commune(leg.dropoff)),
            (Column::Earliest, civil(leg.window_start_ms)),
            (Column::Latest, civil(leg.window_end_ms)),
            (Column::Distance, km(leg.distance_band_m)),
            (Column::Seats, offer.seats.to_string()),
            (Column::Needs, needs(&offer.needs)),
            (Column::ReplyBy, civil(offer.reply_by_ms)),
            (Column::AcceptWithin, offer.accept_within_s.to_string()),
        ]);
        cells
    };
    offer.legs.iter().enumerate().map(leg).collect()
}

fn award(award: &Award) -> Vec<Cells> {
    let passenger = &award.passenger;
    let leg = |(index, leg): (usize, &crate::messages::ExactLeg)| {
        let mut cells = head(award.about, Some(index), Sent::Award);
        cells.extend([
            (Column::PickupInsee, leg.pickup.to_string()),
            (Column::PickupCommune, commune(leg.pickup)),
            (Column::DropoffInsee, leg.dropoff.to_string()),
            (Column::DropoffCommune, commune(leg.dropoff)),
            (Column::Earliest, civil(leg.earliest_pickup_ms)),
            (Column::Latest, civil(leg.latest_arrival_ms)),
            (Column::Seats, award.seats.to_string()),
            (Column::Needs, needs(&passenger.needs)),
            (Column::AcceptBy, civil(award.accept_by_ms)),
            (Column::Name, passenger.name.clone()),
            (Column::Phone, passenger.phone.clone()),
            (Column::PickupAddress, leg.pickup_address.clone()),
            (Column::DropoffAddress, leg.dropoff_address.clone()),
            (Column::Companions, passenger.companions.to_string()),
            (Column::DriverNotes, passenger.driver_notes.clone()),
            (Column::DeskPhone, award.desk_phone.clone()),
        ]);
        cells
    };
    award.legs.iter().enumerate().map(leg).collect()
}

fn needs(needs: &Needs) -> String {
    needs.iter().map(|need| word(NEEDS, need)).collect::<Vec<_>>().join(", ")
}

fn answer(message: &FromPartner, number: &str) -> Vec<Cells> {
    let about = message.about();
    let row = |(leg, part): (Option<usize>, Part)| {
        let mut cells = names(about, leg);
        cells.push((Column::Number, number.to_owned()));
        cells.extend(part_cells(part));
        cells
    };
    gather::parts(message).into_iter().map(row).collect()
}

fn part_cells(part: Part) -> Cells {
    let answer = |answer| (Column::Answer, word(ANSWERS, answer).to_owned());
    match part {
        Part::Bid { firm, pickup_ms, extra_m, fare_cents } => vec![
            answer(Answer::Bid),
            (Column::Firm, word(YES_NO, firm).to_owned()),
            (Column::Time, civil(pickup_ms)),
            (Column::EmptyKm, km(extra_m)),
            (Column::Fare, fare_cents.map(euros).unwrap_or_default()),
        ],
        Part::Decline(reason) => {
            let reason = reason.map(|reason| word(GIVE_BACK, reason).to_owned()).unwrap_or_default();
            vec![answer(Answer::Decline), (Column::AnswerReason, reason)]
        }
        Part::Accept => vec![answer(Answer::Accept)],
        Part::GiveBack(reason) => {
            vec![answer(Answer::GiveBack), (Column::AnswerReason, word(GIVE_BACK, reason).to_owned())]
        }
        Part::Progress { step, at_ms } => vec![
            answer(Answer::Progress),
            (Column::Step, word(STEPS, step).to_owned()),
            (Column::Time, at_ms.map(civil).unwrap_or_default()),
        ],
        Part::Outcome(leg) => vec![
            answer(Answer::Outcome),
            (Column::Result, word(RESULTS, leg.result).to_owned()),
            (Column::LoadedKm, km(leg.loaded_m)),
            (Column::EmptyKm, km(leg.empty_m)),
        ],
        Part::CallOffSeen => vec![answer(Answer::CallOffSeen)],
        Part::Text(OwnWords(text)) => vec![answer(Answer::Text), (Column::AnswerText, text)],
    }
}
