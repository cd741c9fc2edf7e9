//! `handover`: trips that change hands. Must never guess who owns a trip: what is uncertain is said to be.

use maillage_proto::node::v1::{self as proto, handovers_client::HandoversClient};

use super::{
    arguments::handovers::{Change, ChangeAnswered, ChangeAsked, GiveBack, Handover, HandoverOffer},
    commune::typed_place,
    exchange,
    failure::CommandError,
    fleet::euros,
    people::show_next,
    policy::decided,
    session::Session,
    trips,
    words::{Words, commune},
};

/// Runs a command about handovers.
pub(super) async fn handover(session: &mut Session<'_>, command: Handover) -> Result<(), CommandError> {
    let mut handovers = session.client(HandoversClient::with_interceptor).await?;
    let reply = match command {
        Handover::Offer(offer) if offer.partners || !offer.partner.is_empty() => {
            let handover = exchange::offer(session, offer).await?;
            return show(session, &handover);
        }
        Handover::Offer(offer) => handovers.offer_out(offered(offer)).await?,
        Handover::List { open, page } => {
            let request = proto::ListHandoversRequest { limit: page.limit, open, after: page.after };
            let reply = handovers.list_handovers(request).await?.into_inner();
            return show_rows(session, &reply);
        }
        Handover::Show { id } => handovers.show_handover(proto::ShowHandoverRequest { id }).await?,
        Handover::Bid { id, volunteer } => {
            handovers.place_bid(proto::PlaceBidRequest { id, volunteer }).await?
        }
        Handover::Award { id, node } => handovers.award_to(proto::AwardToRequest { id, node }).await?,
        Handover::Decline { id } => handovers.decline_offer(proto::HandoverRequest { id }).await?,
        Handover::Withdraw { id } => handovers.withdraw_offer(proto::HandoverRequest { id }).await?,
        Handover::Cancel { id } => handovers.cancel_handover(proto::HandoverRequest { id }).await?,
        Handover::Accept { id, volunteer } => {
            handovers.accept_award(proto::AcceptAwardRequest { id, volunteer }).await?
        }
        Handover::Refuse(given) => handovers.refuse_award(given_back(given)).await?,
        Handover::Release(given) => handovers.release_trip(given_back(given)).await?,
        Handover::Message { id, text } => {
            let reply = handovers.send_message(proto::SendMessageRequest { id, text }).await?;
            return show_timeline(session, &reply.into_inner());
        }
        Handover::Change(Change::Ask(asked)) => {
            let reply = handovers.ask_change(change_asked(asked)?).await?;
            return show_timeline(session, &reply.into_inner());
        }
        Handover::Change(Change::Answer(ChangeAnswered { id, yes, no: _, without_driver })) => {
            let request = proto::AnswerChangeRequest { id, agreed: yes, without_driver };
            return show_timeline(session, &handovers.answer_change(request).await?.into_inner());
        }
        Handover::Countersign { id } => {
            let request = proto::JudgeOutcomeRequest { id, disputed: String::new(), text: String::new() };
            return show_timeline(session, &handovers.judge_outcome(request).await?.into_inner());
        }
        Handover::Dispute { id, reason, text } => {
            let request = proto::JudgeOutcomeRequest { id, disputed: reason, text };
            return show_timeline(session, &handovers.judge_outcome(request).await?.into_inner());
        }
        Handover::Attention { page } => {
            let request = proto::ListConcernsRequest { limit: page.limit, after: page.after };
            let reply = handovers.list_concerns(request).await?;
            return show_concerns(session, &reply.into_inner());
        }
        Handover::LookedAt { id } => {
            let reply = handovers.settle_lost(proto::HandoverRequest { id }).await?.into_inner();
            if !session.json(&reply)? {
                session.line("handover-looked-at", &[("left", reply.left.into())])?;
            }
            return Ok(());
        }
        Handover::Timeline { id } => {
            let reply = handovers.show_timeline(proto::HandoverRequest { id }).await?;
            return show_timeline(session, &reply.into_inner());
        }
    };
    show(session, &reply.into_inner())
}

fn offered(offer: HandoverOffer) -> proto::OfferOutRequest {
    let HandoverOffer { trip, single, person_agrees, reply_within_min, agreed_only, at_once, either, .. } =
        offer;
    proto::OfferOutRequest { trip, single, reply_within_min, person_agrees, agreed_only, at_once, either }
}

