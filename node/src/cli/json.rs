//! Replies of the node as JSON, with the field names of the contract in its order. Must never rename, add or leave out
//! a field: programs rely on them. Messages are destructured, so that a new field is a compile error here.

use std::collections::{BTreeMap, HashMap};

use maillage_proto::node::v1 as proto;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// A message, or a part of one, that serde can write.
pub(super) struct Json<'a, T: ?Sized>(pub(super) &'a T);

/// How each part of a message is written.
pub(super) trait Written {
    /// Writes it.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<T: Written + ?Sized> Serialize for Json<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Parts that serde knows already.
macro_rules! plain {
    ($($part:ty),*) => {$(
        impl Written for $part {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}

plain!(String, bool, u32, u64, i64);

impl<T: Written> Written for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Json))
    }
}

impl<T: Written> Written for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Json).serialize(serializer)
    }
}

impl Written for HashMap<String, String> {
    /// In the order of the keys, so that the same reply is the same text.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.iter().collect::<BTreeMap<_, _>>().serialize(serializer)
    }
}

/// Messages, field by field.
macro_rules! messages {
    ($($message:ident { $($field:ident),* $(,)? })*) => {$(
        impl Written for proto::$message {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self { $($field),* } = self;
                let count = [$(stringify!($field)),*].len();
                let mut written = serializer.serialize_struct(stringify!($message), count)?;
                $(written.serialize_field(stringify!($field), &Json($field))?;)*
                written.end()
            }
        }
    )*

    /// The messages written here with their fields in order, to be compared with the contract.
    #[cfg(test)]
    const MESSAGES: &[(&str, &[&str])] = &[$((stringify!($message), &[$(stringify!($field)),*])),*];
    };
}

messages! {
    Place { commune, address, commune_name }
    Person {
        id, name, phone, home, needs, sharing, statistics_objection, driver_notes, created_at,
    }
    ListPersonsReply { persons, next_after }
    Volunteer {
        id, name, phone, home, seats, wheelchair_places, accepts, availability, max_trip_m, standing_yes, absences,
    }
    ListVolunteersReply { volunteers, next_after }
    Trip {
        id, request, person, passenger, leg, sibling, pickup, dropoff, earliest_pickup, latest_arrival, distance_m,
        seats, needs, model, status, reason, volunteer, custody, handover, counted_in, history, phone, driver_notes,
    }
    TripEvent { at, kind, detail }
    AddRequestReply { request, trips }
    ListTripsReply { trips }
    TripsReply { trips }
    SuggestReply { candidates, refusals }
    Candidate { volunteer, name, extra_m, pickup_at, standing_yes, reasons }
    Refusal { volunteer, name, reason }
    Reason { code, figures }
    Handover {
        id, direction, state, round, partner, partner_territory, partner_phone, trips, reply_by, accept_by, bids,
        uncertain_since, legs, last_refusal, suggestion,
    }
    HandoverBid { node, territory, firm, extra_m, pickup_at }
    OfferedLegView { pickup_commune, dropoff_commune, window_start, window_end, distance_band_m }
    ListHandoversReply { handovers }
    ReportPreview { period, sections, budget_used, budget_limit, sigma }
    PreviewSection { model, cells, true_counts }
    Report { period, vocabulary, sections, hash, state, made_at, budget_used, refused_because }
    ReportSection { model, cells, noisy_counts }
    ListReportsReply { reports }
    NodeStatus {
        territory, territory_name, model, federation, node_id, link, link_since, link_reason, certificate_until, outbox,
        dead_letters, directory_version, durable_sequence, clock, clock_is_virtual, policy, version, inbox_cursor,
    }
    Policy { bidding, awarding, award_wait_min, reply_within_min, accept_within_min }
    ListJobsReply { jobs }
    Job { name, status, last_error, failures, detail }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use prost_types::{FieldDescriptorProto, FileDescriptorSet};

    use super::*;

    fn text<T: Written>(message: &T) -> String {
        serde_json::to_string(&Json(message)).unwrap()
    }

    #[test]
    fn every_message_has_the_fields_of_the_contract_in_its_order() {
        let contract = FileDescriptorSet::decode(maillage_proto::DESCRIPTORS).unwrap();
        let node = contract.file.iter().filter(|file| file.package() == "maillage.node.v1");
        let described: BTreeMap<&str, Vec<&str>> = node
            .flat_map(|file| &file.message_type)
            .map(|message| (message.name(), message.field.iter().map(FieldDescriptorProto::name).collect()))
            .collect();
        for (message, fields) in MESSAGES {
            assert_eq!(described.get(message).map(Vec::as_slice), Some(*fields), "{message}");
        }
    }

    #[test]
    fn a_message_is_an_object_of_its_fields() {
        let home = proto::Place { commune: "81003".to_owned(), ..proto::Place::default() };
        let person = proto::Person {
            id: "p".to_owned(),
            name: "Zoé".to_owned(),
            home: Some(home),
            needs: vec!["luggage".to_owned()],
            ..proto::Person::default()
        };
        assert_eq!(
            text(&person),
            "{\"id\":\"p\",\"name\":\"Zoé\",\"phone\":\"\",\
             \"home\":{\"commune\":\"81003\",\"address\":\"\",\"commune_name\":\"\"},\
             \"needs\":[\"luggage\"],\"sharing\":\"\",\"statistics_objection\":false,\
             \"driver_notes\":\"\",\"created_at\":\"\"}"
        );
    }

    #[test]
    fn absent_messages_are_null_negative_counts_stay_and_figures_are_ordered() {
        assert!(text(&proto::Trip::default()).contains("\"pickup\":null"));
        let section = proto::ReportSection { noisy_counts: vec![-12], ..proto::ReportSection::default() };
        assert_eq!(text(&section), "{\"model\":\"\",\"cells\":[],\"noisy_counts\":[-12]}");
        let figures = ["wanted_m", "limit_m", "a"].map(|name| (name.to_owned(), "1".to_owned()));
        let reason = proto::Reason { code: "too-far".to_owned(), figures: figures.into_iter().collect() };
        assert_eq!(
            text(&reason),
            "{\"code\":\"too-far\",\"figures\":{\"a\":\"1\",\"limit_m\":\"1\",\"wanted_m\":\"1\"}}"
        );
    }
}
