//! Beneficiaries.

use maillage_domain::{
    eligibility::NewGround,
    ids::PrescriberKind,
    person::{NewPerson, Person},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_store::persons;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, REFERENCE, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row, iso},
    },
    yes,
};
use crate::app::{Aborted, people, refusals};

/// One row is one person.
pub(super) struct Persons;

const COLUMNS: &[Column] = &[
    REFERENCE,
    Column::required("name", "Exemple Inventé"),
    Column::optional("phone", "05 63 00 00 00"),
    Column::optional("email", "inventee@exemple.fr"),
    Column::optional("channel", "phone"),
    Column::required("commune", "81003"),
    Column::optional("address", "1 rue Imaginaire"),
    Column::optional("birth_year", "1941"),
    Column::optional("needs", "walking-aid,companion"),
    Column::optional("situation", "retired"),
    Column::optional("grounds", "aspa:2026-01-01:2026-12-31:2026-01-15"),
    Column::optional("quotient_euros", "650"),
    Column::optional("member_until", "2026-12-31"),
    Column::optional("prescriber", "P-001"),
    Column::optional("informed_on", "2026-01-15"),
    Column::optional("sharing", "ask"),
    Column::optional("statistics_objection", "non"),
    Column::optional("pooling", "alone"),
    Column::optional("driver_notes", "Sonner deux fois"),
    Column::optional("internal_notes", "Ligne d’exemple"),
    Column::optional("even_if_duplicate", "non"),
    Column::optional("outside_territory", "non"),
];

impl Table for Persons {
    fn code(&self) -> &'static str {
        "persons"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::PersonAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::PersonList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let former = match desk.known(row)? {
            Some(id) => persons::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        match former {
            Some(person) => change(desk, row, person),
            None => add(desk, row),
        }
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = persons::list(desk.view, desk.after(), PAGE)?;
        Exported::page(&found, PAGE, |person| person.id, |person| Ok(vec![cells(desk, person)?]))
    }
}

fn add(desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
    let mut new = NewPerson::default();
    read(desk, row, &mut new)?;
    let intake = people::intake(desk.app, row.yes("outside_territory")?);
    let details = new.parse(&intake).map_err(|error| of_row(row, refusals::person(error)))?;
    if !row.yes("even_if_duplicate")? {
        if let Some(line) = desk.met.alike(&details) {
            return Err(row
                .bad("name", refusals::conflict("table-duplicate-line").with("other", line))
                .into());
        }
        people::check_duplicates(desk.app, &desk.app.store, &details)
            .map_err(|aborted| of_row(row, aborted))?;
    }
    let person = people::register_person(desk.app, desk.transaction, desk.caller, details)
        .map_err(|aborted| of_row(row, aborted))?;
    desk.met.remember(row.line, &person);
    desk.remember(row, person.id)?;
    Ok(Outcome::Added)
}

fn change(desk: &mut ImportDesk<'_, '_>, row: &Row, person: Person) -> Result<Outcome, RowError> {
    let mut new = NewPerson::of(&person.details);
    let home = new.home.clone();
    read(desk, row, &mut new)?;
    let intake = people::intake(desk.app, new.home == home || row.yes("outside_territory")?);
    let details = new.parse(&intake).map_err(|error| of_row(row, refusals::person(error)))?;
    if details == person.details {
        return Ok(Outcome::Unchanged);
    }
    people::amend_person(desk.app, desk.transaction, desk.caller, person, details)
        .map_err(|aborted| of_row(row, aborted))?;
    Ok(Outcome::Changed)
}

fn read(desk: &ImportDesk<'_, '_>, row: &Row, new: &mut NewPerson) -> Result<(), RowError> {
    row.put("name", &mut new.name);
    row.put("phone", &mut new.phone);
    row.put("email", &mut new.email);
    row.put("channel", &mut new.channel);
    row.put("commune", &mut new.home.commune);
    row.put("address", &mut new.home.address);
    row.put_number("birth_year", &mut new.birth_year)?;
    row.put_list("needs", &mut new.needs);
    row.put("situation", &mut new.situation);
    if row.has("grounds") {
        new.grounds = row.list("grounds").iter().map(|text| ground(text)).collect();
    }
    row.put_number("quotient_euros", &mut new.quotient_euros)?;
    row.put_date("member_until", &mut new.member_until);
    if row.has("prescriber") {
        let prescriber: Option<Id<PrescriberKind>> =
            desk.subject_if_given(row, "prescriber", "prescribers")?;
        new.prescriber = prescriber.map(|id| id.to_string()).unwrap_or_default();
    }
    row.put_date("informed_on", &mut new.informed_on);
    row.put("sharing", &mut new.sharing);
    row.put_yes("statistics_objection", &mut new.statistics_objection)?;
    row.put("pooling", &mut new.pooling);
    row.put("driver_notes", &mut new.driver_notes);
    row.put("internal_notes", &mut new.internal_notes);
    Ok(())
}

/// `code:from:until:seen`; what follows the code may be left out.
fn ground(text: &str) -> NewGround {
    let mut parts = text.splitn(4, ':').map(iso);
    let mut part = || parts.next().unwrap_or_default();
    NewGround { kind: part(), from: part(), until: part(), seen: part() }
}

/// Whoever keeps the accounts sees who owes and who is a member, and nothing of needs, grounds and notes.
fn cells(desk: &ExportDesk<'_>, person: &Person) -> Result<Vec<String>, Aborted> {
    let new = NewPerson::of(&person.details);
    let file = desk.may(Operation::PersonShow);
    let of_file = |text: String| if file { text } else { String::new() };
    let grounds: Vec<String> = new
        .grounds
        .iter()
        .map(|ground| [&*ground.kind, &*ground.from, &*ground.until, &*ground.seen].join(":"))
        .collect();
    let number = |number: Option<String>| number.unwrap_or_default();
    let prescriber = desk.name_if_any("prescribers", person.details.prescriber)?;
    Ok(vec![
        desk.name("persons", person.id)?,
        new.name,
        new.phone,
        new.email,
        new.channel,
        new.home.commune,
        new.home.address,
        of_file(number(new.birth_year.map(|year| year.to_string()))),
        of_file(new.needs.join(",")),
        of_file(new.situation),
        of_file(grounds.join(",")),
        number(new.quotient_euros.map(|euros| euros.to_string())),
        new.member_until,
        of_file(prescriber),
        of_file(new.informed_on),
        of_file(new.sharing),
        of_file(yes(new.statistics_objection)),
        of_file(new.pooling),
        of_file(new.driver_notes),
        of_file(new.internal_notes),
        String::new(),
        String::new(),
    ])
}
