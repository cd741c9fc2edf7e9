//! What else a desk does in a year: months closed, payments, loans, other services, pathways, an exception signed, somebody
//! taken out of the node. It must never reckon an amount itself but those somebody names at the desk.

use anyhow::Context as _;
use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, date},
};
use maillage_proto::node::v1 as node;
use maillage_tests::node::place;

use crate::{
    cast::{ALBI, CASTRES, MONTREDON, Pays, Person, Settles, TOULOUSE},
    help,
    memory::{Closed, Due, Paid, Paper, Spent},
    routines::Routine,
    script::{Event, Script, mask},
    wishes::Fate,
};

/// Who is taken out of the node, and the last day they travel.
pub(crate) const ERASED: (usize, Date) = (22, date(2026, 8, 14));
/// Whose quotient familial changes, when, to how much.
pub(crate) const QUOTIENTS: [(usize, u32); 2] = [(6, 1350), (26, 320)];
/// Membership fee of the year, in cents.
const FEE: i64 = 1500;
/// The year after: tax receipts are given.
const RECEIPTS: DateTime = date(2027, 1, 15).at(10, 0, 0, 0);

/// Something the desk does once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Errand {
    /// Members owe their fee.
    Memberships,
    /// Two people show another notice of their quotient familial.
    Quotients,
    /// A trip that no frame allows is refused, then excepted.
    Exception,
    /// A trip that somebody has to look at is driven.
    Doubtful,
    /// A trip turns out longer than the law allows.
    TooFar,
    /// A day is taken out of a series.
    SkipDay,
    /// A series changes its time from a day on.
    NewTime,
    /// A series ends.
    EndSeries,
    /// A receipt is cancelled.
    WrongReceipt,
    /// Money is collected by a driver, handed over, given back, given up.
    Movements,
    /// Somebody is taken out of the node.
    Erase,
    /// Tax receipts.
    TaxReceipts,
    /// A loan is booked.
    Book(usize),
    /// It is fetched.
    HandOut(usize),
    /// It comes back.
    TakeBack(usize),
    /// A pathway begins.
    Accompany(usize),
    /// Somebody of a pathway is called: at which milestone, and how things are.
    FollowUp(usize, &'static str, &'static str),
    /// A pathway ends, and how.
    Exit(usize, &'static str),
    /// One service of each kind.
    Services,
}

impl Errand {
    /// When each is done.
    pub(crate) fn of_the_year() -> Vec<(DateTime, Self)> {
        let morning = |month, day| date(2026, month, day).at(11, 0, 0, 0);
        let mut errands = vec![
            (morning(1, 12), Self::Memberships),
            (morning(3, 2), Self::SkipDay),
            (morning(4, 13), Self::Quotients),
            (morning(4, 20), Self::Exception),
            (morning(5, 18), Self::NewTime),
            (morning(5, 20), Self::Doubtful),
            (morning(6, 15), Self::WrongReceipt),
            (morning(9, 10), Self::Erase),
            (morning(9, 21), Self::EndSeries),
            (morning(10, 12), Self::TooFar),
            (morning(11, 16), Self::Movements),
            (RECEIPTS, Self::TaxReceipts),
        ];
        errands.extend(help::of_the_year());
        errands
    }
}

