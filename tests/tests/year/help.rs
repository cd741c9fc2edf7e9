//! What helps beside rides: loans of vehicles, advice, aid towards a licence, money, repairs, a visit, and the pathways they
//! hang on. It must never reckon what the node reckons; what a loan costs it knows from the price list.

use anyhow::Context as _;
use jiff::civil::{Date, DateTime, date};
use maillage_proto::node::v1::{self as node, act_on_service_request::Action};

use crate::{
    cast::BANCALIE,
    desk::Errand,
    memory::{Due, PathwayNote, Rendered},
    script::Script,
};

/// A loan: to whom, what (by place in the fleet), from when until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lending {
    person: usize,
    thing: usize,
    category: &'static str,
    from: DateTime,
    until: DateTime,
    /// Every day begun, in cents, and how many there are.
    price: (i64, i64),
}

/// The loans of the year.
pub(crate) const LOANS: [Lending; 3] = [
    Lending {
        person: 5,
        thing: 1,
        category: "car",
        from: date(2026, 2, 2).at(9, 0, 0, 0),
        until: date(2026, 2, 6).at(17, 0, 0, 0),
        price: (500, 5),
    },
    Lending {
        person: 15,
        thing: 4,
        category: "electric-bike",
        from: date(2026, 5, 4).at(9, 0, 0, 0),
        until: date(2026, 5, 18).at(9, 0, 0, 0),
        price: (150, 14),
    },
    Lending {
        person: 25,
        thing: 2,
        category: "car",
        from: date(2026, 9, 7).at(8, 0, 0, 0),
        until: date(2026, 9, 9).at(20, 0, 0, 0),
        price: (300, 3),
    },
];

/// A pathway: whose, from when, whether somebody referred the person, how far it gets on its first day.
#[derive(Debug, Clone, Copy)]
struct Course {
    person: usize,
    begins: Date,
    referred: bool,
    diagnosed: bool,
}

const COURSES: [Course; 3] = [
    Course { person: 1, begins: date(2026, 2, 3), referred: true, diagnosed: true },
    Course { person: 21, begins: date(2026, 4, 7), referred: false, diagnosed: true },
    Course { person: 31, begins: date(2026, 6, 2), referred: false, diagnosed: false },
];
/// The day of everything else.
const SERVICES: Date = date(2026, 2, 10);

/// When each step is due.
pub(crate) fn of_the_year() -> Vec<(DateTime, Errand)> {
    let mut steps = Vec::new();
    for (number, loan) in LOANS.iter().enumerate() {
        steps.push((loan.from.date().at(7, 30, 0, 0), Errand::Book(number)));
        steps.push((loan.from, Errand::HandOut(number)));
        steps.push((loan.until, Errand::TakeBack(number)));
    }
    for (number, course) in COURSES.iter().enumerate() {
        steps.push((course.begins.at(14, 0, 0, 0), Errand::Accompany(number)));
    }
    let afternoon = |month, day| date(2026, month, day).at(15, 0, 0, 0);
    steps.push((SERVICES.at(14, 0, 0, 0), Errand::Services));
    steps.push((afternoon(5, 5), Errand::FollowUp(0, "3-months", "unchanged")));
    steps.push((afternoon(7, 7), Errand::FollowUp(1, "3-months", "autonomy")));
    steps.push((afternoon(8, 4), Errand::FollowUp(0, "6-months", "job-found")));
    steps.push((afternoon(9, 1), Errand::Exit(0, "job-found")));
    steps
}

