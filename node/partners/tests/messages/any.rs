//! Any message there can be. Invented.

use maillage_federation::{
    handover::{Bid, GiveBackReason, LegOutcome, LegResult, Offer, OfferedLeg, ProgressStep},
    ids::{HandoverKind, Id},
    limits,
    needs::{Need, Needs},
};
use maillage_geography::{InseeCode, Siren};
use maillage_partners::{
    About, Award, CallOff, ExactLeg, FromPartner, Offered, OwnWords, Passenger, Shown, ToPartner,
};
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::select,
};

/// The handovers of these messages.
pub(crate) fn shown(about: About) -> Shown {
    [(about.handover, about.legs)].into_iter().collect()
}

pub(crate) fn about() -> impl Strategy<Value = About> {
    (0u64..4_000_000_000_000, any::<[u8; 10]>(), 1..=limits::ROUNDS, 1usize..=2).prop_map(
        |(ms, random, round, legs)| About { handover: Id::<HandoverKind>::new(ms, random), round, legs },
    )
}

/// Whole seconds of two hundred years.
pub(crate) fn instant() -> impl Strategy<Value = i64> {
    (946_684_800i64..7_258_118_400).prop_map(|seconds| seconds * 1000)
}

/// A window on the quarter hour, within a day of the clocks going back often enough.
fn window() -> impl Strategy<Value = (i64, i64)> {
    let start = prop_oneof![
        1_100_000i64..5_000_000,
        // The night of 25 October 2026.
        Just(1_792_886_400i64 / 900).prop_flat_map(|quarter| quarter..quarter + 20),
    ];
    (start, 1i64..96).prop_map(|(quarter, more)| (quarter * 900_000, (quarter + more) * 900_000))
}

fn commune() -> impl Strategy<Value = InseeCode> {
    select(vec!["81003", "81004", "81222", "2A004", "97411", "99999"])
        .prop_map(|code| InseeCode::parse(code).unwrap_or_else(|_| InseeCode::parse("81004").unwrap()))
}

fn needs() -> impl Strategy<Value = Needs> {
    btree_set(select(Need::ALL.to_vec()), 0..=Need::ALL.len()).prop_map(|needs| needs.into_iter().collect())
}

/// A text as people type it: separators, quotes and what spreadsheets take for formulas included.
pub(crate) fn text(least: usize) -> impl Strategy<Value = String> {
    let plain = "[a-zA-Z0-9éèàçœ;,\"'=+@ _.:/\u{2019}\n-]{1,60}";
    plain
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("long enough", move |text| text.chars().count() >= least)
}

fn offer(about: About) -> impl Strategy<Value = ToPartner> {
    let leg =
        (commune(), commune(), window(), 0u32..300).prop_map(|(pickup, dropoff, window, band)| OfferedLeg {
            pickup,
            dropoff,
            window_start_ms: window.0,
            window_end_ms: window.1,
            distance_band_m: band * 5_000,
        });
    let accept_within = limits::ACCEPT_WITHIN_MIN_S..=limits::ACCEPT_WITHIN_S;
    (vec(leg, about.legs), 1..=limits::SEATS, needs(), instant(), accept_within).prop_map(
        move |(legs, seats, needs, reply_by_ms, accept_within_s)| {
            let origin_territory = Siren::parse("200034031").unwrap();
            let offer = Offer {
                origin_territory,
                legs,
                seats,
                needs,
                reply_by_ms,
                accept_within_s,
                agreed_only: false,
                widening: None,
                goes_with: None,
            };
            ToPartner::Offer(Offered { about, offer })
        },
    )
}

fn award(about: About) -> impl Strategy<Value = ToPartner> {
    let leg = (commune(), text(0), commune(), text(0), instant(), instant()).prop_map(
        |(pickup, from, dropoff, to, earliest_pickup_ms, latest_arrival_ms)| ExactLeg {
            pickup,
            pickup_address: street(from),
            dropoff,
            dropoff_address: street(to),
            earliest_pickup_ms,
            latest_arrival_ms,
        },
    );
    let phone = select(vec!["", "05 63 00 00 00", "+33563000000", "0262 00 00 00"]).prop_map(str::to_owned);
    let passenger = (text(1), phone.clone(), needs(), 0..=limits::SEATS, text(0)).prop_map(
        |(name, phone, needs, companions, driver_notes)| Passenger {
            name,
            phone,
            needs,
            companions,
            driver_notes,
        },
    );
    (vec(leg, about.legs), passenger, instant(), 1..=limits::SEATS, phone).prop_map(
        move |(legs, passenger, accept_by_ms, seats, desk_phone)| {
            ToPartner::Award(Box::new(Award { about, accept_by_ms, seats, passenger, legs, desk_phone }))
        },
    )
}

/// A street; the dash stands for one that is not told.
fn street(text: String) -> String {
    if text == "-" { String::new() } else { text }
}

pub(crate) fn sent() -> impl Strategy<Value = ToPartner> {
    about().prop_flat_map(|about| {
        let reason = select(vec![
            CallOff::Mistake,
            CallOff::Time,
            CallOff::NotNeeded,
            CallOff::Unable,
            CallOff::Other,
        ]);
        prop_oneof![
            offer(about),
            award(about),
            Just(ToPartner::Lapsed(about)),
            Just(ToPartner::Closed(about)),
            Just(ToPartner::Withdrawn(about)),
            (reason, instant()).prop_map(move |(reason, at_ms)| ToPartner::Cancelled {
                about,
                reason,
                at_ms
            }),
            any::<bool>().prop_map(move |disputed| ToPartner::AccountSeen { about, disputed }),
            text(1).prop_map(move |text| ToPartner::Text { about, text: OwnWords(text) }),
        ]
    })
}

fn reason() -> impl Strategy<Value = GiveBackReason> {
    select(vec![
        GiveBackReason::NoDriver,
        GiveBackReason::Needs,
        GiveBackReason::Vehicle,
        GiveBackReason::Details,
        GiveBackReason::Coordinator,
    ])
}

pub(crate) fn answer() -> impl Strategy<Value = FromPartner> {
    about().prop_flat_map(|about| {
        let result = select(vec![LegResult::Completed, LegResult::NoShow, LegResult::NotDone]);
        let leg = (result, 0..=limits::DISTANCE_M, 0..=limits::DISTANCE_M).prop_map(
            |(result, loaded_m, empty_m)| LegOutcome { result, loaded_m, empty_m, contribution_cents: 0 },
        );
        let step = select(vec![ProgressStep::DriverFound, ProgressStep::DriverLost, ProgressStep::PickedUp]);
        let bid = (any::<bool>(), vec(instant(), about.legs), 0..=limits::DISTANCE_M)
            .prop_map(|(firm, pickup_ms, extra_m)| Bid { firm, pickup_ms, extra_m, agreement: None });
        prop_oneof![
            (bid, option::of(0u32..1_000_000)).prop_map(move |(bid, fare_cents)| FromPartner::Bid {
                about,
                bid,
                fare_cents
            }),
            option::of(reason()).prop_map(move |reason| FromPartner::Decline { about, reason }),
            Just(FromPartner::Accept(about)),
            reason().prop_map(move |reason| FromPartner::GiveBack { about, reason }),
            (0..about.legs, step, option::of(instant()))
                .prop_map(move |(leg, step, at_ms)| FromPartner::Progress { about, leg, step, at_ms }),
            vec(leg, about.legs).prop_map(move |legs| FromPartner::Outcome { about, legs }),
            Just(FromPartner::CallOffSeen(about)),
            text(1).prop_map(move |text| FromPartner::Text { about, text: OwnWords(text) }),
        ]
    })
}
