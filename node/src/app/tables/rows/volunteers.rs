//! Volunteers, with the vehicle they usually drive.

use maillage_domain::{
    roles::Operation,
    volunteer::{NewVehicle, NewVolunteer, Volunteer},
};
use maillage_store::volunteers;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    number, yes,
};
use crate::app::{
    Aborted,
    people::{self, volunteers as files},
    refusals,
};

/// One row is one volunteer; further vehicles, papers and absences have tables of their own.
pub(super) struct Volunteers;

const COLUMNS: &[Column] = &[
    Column::required("reference", "V-001"),
    Column::required("name", "Exemple Inventé"),
    Column::optional("phone", "05 63 00 00 00"),
    Column::optional("email", "inventee@exemple.fr"),
    Column::optional("channel", "email"),
    Column::required("commune", "81003"),
    Column::optional("address", "1 rue Imaginaire"),
    Column::optional("seats", "4"),
    Column::optional("wheelchair_places", "0"),
    Column::optional("label", "Berline imaginaire"),
    Column::optional("fiscal_power", "5"),
    Column::optional("electric", "non"),
    Column::optional("accepts", "walking-aid,companion"),
    Column::optional("availability", "lun 08:00-18:00,mar 09:00-12:00"),
    Column::optional("max_trip_m", "80000"),
    Column::optional("trips_per_week", "4"),
    Column::optional("hours_per_week", "10"),
    Column::optional("communes", "81003,81004"),
    Column::optional("standing_yes", "non"),
    Column::optional("active", "oui"),
    Column::optional("outside_territory", "non"),
    Column::optional("status", "volunteer"),
    Column::optional("wished_m", "400000"),
    Column::later("even_if_duplicate", "non"),
];

impl Table for Volunteers {
    fn code(&self) -> &'static str {
        "volunteers"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::VolunteerAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::VolunteerList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let former = match desk.known(row)? {
            Some(id) => volunteers::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        match former {
            Some(volunteer) => change(desk, row, volunteer),
            None => add(desk, row),
        }
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = volunteers::list(desk.view, desk.after(), PAGE)?;
        Exported::page(&found, PAGE, |volunteer| volunteer.id, |volunteer| Ok(vec![cells(desk, volunteer)?]))
    }
}

fn add(desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
    let mut new = NewVolunteer { vehicles: vec![NewVehicle::default()], ..NewVolunteer::default() };
    read(row, &mut new)?;
    let intake = people::intake(desk.app, row.yes("outside_territory")?);
    let details = new.parse(&intake).map_err(|error| of_row(row, refusals::volunteer(error)))?;
    if !row.yes("even_if_duplicate")? {
        if let Some(line) = desk.met.volunteer_alike(&details) {
            return Err(row
                .bad("name", refusals::conflict("table-duplicate-line").with("other", line))
                .into());
        }
        files::check_duplicates(desk.app, &desk.app.store, &details)
            .map_err(|aborted| of_row(row, aborted))?;
    }
    let volunteer = files::register_volunteer(desk.app, desk.transaction, desk.caller, details)
        .map_err(|aborted| of_row(row, aborted))?;
    desk.met.remember_volunteer(row.line, &volunteer);
    let id = volunteer.id;
    activate(desk, row, volunteer)?;
    desk.remember(row, id)?;
    Ok(Outcome::Added)
}

fn change(desk: &mut ImportDesk<'_, '_>, row: &Row, volunteer: Volunteer) -> Result<Outcome, RowError> {
    let mut new = NewVolunteer::of(&volunteer.details);
    let (home, week) = (new.home.clone(), new.availability.clone());
    read(row, &mut new)?;
    let intake = people::intake(desk.app, new.home == home || row.yes("outside_territory")?);
    let mut details = new.parse(&intake).map_err(|error| of_row(row, refusals::volunteer(error)))?;
    if new.availability == week {
        details.availability = volunteer.details.availability.clone();
    }
    if details == volunteer.details {
        return activate(desk, row, volunteer);
    }
    let volunteer = files::amend_volunteer(desk.app, desk.transaction, desk.caller, volunteer, details)
        .map_err(|aborted| of_row(row, aborted))?;
    activate(desk, row, volunteer)?;
    Ok(Outcome::Changed)
}

fn activate(desk: &mut ImportDesk<'_, '_>, row: &Row, volunteer: Volunteer) -> Result<Outcome, RowError> {
    let mut active = volunteer.active;
    if !row.cell("active").is_empty() {
        row.put_yes("active", &mut active)?;
    }
    if active == volunteer.active {
        return Ok(Outcome::Unchanged);
    }
    files::set_active(desk.app, desk.transaction, desk.caller, volunteer, active)
        .map_err(|aborted| of_row(row, aborted))?;
    Ok(Outcome::Changed)
}

fn read(row: &Row, new: &mut NewVolunteer) -> Result<(), RowError> {
    row.put("name", &mut new.name);
    row.put("phone", &mut new.phone);
    row.put("email", &mut new.email);
    row.put("channel", &mut new.channel);
    row.put("commune", &mut new.home.commune);
    row.put("address", &mut new.home.address);
    if let Some(vehicle) = new.vehicles.first_mut() {
        super::vehicles::read(row, vehicle)?;
    }
    row.put_list("accepts", &mut new.accepts);
    row.put("availability", &mut new.availability);
    row.put_number("max_trip_m", &mut new.max_trip_m)?;
    row.put_number("trips_per_week", &mut new.trips_per_week)?;
    row.put_number("hours_per_week", &mut new.hours_per_week)?;
    row.put_list("communes", &mut new.communes);
    row.put("status", &mut new.status);
    row.put_number("wished_m", &mut new.wished_m)?;
    Ok(row.put_yes("standing_yes", &mut new.standing_yes)?)
}

fn cells(desk: &ExportDesk<'_>, volunteer: &Volunteer) -> Result<Vec<String>, Aborted> {
    let new = NewVolunteer::of(&volunteer.details);
    let vehicle = new.vehicles.into_iter().next().unwrap_or_default();
    let mut cells = vec![
        desk.name("volunteers", volunteer.id)?,
        new.name,
        new.phone,
        new.email,
        new.channel,
        new.home.commune,
        new.home.address,
    ];
    cells.extend(super::vehicles::cells(&vehicle));
    cells.extend([
        new.accepts.join(","),
        new.availability,
        number(new.max_trip_m),
        number(new.trips_per_week),
        number(new.hours_per_week),
        new.communes.join(","),
        yes(new.standing_yes),
        yes(volunteer.active),
        String::new(),
        new.status,
        number(new.wished_m),
        String::new(),
    ]);
    Ok(cells)
}
