//! Events of the journal to messages.

use maillage_proto::node::v1 as proto;
use maillage_store::events::{Actor, Event, Subject};

use super::people::field_change;

/// Something that happened.
pub fn change(event: Event) -> proto::Change {
    let Event { sequence, at, kind, subjects, actor, changes } = event;
    let (actor_kind, actor) = match actor {
        Actor::Platform => ("platform", String::new()),
        Actor::Operator(label) => ("operator", label),
        Actor::Neighbour(node) => ("neighbour", node.to_string()),
    };
    proto::Change {
        sequence,
        at: at.to_string(),
        kind,
        subjects: subjects.into_iter().map(subject).collect(),
        actor_kind: actor_kind.to_owned(),
        actor,
        changes: changes.iter().map(field_change).collect(),
    }
}

fn subject(subject: Subject) -> proto::Subject {
    proto::Subject { kind: subject.kind().to_owned(), id: subject.id() }
}
