//! What volunteers drive, when it is more than one vehicle.

use maillage_domain::{
    ids::VolunteerKind,
    roles::Operation,
    volunteer::{NewVehicle, Vehicles as Garage, Volunteer, VolunteerDetails, VolunteerError},
};
use maillage_federation::ids::Id;
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
use crate::app::{Aborted, people::volunteers as files, refusals};

/// One row is one vehicle: the first of a volunteer is the usual one.
pub(super) struct Vehicles;

const COLUMNS: &[Column] = &[
    Column::required("volunteer", "V-001"),
    Column::required("position", "2"),
    Column::required("seats", "7"),
    Column::optional("wheelchair_places", "1"),
    Column::optional("label", "Fourgon imaginaire"),
    Column::optional("fiscal_power", "6"),
    Column::optional("electric", "non"),
];

impl Table for Vehicles {
    fn code(&self) -> &'static str {
        "vehicles"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::VolunteerUpdate)
    }

    fn exporting(&self) -> Operation {
        Operation::VolunteerList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let id: Id<VolunteerKind> = desk.subject(row, "volunteer", "volunteers")?;
        let volunteer = files::find(desk.transaction, id).map_err(|aborted| of_row(row, aborted))?;
        let mut vehicles: Vec<NewVehicle> = volunteer.details.vehicles.iter().map(NewVehicle::of).collect();
        let place = row.parsed::<usize>("position")?.unwrap_or_default().wrapping_sub(1);
        let outcome = if place == vehicles.len() { Outcome::Added } else { Outcome::Changed };
        if place == vehicles.len() {
            vehicles.push(NewVehicle::default());
        }
        let next = vehicles.len() + 1;
        let Some(vehicle) = vehicles.get_mut(place) else {
            return Err(row.bad("position", refusals::invalid("table-position").with("next", next)).into());
        };
        read(row, vehicle)?;
        let parsed = vehicles.iter().map(NewVehicle::parse).collect::<Result<Vec<_>, _>>();
        let vehicles = parsed
            .and_then(Garage::new)
            .map_err(|error| of_row(row, refusals::volunteer(VolunteerError::Vehicle(error))))?;
        if vehicles == volunteer.details.vehicles {
            return Ok(Outcome::Unchanged);
        }
        let details = VolunteerDetails { vehicles, ..volunteer.details.clone() };
        files::amend_volunteer(desk.app, desk.transaction, desk.caller, volunteer, details)
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(outcome)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = volunteers::list(desk.view, desk.after(), PAGE)?;
        let id = |volunteer: &Volunteer| volunteer.id;
        Exported::page(&found, PAGE, id, |volunteer| {
            let name = desk.name("volunteers", volunteer.id)?;
            let row = |(vehicle, place): (&_, u32)| {
                let ends = [name.clone(), place.to_string()].into_iter();
                ends.chain(cells(&NewVehicle::of(vehicle))).collect()
            };
            Ok(volunteer.details.vehicles.iter().zip(1..).map(row).collect())
        })
    }
}

/// Reads the columns of a vehicle.
pub(super) fn read(row: &Row, vehicle: &mut NewVehicle) -> Result<(), RowError> {
    vehicle.seats = row.parsed("seats")?.unwrap_or(vehicle.seats);
    vehicle.wheelchair_places = row.parsed("wheelchair_places")?.unwrap_or(vehicle.wheelchair_places);
    row.put("label", &mut vehicle.label);
    row.put_number("fiscal_power", &mut vehicle.fiscal_power)?;
    Ok(row.put_yes("electric", &mut vehicle.electric)?)
}

/// The columns of a vehicle.
pub(super) fn cells(vehicle: &NewVehicle) -> [String; 5] {
    [
        vehicle.seats.to_string(),
        vehicle.wheelchair_places.to_string(),
        vehicle.label.clone(),
        number(vehicle.fiscal_power),
        yes(vehicle.electric),
    ]
}
