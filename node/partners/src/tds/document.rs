//! A file of telegrams: which ones it holds, in order, and who may send each.

use serde_json::Value;

use super::walk::kind;
use crate::{
    ENTRIES, FILE_BYTES,
    fault::{Fault, Faults, NotHere, Place, Why},
};

/// A kind of telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telegram {
    TripRequest,
    TripRequestResponse,
    ClientOrderConfirmation,
    CustomerInfo,
    ProviderOrderConfirmation,
    TripTask,
    TripTaskConfirmation,
    TripTaskCompletion,
    TripScheduledConfirmation,
    TripCancelRequest,
    TripCancelResponse,
    TripStatusChange,
}

/// Who sends a telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Provider,
    Either,
}

const TELEGRAMS: [(Telegram, &str, Sender); 12] = [
    (Telegram::TripRequest, "tripRequest", Sender::Client),
    (Telegram::TripRequestResponse, "tripRequestResponse", Sender::Provider),
    (Telegram::ClientOrderConfirmation, "clientOrderConfirmation", Sender::Client),
    (Telegram::CustomerInfo, "customerInfo", Sender::Client),
    (Telegram::ProviderOrderConfirmation, "providerOrderConfirmation", Sender::Provider),
    (Telegram::TripTask, "tripTask", Sender::Client),
    (Telegram::TripTaskConfirmation, "tripTaskConfirmation", Sender::Provider),
    (Telegram::TripTaskCompletion, "tripTaskCompletion", Sender::Provider),
    (Telegram::TripScheduledConfirmation, "tripScheduledConfirmation", Sender::Client),
    (Telegram::TripCancelRequest, "tripCancelRequest", Sender::Client),
    (Telegram::TripCancelResponse, "tripCancelResponse", Sender::Provider),
    (Telegram::TripStatusChange, "tripStatusChange", Sender::Either),
];

/// In the profile, but not between a node and its partner.
const ELSEWHERE: [(&str, NotHere); 3] = [
    ("customerReferral", NotHere::Referral),
    ("customerReferralResponse", NotHere::Referral),
    ("vehicleGeographicLocation", NotHere::Position),
];

impl Telegram {
    /// The member it is under.
    pub(super) fn name(self) -> &'static str {
        TELEGRAMS.iter().find(|(known, _, _)| *known == self).map_or("", |(_, name, _)| *name)
    }
}

/// The telegrams of a file that a sender may send, each with its path.
pub(super) fn telegrams(
    bytes: &[u8],
    by: Sender,
    mut each: impl FnMut(Telegram, &Value, String, &mut Faults),
) -> Result<Faults, Vec<Fault>> {
    let file = |why| vec![Fault::new(Place::File, why)];
    if bytes.len() > FILE_BYTES {
        return Err(file(Why::TooLarge { limit: FILE_BYTES }));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|error| file(Why::NotJson { line: error.line(), column: error.column() }))?;
    let mut faults = Faults::default();
    let listed = document.is_array();
    let entries = document.as_array().map_or(std::slice::from_ref(&document), Vec::as_slice);
    if entries.len() > ENTRIES {
        return Err(file(Why::TooMany { limit: ENTRIES }));
    }
    for (index, entry) in entries.iter().enumerate() {
        let path = if listed { format!("$[{index}]") } else { "$".to_owned() };
        let Some(members) = entry.as_object() else {
            let why = Why::Type { expected: "an object", found: kind(entry) };
            faults.add(Place::Member { path }, why);
            continue;
        };
        if members.is_empty() {
            faults.add(Place::Member { path: path.clone() }, Why::NoSuchTelegram { allowed: names(by) });
        }
        for (name, value) in members {
            match known(name, by) {
                Ok(telegram) => {
                    each(telegram, value, format!("{path}.{}", telegram.name()), &mut faults);
                }
                Err(why) => {
                    let name = crate::fault::repeated(name);
                    faults.add(Place::Member { path: format!("{path}.{name}") }, why);
                }
            }
        }
    }
    Ok(faults)
}

fn known(name: &str, by: Sender) -> Result<Telegram, Why> {
    if let Some((telegram, _, sender)) = TELEGRAMS.iter().find(|(_, known, _)| *known == name) {
        return match (sender, by) {
            (Sender::Client, Sender::Provider) => Err(Why::FromPlatform),
            (Sender::Provider, Sender::Client) => Err(Why::FromPartner),
            _ => Ok(*telegram),
        };
    }
    match ELSEWHERE.iter().find(|(known, _)| *known == name) {
        Some((_, what)) => Err(Why::NotHere(*what)),
        None => Err(Why::NoSuchTelegram { allowed: names(by) }),
    }
}

fn names(by: Sender) -> String {
    let may = |sender: Sender| sender == by || sender == Sender::Either || by == Sender::Either;
    let names = TELEGRAMS.iter().filter(|(_, _, sender)| may(*sender)).map(|(_, name, _)| *name);
    names.collect::<Vec<_>>().join(", ")
}