impl Script<'_> {
    /// Books a loan; somebody else cannot have the thing meanwhile.
    pub(crate) async fn book(&mut self, number: usize) -> anyhow::Result<()> {
        let loan = LOANS.get(number).context("no such loan")?;
        let asset = self.opened.fleet.get(loan.thing).context("no such thing")?.clone();
        let mut booked = Vec::new();
        for person in [loan.person, loan.person + 2] {
            let wish = node::AskForLoanRequest {
                person: self.person(person)?.id.clone(),
                category: loan.category.to_owned(),
                from: minute(loan.from),
                until: minute(loan.until),
                purpose: "work-training".to_owned(),
                notes: String::new(),
                ..Default::default()
            };
            let id = self.platform.loans().ask_for_loan(wish).await?.into_inner().id;
            let book = node::BookLoanRequest { id: id.clone(), asset: asset.clone(), ..Default::default() };
            match self.platform.loans().book_loan(book).await {
                Ok(_) => booked.push(id),
                Err(status) if status.code() == tonic::Code::FailedPrecondition => {
                    let reason = "nothing-free".to_owned();
                    self.platform.loans().cancel_loan(node::CancelLoanRequest { id, reason }).await?;
                }
                Err(status) => return Err(status.into()),
            }
        }
        anyhow::ensure!(booked.len() == 1, "{} people have one thing at one time", booked.len());
        self.memory.loans.extend(booked);
        Ok(())
    }

    /// The thing is fetched.
    pub(crate) async fn hand_out(&mut self, number: usize) -> anyhow::Result<()> {
        let out = node::HandOutLoanRequest {
            id: self.memory.loans.get(number).context("no such loan")?.clone(),
            condition: "good".to_owned(),
            odometer_m: Some(10_000_000),
            documents: vec!["driving-licence".to_owned(), "identity".to_owned()],
            by: "guichet".to_owned(),
            ..Default::default()
        };
        self.platform.loans().hand_out_loan(out).await?;
        Ok(())
    }

    /// The thing comes back, and what is owed for it is settled by its price.
    pub(crate) async fn take_back(&mut self, number: usize) -> anyhow::Result<()> {
        let loan = LOANS.get(number).context("no such loan")?;
        let id = self.memory.loans.get(number).context("no such loan")?.clone();
        let back = node::TakeBackLoanRequest {
            id: id.clone(),
            condition: "good".to_owned(),
            odometer_m: Some(10_210_000),
            by: "guichet".to_owned(),
            ..Default::default()
        };
        self.platform.loans().take_back_loan(back).await?;
        self.platform.loans().close_loan(node::CloseLoanRequest { id, ..Default::default() }).await?;
        let cents = loan.price.0 * loan.price.1;
        self.memory.dues.push(Due { person: loan.person, source: "loan", cents });
        self.memory.acts.push((loan.person, loan.from.date(), loan.until.date()));
        Ok(())
    }

    /// A pathway from its opening to the basket, or to its opening alone.
    pub(crate) async fn accompany(&mut self, number: usize) -> anyhow::Result<()> {
        let course = COURSES.get(number).context("no such pathway")?;
        let person = self.person(course.person)?.id.clone();
        let mut pathways = self.platform.pathways();
        let opened = if course.referred {
            let referral = node::AddReferralRequest {
                prescriber: self.cast.prescribers.first().context("no prescriber")?.clone(),
                reference: "D-1 (synthétique)".to_owned(),
                contact: Some(node::ReferralContact {
                    name: "Personne fictive (synthétique)".to_owned(),
                    phone: "05 00 00 00 09".to_owned(),
                    commune: self.person(course.person)?.home.to_owned(),
                    ..Default::default()
                }),
                person_agrees: true,
                ..Default::default()
            };
            let id = pathways.add_referral(referral).await?.into_inner().id;
            pathways
                .accept_referral(node::AcceptReferralRequest { id, person, ..Default::default() })
                .await?
                .into_inner()
        } else {
            let open = node::OpenPathwayRequest { person, ..Default::default() };
            pathways.open_pathway(open).await?.into_inner()
        };
        let id = opened.id;
        if course.diagnosed {
            let conclusions = vec!["rides".to_owned()];
            let held = Action::Hold(node::HoldAction { conclusions, ..Default::default() });
            let service = self.service("advice", "diagnosis", Some(course.person), vec![held]).await?;
            let diagnose =
                node::DiagnoseRequest { id: id.clone(), service: service.clone(), ..Default::default() };
            pathways.diagnose(diagnose).await?;
            let item = Some(node::BasketItem { kind: "service".to_owned(), id: service });
            pathways.change_basket(node::ChangeBasketRequest { id: id.clone(), item, remove: false }).await?;
            pathways.agree_basket(node::AgreeBasketRequest { id: id.clone(), ..Default::default() }).await?;
        }
        self.memory.pathways.push(PathwayNote {
            person: course.person,
            id,
            diagnosed: course.diagnosed.then_some(course.begins),
            exited: None,
            follow_ups: 0,
        });
        Ok(())
    }

    /// Somebody of a pathway is called.
    pub(crate) async fn follow_up(
        &mut self,
        number: usize,
        milestone: &str,
        heard: &str,
    ) -> anyhow::Result<()> {
        let note = self.memory.pathways.get_mut(number).context("no such pathway")?;
        note.follow_ups += 1;
        let call = node::RecordFollowUpRequest {
            id: note.id.clone(),
            milestone: milestone.to_owned(),
            on: String::new(),
            heard: heard.to_owned(),
        };
        self.platform.pathways().record_follow_up(call).await?;
        Ok(())
    }

    /// A pathway is over.
    pub(crate) async fn exit(&mut self, number: usize, outcome: &str) -> anyhow::Result<()> {
        let note = self.memory.pathways.get_mut(number).context("no such pathway")?;
        note.exited = Some(self.now.date());
        let exit =
            node::ExitPathwayRequest { id: note.id.clone(), on: String::new(), outcome: outcome.to_owned() };
        self.platform.pathways().exit_pathway(exit).await?;
        Ok(())
    }

    /// One of each kind, rendered or not.
    pub(crate) async fn services(&mut self) -> anyhow::Result<()> {
        let amount = |amount_cents| node::AmountAction { amount_cents };
        let grant = |amount_cents| Action::Grant(node::GrantAction { amount_cents, on: String::new() });
        let today = || node::DayAction { on: String::new() };
        let licence =
            vec![grant(50_000), Action::Lessons(node::LessonsAction { hours: 10 }), Action::Obtain(today())];
        self.service("licence-aid", "b", Some(33), licence).await?;
        self.service("financial-aid", "", Some(34), vec![grant(15_000), Action::Pay(today())]).await?;
        let (amount_cents, share_cents) = (24_000, 4_000);
        let repair = node::RepairAction { amount_cents, share_cents, on: String::new() };
        let repaired = vec![
            Action::Estimate(amount(amount_cents)),
            Action::Agree(amount(share_cents)),
            Action::Repair(repair),
        ];
        let garage = self.service("garage", "", Some(36), repaired).await?;
        self.due(36, "service", &garage, share_cents).await?;
        let refused = Action::Refuse(node::ReasonAction { reason: "no-budget".to_owned() });
        self.service("financial-aid", "", Some(37), vec![refused]).await?;
        self.service("advice", "advice", Some(38), vec![Action::Miss(today())]).await?;
        let finish = Action::Finish(node::FinishAction { on: String::new(), attendance: 11 });
        self.service("outreach", "", None, vec![finish]).await?;
        Ok(())
    }

    /// Opens a service and does something to it, step by step.
    async fn service(
        &mut self,
        kind: &'static str,
        form: &str,
        person: Option<usize>,
        steps: Vec<Action>,
    ) -> anyhow::Result<String> {
        let planned = matches!(kind, "advice" | "outreach");
        let open = node::OpenServiceRequest {
            kind: kind.to_owned(),
            person: person
                .map(|person| self.person(person))
                .transpose()?
                .map_or_else(String::new, |person| person.id.clone()),
            commune: if person.is_none() { BANCALIE.to_owned() } else { String::new() },
            form: form.to_owned(),
            at: if planned { minute(self.now) } else { String::new() },
            amount_cents: if kind == "financial-aid" { 20_000 } else { 0 },
            notes: String::new(),
            ..Default::default()
        };
        let mut shown = self.platform.services().open_service(open).await?.into_inner();
        for action in steps {
            let act = node::ActOnServiceRequest { id: shown.id, action: Some(action), ..Default::default() };
            shown = self.platform.services().act_on_service(act).await?.into_inner();
        }
        let rendered = !matches!(shown.state.as_str(), "refused" | "missed");
        let today = self.now.date();
        if let Some(person) = person.filter(|_| rendered) {
            self.memory.acts.push((person, today, today));
        }
        self.memory.services.push(Rendered { kind, person, on: rendered.then_some(today) });
        Ok(shown.id)
    }
}

/// A civil time as the desk types it.
fn minute(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}
