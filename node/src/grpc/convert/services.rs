//! Services and what is done to them, to messages and back.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    civil::parse_civil,
    money::Cents,
    service::{
        Case, Service, ServiceAction, ServiceReason, ServiceSubject, ServiceType,
        advice::{Advice, AdviceAction, Conclusion},
        financial_aid::{FinancialAid, FinancialAidAction},
        garage::{Garage, GarageAction},
        licence_aid::{LicenceAid, LicenceAidAction},
        outreach::{Outreach, OutreachAction},
    },
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, act_on_service_request::Action};

use crate::app::{fleet::day, refusals};

/// A service.
pub fn service(service: &Service) -> proto::Service {
    let (person, commune) = match service.subject {
        ServiceSubject::Person(person) => (person.to_string(), String::new()),
        ServiceSubject::Commune(commune) => (String::new(), commune.to_string()),
    };
    let written = proto::Service {
        id: service.id.to_string(),
        kind: service.case.kind().code().to_owned(),
        person,
        commune,
        state: service.case.state().to_owned(),
        notes: service.notes.as_str().to_owned(),
        etag: service.revision.to_string(),
        created_at: service.created.to_string(),
        ..proto::Service::default()
    };
    match &service.case {
        Case::Advice(form, state) => {
            advice(state, proto::Service { form: form.code().to_owned(), ..written })
        }
        Case::LicenceAid(category, state) => {
            licence_aid(*state, proto::Service { form: category.code().to_owned(), ..written })
        }
        Case::Garage(state) => garage(*state, written),
        Case::FinancialAid(state) => financial_aid(*state, written),
        Case::Outreach(state) => outreach(*state, written),
    }
}

fn advice(state: &Advice, written: proto::Service) -> proto::Service {
    match state {
        Advice::Planned { at } => proto::Service { at: at.to_string(), ..written },
        Advice::Held { on, conclusions } => proto::Service {
            on: on.to_string(),
            conclusions: conclusions.iter().map(|conclusion| conclusion.code().to_owned()).collect(),
            ..written
        },
        Advice::Missed { on } => proto::Service { on: on.to_string(), ..written },
        Advice::Cancelled { reason } => refused(*reason, written),
    }
}

fn licence_aid(state: LicenceAid, written: proto::Service) -> proto::Service {
    let written = match state.grant() {
        Some(grant) => proto::Service {
            amount_cents: grant.amount.get(),
            on: grant.on.to_string(),
            lesson_hours: grant.lesson_hours.into(),
            ..written
        },
        None => written,
    };
    match state {
        LicenceAid::Applied
        | LicenceAid::Granted(_)
        | LicenceAid::Lessons(_)
        | LicenceAid::TheoryPassed(_) => written,
        LicenceAid::Obtained { on, .. } => proto::Service { on: on.to_string(), ..written },
        LicenceAid::Refused { reason } | LicenceAid::Abandoned { reason, .. } => refused(reason, written),
    }
}

fn garage(state: Garage, written: proto::Service) -> proto::Service {
    match state {
        Garage::Requested => written,
        Garage::Estimated { estimate } => proto::Service { amount_cents: estimate.get(), ..written },
        Garage::Agreed { estimate, share } => {
            proto::Service { amount_cents: estimate.get(), share_cents: share.get(), ..written }
        }
        Garage::Repaired { amount, share, on } => proto::Service {
            amount_cents: amount.get(),
            share_cents: share.get(),
            on: on.to_string(),
            ..written
        },
        Garage::Refused { reason } => refused(reason, written),
    }
}

fn financial_aid(state: FinancialAid, written: proto::Service) -> proto::Service {
    match state {
        FinancialAid::Asked { asked: amount } | FinancialAid::Granted { amount } => {
            proto::Service { amount_cents: amount.get(), ..written }
        }
        FinancialAid::Refused { reason } => refused(reason, written),
        FinancialAid::Paid { amount, on } => {
            proto::Service { amount_cents: amount.get(), on: on.to_string(), ..written }
        }
    }
}

fn outreach(state: Outreach, written: proto::Service) -> proto::Service {
    match state {
        Outreach::Planned { at } => proto::Service { at: at.to_string(), ..written },
        Outreach::Done { on, attendance } => {
            proto::Service { on: on.to_string(), attendance: attendance.into(), ..written }
        }
        Outreach::Cancelled { reason } => refused(reason, written),
    }
}

fn refused(reason: ServiceReason, written: proto::Service) -> proto::Service {
    proto::Service { reason: reason.code().to_owned(), ..written }
}