/// What there is to look at, a line for each reason, with whom to call.
fn show_concerns(session: &mut Session<'_>, reply: &proto::ListConcernsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let mut rows = Vec::new();
    for found in &reply.handovers {
        let handover = found.handover.clone().unwrap_or_default();
        for concern in &found.concerns {
            rows.push(vec![
                words.code("concern", &concern.what),
                words.instant(&concern.since),
                words.instant(&concern.until),
                partner(&handover),
                handover.partner_phone.clone(),
                words.refusal_code(&handover.last_refusal),
                handover.id.clone(),
            ]);
        }
    }
    let headings = [
        "field-concern",
        "field-since",
        "field-until",
        "field-partner",
        "field-partner_phone",
        "field-last_refusal",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn change_asked(asked: ChangeAsked) -> Result<proto::AskChangeRequest, CommandError> {
    let place = |commune: Option<String>, address: String| {
        commune.map(|commune| typed_place(&commune, address)).transpose()
    };
    Ok(proto::AskChangeRequest {
        id: asked.id,
        trip: asked.trip,
        pickup: place(asked.from_commune, asked.from_address)?,
        dropoff: place(asked.to_commune, asked.to_address)?,
        arrive_by: asked.arrive_by,
        pickup_at: asked.pickup_at,
        note: asked.note,
    })
}

/// The lines of a handover; what the hub has not answered yet comes last and says so.
fn show_timeline(session: &mut Session<'_>, timeline: &proto::HandoverTimeline) -> Result<(), CommandError> {
    if session.json(timeline)? {
        return Ok(());
    }
    let words = session.words();
    let row = |moment: &proto::HandoverMoment, at: String| {
        let leg = if moment.leg == 0 { String::new() } else { moment.leg.to_string() };
        vec![at, moment.territory.clone(), words.code("moment", &moment.what), leg, what_of(words, moment)]
    };
    let decided = timeline.moments.iter().map(|moment| row(moment, words.instant(&moment.at)));
    let since = |moment: &proto::HandoverMoment| {
        words.text("moment-waiting", &[("since", words.instant(&moment.at).into())])
    };
    let waiting = timeline.waiting.iter().map(|moment| row(moment, since(moment)));
    let rows: Vec<Vec<String>> = decided.chain(waiting).collect();
    let headings = ["field-when", "field-partner", "field-moment", "field-leg", "field-moment_words"];
    Ok(session.columns(&headings, &rows)?)
}

/// What there is to say of a moment besides its name.
pub(crate) fn what_of(words: Words<'_>, moment: &proto::HandoverMoment) -> String {
    let result = |leg: &proto::LegResultView| {
        let metres = words.kilometres(leg.loaded_m.saturating_add(leg.empty_m));
        format!("{} ({metres})", words.code("outcome", &leg.result))
    };
    let leg = |leg: &proto::ChangedLegView| {
        let span = words.span(&leg.earliest_pickup, &leg.latest_arrival);
        format!("{span}, {} → {}", commune(&leg.pickup_commune), commune(&leg.dropoff_commune))
    };
    let mut said = vec![words.instant(&moment.pickup_at), words.code("dispute", &moment.reason)];
    said.extend([moment.carrier.clone(), words.code("legal-frame", &moment.frame)]);
    said.extend([words.code("verdict", &moment.verdict), circle(words, moment.circle)]);
    said.extend(moment.results.iter().map(result));
    said.extend(moment.legs.iter().map(leg));
    said.push(moment.text.clone());
    said.retain(|text| !text.is_empty());
    said.join(" · ")
}

/// Says since when it is uncertain who owns the trips of a handover, and whom to call; nothing when it is certain.
pub(super) fn warn_uncertain(
    session: &mut Session<'_>,
    handover: &proto::Handover,
) -> Result<(), CommandError> {
    if handover.uncertain_since.is_empty() {
        return Ok(());
    }
    let since = session.words().instant(&handover.uncertain_since);
    let key = if handover.partner_phone.is_empty() { "uncertain-no-phone" } else { "uncertain" };
    Ok(session.line(
        key,
        &[
            ("since", since.into()),
            ("territory", partner(handover).into()),
            ("phone", handover.partner_phone.clone().into()),
        ],
    )?)
}

fn given_back(given: GiveBack) -> proto::GiveBackRequest {
    proto::GiveBackRequest { id: given.id, reason: given.reason }
}

/// The other territory, or the other node while its name is not known.
fn partner(handover: &proto::Handover) -> String {
    let named = !handover.partner_territory.is_empty();
    if named { handover.partner_territory.clone() } else { handover.partner.clone() }
}

fn show(session: &mut Session<'_>, handover: &proto::Handover) -> Result<(), CommandError> {
    if session.json(handover)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[
        ("field-direction", words.code("direction", &handover.direction)),
        ("field-state", words.code("handover-state", &handover.state)),
        ("field-round", handover.round.to_string()),
        ("field-partner", partner(handover)),
        ("field-partner_phone", handover.partner_phone.clone()),
        ("field-reply_by", words.instant(&handover.reply_by)),
        ("field-accept_by", words.instant(&handover.accept_by)),
        ("field-agreed_only", if handover.agreed_only { words.yes(true) } else { String::new() }),
        ("field-circle", circle(words, handover.circle)),
        ("field-next_circle_at", words.instant(&handover.next_circle_at)),
        ("field-goes_with", handover.goes_with.clone()),
        ("field-offered_by", decided(words, handover.offered_by.as_ref())),
        ("field-own_bid", decided(words, handover.bidding.as_ref())),
        ("field-last_refusal", words.refusal_code(&handover.last_refusal)),
        ("field-trips", handover.trips.join(", ")),
        ("field-id", handover.id.clone()),
    ])?;
    show_legs(session, &handover.legs)?;
    show_bids(session, &handover.bids)?;
    if let Some(suggestion) = &handover.suggestion {
        trips::show_suggestion(session, suggestion)?;
    }
    warn_uncertain(session, handover)
}

/// How far an offer has been shown, in words; nothing where it was shown to everybody at once.
fn circle(words: Words<'_>, number: u32) -> String {
    if number == 0 { String::new() } else { words.code("circle", &number.to_string()) }
}

fn show_legs(session: &mut Session<'_>, legs: &[proto::OfferedLegView]) -> Result<(), CommandError> {
    if legs.is_empty() {
        return Ok(());
    }
    let words = session.words();
    session.line("heading-legs", &[])?;
    let row = |leg: &proto::OfferedLegView| {
        vec![
            commune(&leg.pickup_commune),
            commune(&leg.dropoff_commune),
            words.span(&leg.window_start, &leg.window_end),
            words.text("about", &[("distance", words.kilometres(leg.distance_band_m).into())]),
        ]
    };
    let rows: Vec<Vec<String>> = legs.iter().map(row).collect();
    Ok(session.columns(&["field-pickup", "field-dropoff", "field-when", "field-distance"], &rows)?)
}

fn show_bids(session: &mut Session<'_>, bids: &[proto::HandoverBid]) -> Result<(), CommandError> {
    if bids.is_empty() {
        return Ok(());
    }
    let words = session.words();
    session.line("heading-bids", &[])?;
    let row = |bid: &proto::HandoverBid| {
        vec![
            bid.territory.clone(),
            words.text(if bid.firm { "bid-firm" } else { "bid-to-confirm" }, &[]),
            words.kilometres(bid.extra_m),
            words.instants(&bid.pickup_at),
            if bid.agreement == 0 { String::new() } else { bid.agreement.to_string() },
            bid.fare_cents.map(|cents| euros(words, cents.into())).unwrap_or_default(),
            bid.node.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = bids.iter().map(row).collect();
    let headings = [
        "field-partner",
        "field-bid",
        "field-extra",
        "field-pickup_at",
        "field-agreement_version",
        "field-fare",
        "field-node_id",
    ];
    session.columns(&headings, &rows)?;
    for bid in bids.iter().filter(|bid| bid.awarding.is_some()) {
        let decided = decided(words, bid.awarding.as_ref());
        session
            .line("bid-decided", &[("partner", bid.territory.clone().into()), ("decided", decided.into())])?;
    }
    Ok(())
}

fn show_rows(session: &mut Session<'_>, reply: &proto::ListHandoversReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |handover: &proto::Handover| {
        let leg = handover.legs.first();
        vec![
            words.code("direction", &handover.direction),
            words.code("handover-state", &handover.state),
            partner(handover),
            leg.map_or_else(String::new, |leg| words.span(&leg.window_start, &leg.window_end)),
            leg.map_or_else(String::new, |leg| commune(&leg.pickup_commune)),
            leg.map_or_else(String::new, |leg| commune(&leg.dropoff_commune)),
            handover.bids.len().to_string(),
            handover.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.handovers.iter().map(row).collect();
    let headings = [
        "field-direction",
        "field-state",
        "field-partner",
        "field-when",
        "field-pickup",
        "field-dropoff",
        "field-bids",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    reply.handovers.iter().try_for_each(|handover| warn_uncertain(session, handover))?;
    show_next(session, &reply.next_after)
}
