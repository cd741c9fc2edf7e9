//! What is only given out: made by decisions of somebody who looks at it, by two nodes, or by the node itself. Must never give
//! out a token, or who a neighbour's person is.

use maillage_domain::{
    account::{Account, Scope, Standing},
    handover::{Incoming, Outgoing},
    pathway::{Referral, ReferralState},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_store::{access_log, accounts, events::Actor, handovers, referrals};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// A table that is only given out.
macro_rules! given_out {
    ($(#[$documentation:meta])* $table:ident, $code:literal, $operation:ident, $columns:ident, $export:ident) => {
        $(#[$documentation])*
        pub(super) struct $table;

        impl Table for $table {
            fn code(&self) -> &'static str {
                $code
            }

            fn columns(&self) -> &'static [Column] {
                $columns
            }

            fn importing(&self) -> Option<Operation> {
                None
            }

            fn exporting(&self) -> Operation {
                Operation::$operation
            }

            fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
                Err(row.bad("", refusals::invalid("table-not-importable")).into())
            }

            fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
                $export(desk)
            }
        }
    };
}

given_out!(
    /// One row is one referral.
    Referrals, "referrals", ReferralDecline, REFERRALS, referred
);
given_out!(
    /// One row is one account, without its token.
    Accounts, "accounts", AccountList, ACCOUNTS, opened
);
given_out!(
    /// One row is one handover, offered by this node or to it.
    Handovers, "handovers", HandoverShow, HANDOVERS, handed
);
given_out!(
    /// One row is one access to somebody's data.
    Accesses, "accesses", AccessList, ACCESSES, seen
);

const REFERRALS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("prescriber", "P-001"),
    Column::optional("case", "dossier 12"),
    Column::optional("name", "Exemple Inventé"),
    Column::optional("phone", "05 63 00 00 01"),
    Column::optional("commune", "81003"),
    Column::optional("state", "received"),
    Column::optional("decided_on", ""),
    Column::optional("reason", ""),
    Column::optional("person", ""),
    Column::optional("received_at", "2026-10-01T07:00:00Z"),
];
const ACCOUNTS: &[Column] = &[
    Column::optional("label", "guichet"),
    Column::optional("roles", "coordinator"),
    Column::optional("volunteer", ""),
    Column::optional("prescriber", ""),
    Column::optional("standing", "active"),
    Column::optional("created_at", "2026-10-01T07:00:00Z"),
    Column::optional("expires_at", "2027-10-01T07:00:00Z"),
    Column::optional("revoked_at", ""),
];
const HANDOVERS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("direction", "outgoing"),
    Column::optional("state", "closed"),
    Column::optional("partner", ""),
    Column::optional("trips", ""),
    Column::optional("legs", "1"),
    Column::optional("bids", "2"),
    Column::optional("offered_at", "2026-10-01T07:00:00Z"),
];
const ACCESSES: &[Column] = &[
    Column::optional("at", "2026-10-05T07:10:00Z"),
    Column::optional("subject", "person:…"),
    Column::optional("actor", "operator"),
    Column::optional("account", "exemple"),
    Column::optional("purpose", "person.show"),
];

fn referred(desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
    let found = referrals::list(desk.view, desk.after(), PAGE)?;
    let id = |referral: &Referral| referral.id;
    Exported::page(&found, PAGE, id, |referral| {
        if !desk.wants_at(referral.created) {
            return Ok(Vec::new());
        }
        let (on, reason, person) = match &referral.state {
            ReferralState::Received => (None, "", None),
            ReferralState::Accepted { person, on, .. } => (Some(*on), "", Some(*person)),
            ReferralState::Declined { reason, on } => (Some(*on), reason.code(), None),
            ReferralState::Withdrawn { on } => (Some(*on), "", None),
        };
        let contact = referral.contact.as_ref();
        let [name, phone, commune] = contact.map_or_else(Default::default, |contact| {
            [contact.name.as_str(), contact.phone.as_str(), contact.commune.as_str()].map(str::to_owned)
        });
        Ok(vec![vec![
            referral.id.to_string(),
            desk.name_if_any("prescribers", referral.prescriber)?,
            referral.reference.as_str().to_owned(),
            name,
            phone,
            commune,
            referral.state.code().to_owned(),
            super::number(on),
            reason.to_owned(),
            desk.name_if_any("persons", person)?,
            referral.created.to_string(),
        ]])
    })
}

fn opened(desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
    let found = accounts::list(desk.view, desk.after(), PAGE)?;
    let id = |account: &Account| account.id;
    Exported::page(&found, PAGE, id, |account| {
        let (volunteer, prescriber) = match account.rights.scope() {
            Scope::Everything => (None, None),
            Scope::Volunteer(volunteer) => (Some(volunteer), None),
            Scope::Prescriber(prescriber) => (None, Some(prescriber)),
        };
        let standing = match account.standing(desk.app.now()) {
            Standing::Active => "active",
            Standing::Expired => "expired",
            Standing::Revoked => "revoked",
        };
        let roles: Vec<&str> = account.rights.roles().iter().map(|role| role.code()).collect();
        Ok(vec![vec![
            account.label.as_str().to_owned(),
            roles.join(","),
            desk.name_if_any("volunteers", volunteer)?,
            desk.name_if_any("prescribers", prescriber)?,
            standing.to_owned(),
            account.created.to_string(),
            account.expires.to_string(),
            super::number(account.revoked),
        ]])
    })
}

fn handed(desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
    let trips = |trips: &[Id<_>]| trips.iter().map(Id::to_string).collect::<Vec<_>>().join(" ");
    let me = desk.app.link.membership().map(|membership| membership.me);
    let outgoing = |handover: &Outgoing| {
        vec![
            handover.handover.to_string(),
            "outgoing".to_owned(),
            handover.code().to_owned(),
            super::number(handover.award.map(|(node, _)| node)),
            trips(&handover.trips),
            handover.offer.legs.len().to_string(),
            handover.bids.len().to_string(),
            handover.offered_at.to_string(),
        ]
    };
    let incoming = |handover: &Incoming| {
        vec![
            handover.handover.to_string(),
            "incoming".to_owned(),
            me.map_or("closed", |me| handover.code(me)).to_owned(),
            handover.origin.to_string(),
            trips(&handover.trips),
            handover.offer.legs.len().to_string(),
            usize::from(handover.bid.is_some()).to_string(),
            handover.offered_at.to_string(),
        ]
    };
    let mut rows = Vec::new();
    for handover in handovers::list_outgoing(desk.view, None, usize::MAX)? {
        rows.extend(desk.wants_at(handover.offered_at).then(|| outgoing(&handover)));
    }
    for handover in handovers::list_incoming(desk.view, None, usize::MAX)? {
        rows.extend(desk.wants_at(handover.offered_at).then(|| incoming(&handover)));
    }
    Ok(Exported { rows, next: None })
}

fn seen(desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
    let (found, next) = access_log::all(desk.view, desk.page.cursor.as_deref(), PAGE)?;
    let wanted = found.iter().filter(|access| desk.wants_at(access.at));
    let rows = wanted.map(|access| {
        let (actor, account) = match &access.actor {
            Actor::Platform => ("platform", String::new()),
            Actor::Operator(label) => ("operator", label.clone()),
            Actor::Neighbour(node) => ("neighbour", node.to_string()),
        };
        vec![
            access.at.to_string(),
            format!("{}:{}", access.subject.kind(), access.subject.id()),
            actor.to_owned(),
            account,
            access.purpose.clone().into_owned(),
        ]
    });
    Ok(Exported { rows: rows.collect(), next })
}