/// What is done to a service of a kind. What several kinds know (planned, granted, refused) goes by the kind; what only
/// another kind knows is that kind's, so that the rules can say so.
///
/// # Errors
/// `action-missing`; what was typed and is not acceptable.
pub fn action(kind: ServiceType, action: Option<Action>, now: Timestamp) -> Result<ServiceAction, Refusal> {
    let action = action.ok_or_else(|| refusals::invalid("action-missing"))?;
    Ok(match action {
        Action::Plan(plan) => planned(kind, time(&plan.at)?),
        Action::Hold(hold) => ServiceAction::Advice(AdviceAction::Hold {
            on: day(&hold.on, now)?,
            conclusions: conclusions(&hold.conclusions)?,
        }),
        Action::Miss(miss) => ServiceAction::Advice(AdviceAction::Miss { on: day(&miss.on, now)? }),
        Action::Grant(grant) => granted(kind, Cents::new(grant.amount_cents), day(&grant.on, now)?),
        Action::Refuse(refuse) => not_granted(kind, reason(&refuse.reason)?),
        Action::Lessons(lessons) => ServiceAction::LicenceAid(LicenceAidAction::AddLessons {
            hours: u16::try_from(lessons.hours).unwrap_or(u16::MAX),
        }),
        Action::PassTheory(passed) => {
            ServiceAction::LicenceAid(LicenceAidAction::PassTheory { on: day(&passed.on, now)? })
        }
        Action::Obtain(obtained) => {
            ServiceAction::LicenceAid(LicenceAidAction::Obtain { on: day(&obtained.on, now)? })
        }
        Action::Abandon(abandoned) => {
            ServiceAction::LicenceAid(LicenceAidAction::Abandon { reason: reason(&abandoned.reason)? })
        }
        Action::Estimate(estimate) => {
            ServiceAction::Garage(GarageAction::Estimate { estimate: Cents::new(estimate.amount_cents) })
        }
        Action::Agree(agreed) => {
            ServiceAction::Garage(GarageAction::Agree { share: Cents::new(agreed.amount_cents) })
        }
        Action::Repair(repair) => ServiceAction::Garage(GarageAction::Repair {
            amount: Cents::new(repair.amount_cents),
            share: Cents::new(repair.share_cents),
            on: day(&repair.on, now)?,
        }),
        Action::Pay(paid) => ServiceAction::FinancialAid(FinancialAidAction::Pay { on: day(&paid.on, now)? }),
        Action::Finish(finish) => ServiceAction::Outreach(OutreachAction::Finish {
            on: day(&finish.on, now)?,
            attendance: u16::try_from(finish.attendance)
                .map_err(|_| refusals::invalid("service-attendance").with("max", u16::MAX))?,
        }),
    })
}

fn planned(kind: ServiceType, at: Timestamp) -> ServiceAction {
    match kind {
        ServiceType::Outreach => ServiceAction::Outreach(OutreachAction::Replan { at }),
        ServiceType::Advice | ServiceType::LicenceAid | ServiceType::Garage | ServiceType::FinancialAid => {
            ServiceAction::Advice(AdviceAction::Replan { at })
        }
    }
}

fn granted(kind: ServiceType, amount: Cents, on: Date) -> ServiceAction {
    match kind {
        ServiceType::FinancialAid => ServiceAction::FinancialAid(FinancialAidAction::Grant { amount }),
        ServiceType::Advice | ServiceType::LicenceAid | ServiceType::Garage | ServiceType::Outreach => {
            ServiceAction::LicenceAid(LicenceAidAction::Grant { amount, on })
        }
    }
}

fn not_granted(kind: ServiceType, reason: ServiceReason) -> ServiceAction {
    match kind {
        ServiceType::Advice => ServiceAction::Advice(AdviceAction::Cancel { reason }),
        ServiceType::LicenceAid => ServiceAction::LicenceAid(LicenceAidAction::Refuse { reason }),
        ServiceType::Garage => ServiceAction::Garage(GarageAction::Refuse { reason }),
        ServiceType::FinancialAid => ServiceAction::FinancialAid(FinancialAidAction::Refuse { reason }),
        ServiceType::Outreach => ServiceAction::Outreach(OutreachAction::Cancel { reason }),
    }
}

fn time(typed: &str) -> Result<Timestamp, Refusal> {
    parse_civil(typed).map_err(refusals::civil_time)
}

fn reason(code: &str) -> Result<ServiceReason, Refusal> {
    code.parse().map_err(|_| refusals::invalid("service-reason-unknown"))
}

fn conclusions(codes: &[String]) -> Result<BTreeSet<Conclusion>, Refusal> {
    let read: Result<_, _> = codes.iter().map(|code| code.parse()).collect();
    read.map_err(|_| refusals::invalid("service-conclusion-unknown"))
}