impl Script<'_> {
    /// Does an errand.
    pub(crate) async fn errand(&mut self, errand: Errand) -> anyhow::Result<()> {
        match errand {
            Errand::Memberships => self.memberships().await,
            Errand::Quotients => self.quotients().await,
            Errand::Exception => self.exception().await,
            Errand::Doubtful => self.doubtful().await,
            Errand::TooFar => self.too_far().await,
            Errand::SkipDay => self.skip_day().await,
            Errand::NewTime => self.new_time().await,
            Errand::EndSeries => self.end_series().await,
            Errand::WrongReceipt => self.wrong_receipt().await,
            Errand::Movements => self.movements().await,
            Errand::Erase => self.erase().await,
            Errand::TaxReceipts => self.tax_receipts().await,
            Errand::Book(number) => self.book(number).await,
            Errand::HandOut(number) => self.hand_out(number).await,
            Errand::TakeBack(number) => self.take_back(number).await,
            Errand::Accompany(number) => self.accompany(number).await,
            Errand::FollowUp(number, milestone, heard) => self.follow_up(number, milestone, heard).await,
            Errand::Exit(number, outcome) => self.exit(number, outcome).await,
            Errand::Services => self.services().await,
        }
    }

    /// A month is over: expenses, statements, payments.
    pub(crate) async fn month_end(&mut self, month: Date) -> anyhow::Result<()> {
        for (volunteer, kind, cents) in [(0, "toll", 340), (4, "parking", 250)] {
            self.expense(volunteer, kind, month.last_of_month(), cents).await?;
        }
        self.statements(month).await?;
        for person in 0..self.cast.persons.len() {
            let pays = self.person(person)?.pays;
            let wanted = match pays {
                Pays::Monthly | Pays::Generously => true,
                Pays::Rarely => month.month() % 3 == 0,
                Pays::Never => false,
            };
            if wanted && self.person(person)?.erased.is_none() {
                self.settle_up(person, pays).await?;
            }
        }
        Ok(())
    }

    async fn expense(&mut self, volunteer: usize, kind: &str, day: Date, cents: i64) -> anyhow::Result<()> {
        let request = node::AddExpenseRequest {
            volunteer: self.cast.volunteers.get(volunteer).context("nobody")?.id.clone(),
            kind: kind.to_owned(),
            day: day.to_string(),
            amount_cents: cents,
            proof_seen: true,
            ..Default::default()
        };
        self.platform.money().add_expense(request).await?;
        self.memory.expenses.push(Spent { volunteer, day, cents });
        Ok(())
    }

    async fn statements(&mut self, month: Date) -> anyhow::Result<()> {
        let (name, today) = (month.strftime("%Y-%m").to_string(), self.now.date());
        let request = node::ListDueStatementsRequest { month: name.clone(), ..Default::default() };
        let due = self.platform.money().list_due_statements(request).await?.into_inner().due;
        for node::DueStatement { volunteer, basis, carrier } in due {
            let who = self.cast.volunteers.iter().position(|known| known.id == volunteer);
            let who = who.context("a statement of nobody")?;
            let close =
                node::CloseStatementRequest { volunteer, month: name.clone(), basis: basis.clone(), carrier };
            let statement = self.platform.money().close_statement(close).await?.into_inner().id;
            let settles = self.cast.volunteers.get(who).context("nobody")?.settles;
            let action = match (settles, basis.as_str()) {
                (Settles::Leaves, _) => "",
                (Settles::Takes, "reimbursed") => "pay",
                (Settles::Takes | Settles::GivesUp, _) => "waive",
            };
            if !action.is_empty() {
                let settle = node::SettleStatementRequest {
                    statement,
                    action: action.to_owned(),
                    day: today.to_string(),
                    method: if action == "pay" { "transfer".to_owned() } else { String::new() },
                };
                self.platform.money().settle_statement(settle).await?;
            }
            let settled = match action {
                "pay" => "paid",
                "waive" => "waived",
                _ => "open",
            };
            let (at, on) = (self.now, (settled != "open").then_some(today));
            self.memory.statements.push(Closed { volunteer: who, month, basis, at, settled, on });
            self.memory.calls += 2;
        }
        Ok(())
    }

    /// Somebody pays what is owed, and perhaps more; every second payment has its receipt.
    async fn settle_up(&mut self, person: usize, pays: Pays) -> anyhow::Result<()> {
        let owed = self.owed(person).await?;
        if owed <= 0 {
            return Ok(());
        }
        let paid = if pays == Pays::Generously { (owed + 499) / 500 * 500 } else { owed };
        if paid > owed {
            self.due(person, "donation", "", paid - owed).await?;
        }
        let entry = self.pay(person, paid, "").await?;
        if self.memory.payments.len().is_multiple_of(2) {
            self.platform.money().issue_receipt(node::IssueReceiptRequest { entry }).await?;
            self.memory.papers.push(Paper { kind: "contribution", cents: paid });
        }
        Ok(())
    }

    async fn owed(&mut self, person: usize) -> anyhow::Result<i64> {
        let request =
            node::ShowBalanceRequest { person: self.person(person)?.id.clone(), ..Default::default() };
        self.memory.calls += 1;
        Ok(self.platform.money().show_balance(request).await?.into_inner().closing_cents)
    }

    async fn pay(&mut self, person: usize, cents: i64, collected_by: &str) -> anyhow::Result<String> {
        let payment = node::RecordPaymentRequest {
            person: self.person(person)?.id.clone(),
            method: "cheque".to_owned(),
            collected_by: collected_by.to_owned(),
            booking: Some(node::Booking { amount_cents: cents, ..Default::default() }),
            ..Default::default()
        };
        let entry = self.platform.money().record_payment(payment).await?.into_inner().id;
        self.memory.calls += 1;
        self.memory.payments.push(Paid { person, cents, movement: "received" });
        Ok(entry)
    }

    /// Books what somebody owes beside trips.
    pub(crate) async fn due(
        &mut self,
        person: usize,
        source: &'static str,
        source_id: &str,
        cents: i64,
    ) -> anyhow::Result<()> {
        let due = node::AddDueRequest {
            person: self.person(person)?.id.clone(),
            source: source.to_owned(),
            source_id: source_id.to_owned(),
            booking: Some(node::Booking { amount_cents: cents, ..Default::default() }),
            ..Default::default()
        };
        self.platform.money().add_due(due).await?;
        self.memory.dues.push(Due { person, source, cents });
        Ok(())
    }

    async fn memberships(&mut self) -> anyhow::Result<()> {
        for person in 0..self.cast.persons.len() {
            if self.person(person)?.home == MONTREDON {
                self.due(person, "membership", "2026", FEE).await?;
            }
        }
        Ok(())
    }

    async fn quotients(&mut self) -> anyhow::Result<()> {
        let today = self.now.date();
        for (who, euros) in QUOTIENTS {
            let id = self.person(who)?.id.clone();
            let shown =
                self.platform.people().show_person(node::ShowPersonRequest { id }).await?.into_inner();
            let request = node::UpdatePersonRequest {
                etag: shown.etag.clone(),
                person: Some(node::Person { quotient_euros: Some(euros), ..shown }),
                update_mask: Some(mask("quotient_euros")),
                outside: false,
            };
            self.platform.people().update_person(request).await?;
            self.cast.persons.get_mut(who).context("nobody")?.quotients.push((today, euros));
        }
        Ok(())
    }

    /// Somebody without a benefit wants to go to the hospital of a large town that is not next to the territory.
    async fn exception(&mut self) -> anyhow::Result<()> {
        let to = (CASTRES, "hôpital fictif");
        let refused = self.arrange(3, to, "").await?;
        anyhow::ensure!(refused.is_none(), "a trip outside every frame was taken");
        let trips = self.arrange(3, to, "urgence (synthétique)").await?;
        self.drive(&trips.context("a signed exception was refused")?, None).await
    }

    /// The same person, to the hospital of a town next to it: the law allows its station alone.
    async fn doubtful(&mut self) -> anyhow::Result<()> {
        let trips = self.arrange(3, (ALBI, "hôpital fictif"), "").await?;
        self.drive(&trips.context("a trip that somebody has to look at was refused")?, None).await
    }

    /// A detour makes a trip longer than 100 km.
    async fn too_far(&mut self) -> anyhow::Result<()> {
        let trips = self.arrange(30, (TOULOUSE, "centre fictif"), "").await?;
        self.drive(&trips.context("a trip within the law was refused")?, Some(100_500)).await
    }

    /// A single trip in two days; none if no frame allows it.
    async fn arrange(
        &mut self,
        who: usize,
        to: (&str, &str),
        exception_reason: &str,
    ) -> anyhow::Result<Option<Vec<node::Trip>>> {
        let day = self.now.date().saturating_add(2.days());
        let request = node::AddRequestRequest {
            person: self.person(who)?.id.clone(),
            dropoff: Some(place(to.0, to.1)),
            arrive_by: format!("{day}T10:15"),
            purpose: "health".to_owned(),
            exception_reason: exception_reason.to_owned(),
            ..Default::default()
        };
        match self.platform.trips().add_request(request).await {
            Ok(taken) => {
                let trips = taken.into_inner().trips;
                self.remember(who, &trips, (false, None))?;
                Ok(Some(trips))
            }
            Err(status) if status.code() == tonic::Code::FailedPrecondition => {
                self.memory.refused += 1;
                Ok(None)
            }
            Err(status) => Err(status.into()),
        }
    }

    /// A driver is found, and drives.
    async fn drive(&mut self, trips: &[node::Trip], loaded_m: Option<u32>) -> anyhow::Result<()> {
        let first = trips.first().context("no trip")?.id.clone();
        let found = self.find_driver(&first, None, false).await?;
        let (promised, _) = found.context("nobody can drive what was arranged")?;
        match loaded_m {
            None => self.foresee(&promised, Fate::Done, None),
            Some(loaded_m) => {
                let evening = self.ride(&first)?.day.at(20, 0, 0, 0);
                self.plan(evening, Event::ArriveAfter(first, loaded_m));
                Ok(())
            }
        }
    }

    async fn skip_day(&mut self) -> anyhow::Result<()> {
        let (number, day) = (4, date(2026, 3, 12));
        let request = node::EditSeriesRequest {
            reach: "this".to_owned(),
            day: day.to_string(),
            what: "skip".to_owned(),
            ..self.edit(number).await?
        };
        self.platform.series().edit_series(request).await?;
        self.routine(number)?.skipped.push(day);
        Ok(())
    }

    async fn new_time(&mut self) -> anyhow::Result<()> {
        let (number, from) = (5, date(2026, 6, 1));
        let fields = node::SeriesFields { return_at: "12:00".to_owned(), ..Default::default() };
        let request = node::EditSeriesRequest {
            reach: "following".to_owned(),
            day: from.to_string(),
            what: "fields".to_owned(),
            fields: Some(fields),
            update_mask: Some(mask("return_at")),
            ..self.edit(number).await?
        };
        let reply = self.platform.series().edit_series(request).await?.into_inner();
        let id = reply.series.context("no series")?.id;
        let former = self.routine(number)?;
        former.ended = Some(from);
        let next = Routine { id, first: from, ended: None, ..former.clone() };
        self.routines.push(next);
        Ok(())
    }

    async fn end_series(&mut self) -> anyhow::Result<()> {
        let (number, from) = (3, date(2026, 10, 5));
        let node::EditSeriesRequest { id, etag, .. } = self.edit(number).await?;
        let end = node::EndSeriesRequest { id, etag, from_day: from.to_string(), even_decided: false };
        self.platform.series().end_series(end).await?;
        self.routine(number)?.ended = Some(from);
        Ok(())
    }

    async fn edit(&mut self, number: usize) -> anyhow::Result<node::EditSeriesRequest> {
        let id = self.routine(number)?.id.clone();
        let show = node::ShowSeriesRequest { id: id.clone() };
        let etag = self.platform.series().show_series(show).await?.into_inner().etag;
        Ok(node::EditSeriesRequest { id, etag, ..Default::default() })
    }

    async fn wrong_receipt(&mut self) -> anyhow::Result<()> {
        let all = node::ListReceiptsRequest { limit: 500, ..Default::default() };
        let receipts = self.platform.money().list_receipts(all).await?.into_inner().receipts;
        let receipt = receipts.first().context("no receipt so far")?;
        let (cents, reason) = (-receipt.amount_cents, "mauvais nom (synthétique)".to_owned());
        let cancel = node::CancelReceiptRequest { receipt: receipt.id.clone(), reason };
        self.platform.money().cancel_receipt(cancel).await?;
        self.memory.papers.push(Paper { kind: "credit-note", cents });
        Ok(())
    }

    async fn movements(&mut self) -> anyhow::Result<()> {
        let collector = self.cast.volunteers.get(5).context("nobody")?.id.clone();
        self.pay(0, 1200, &collector).await?;
        let booking = |amount_cents| Some(node::Booking { amount_cents, ..Default::default() });
        let method = "cash".to_owned();
        let handed = node::RecordRemittanceRequest {
            volunteer: collector,
            method,
            booking: booking(1200),
            ..Default::default()
        };
        self.platform.money().record_remittance(handed).await?;
        let credit = -self.owed(0).await?;
        anyhow::ensure!(credit > 0, "nothing was paid too much");
        let back = node::RecordRefundRequest {
            person: self.person(0)?.id.clone(),
            method: "cash".to_owned(),
            booking: booking(credit.min(300)),
            ..Default::default()
        };
        self.platform.money().record_refund(back).await?;
        self.memory.payments.push(Paid { person: 0, cents: -credit.min(300), movement: "refunded" });
        let poor =
            self.cast.persons.iter().position(|person| person.pays == Pays::Never).context("nobody")?;
        let owed = self.owed(poor).await?;
        anyhow::ensure!(owed > 0, "nothing to give up");
        let given_up = node::WriteOffRequest {
            person: self.person(poor)?.id.clone(),
            reason: "hardship".to_owned(),
            booking: booking(owed),
            ..Default::default()
        };
        self.platform.money().write_off(given_up).await?;
        self.memory.payments.push(Paid { person: poor, cents: owed, movement: "written-off" });
        Ok(())
    }

    async fn erase(&mut self) -> anyhow::Result<()> {
        let who = ERASED.0;
        let owed = self.owed(who).await?;
        if owed > 0 {
            self.pay(who, owed, "").await?;
        }
        let request = node::EraseSubjectRequest {
            subject: Some(node::SubjectRequest {
                who: Some(node::subject_request::Who::Person(self.person(who)?.id.clone())),
            }),
            objection: false,
        };
        self.platform.obligations().erase_subject(request).await?;
        let today = self.now.date();
        self.cast.persons.get_mut(who).context("nobody")?.erased = Some(today);
        Ok(())
    }

    async fn tax_receipts(&mut self) -> anyhow::Result<()> {
        let given_in: i16 = 2026;
        for number in 0..self.cast.volunteers.len() {
            let volunteer = self.cast.volunteers.get(number).context("nobody")?.id.clone();
            let signed = |closed: &Closed| closed.on.is_some_and(|on| on.year() == given_in);
            let gave = self
                .memory
                .statements
                .iter()
                .any(|closed| closed.volunteer == number && closed.settled == "waived" && signed(closed));
            if gave {
                let request = node::IssueWaiverReceiptRequest {
                    volunteer,
                    year: given_in.into(),
                    ..Default::default()
                };
                self.platform.money().issue_waiver_receipt(request).await?;
            }
        }
        Ok(())
    }

    /// Somebody by place in the cast.
    pub(crate) fn person(&self, number: usize) -> anyhow::Result<&Person> {
        self.cast.persons.get(number).context("no such person")
    }

    fn routine(&mut self, number: usize) -> anyhow::Result<&mut Routine> {
        self.routines.get_mut(number).context("no such series")
    }
}
