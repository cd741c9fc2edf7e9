//! `volunteer update --vehicle`: vehicles in a short form, read beside those that are there. Must never let a vehicle that is there
//! lose what was not typed: its number (its papers go with it), its name, its horsepower.
//!
//! The form is `[N=|new=]SEATS[:WHEELCHAIRS[:CV[:e|n]]][@LABEL]`. With a number it corrects that vehicle, and a part left empty
//! stays. Without one it is the first vehicle there that agrees with every part typed. What agrees with none is another vehicle if
//! it says `new=`, or if every vehicle there is named beside it.

use maillage_proto::node::v1::Vehicle;

use super::failure::CommandError;

/// Which vehicle is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Number(u32),
    Agreeing,
    New,
}

/// What was typed of one vehicle; nothing for what was not.
#[derive(Debug, Clone, Default)]
struct Parts<'a> {
    seats: Option<u32>,
    wheelchair_places: Option<u32>,
    fiscal_power: Option<u32>,
    electric: Option<bool>,
    label: Option<&'a str>,
}

/// The vehicles that were typed, among those that are there. A part that is no number is 0, which the node refuses for seats.
///
/// # Errors
/// `vehicle-number-unknown`; `vehicle-unclear` for one that could be a correction or another vehicle.
pub(super) fn typed(texts: &[String], present: &[Vehicle]) -> Result<Vec<Vehicle>, CommandError> {
    let read: Vec<(Which, Parts<'_>)> = texts.iter().map(|text| read(text)).collect();
    let mut left: Vec<&Vehicle> = present.iter().collect();
    let mut take = |fits: &dyn Fn(&Vehicle) -> bool| {
        let place = left.iter().position(|vehicle| fits(vehicle))?;
        Some(left.remove(place))
    };
    let mut found = Vec::new();
    for (which, _) in &read {
        found.push(match *which {
            Which::Number(number) => {
                let named = take(&|vehicle| vehicle.number == number);
                Some(named.ok_or_else(|| CommandError::usage("vehicle-number-unknown"))?)
            }
            Which::Agreeing | Which::New => None,
        });
    }
    for (former, (which, parts)) in found.iter_mut().zip(&read) {
        if *which == Which::Agreeing {
            *former = take(&|vehicle| parts.agree(vehicle));
        }
    }
    let unclear =
        found.iter().zip(&read).any(|(former, (which, _))| former.is_none() && *which == Which::Agreeing);
    if unclear && !left.is_empty() {
        return Err(CommandError::usage("vehicle-unclear"));
    }
    let written = |(former, (_, parts)): (Option<&Vehicle>, &(Which, Parts<'_>))| {
        parts.over(former.cloned().unwrap_or_default())
    };
    Ok(found.into_iter().zip(&read).map(written).collect())
}

fn read(text: &str) -> (Which, Parts<'_>) {
    let (vehicle, label) = match text.split_once('@') {
        Some((vehicle, label)) => (vehicle, Some(label.trim())),
        None => (text, None),
    };
    let (which, vehicle) = match vehicle.split_once('=') {
        Some((which, vehicle)) if which.trim() == "new" => (Which::New, vehicle),
        Some((number, vehicle)) => (Which::Number(number.trim().parse().unwrap_or_default()), vehicle),
        None => (Which::Agreeing, vehicle),
    };
    let mut parts = vehicle.split(':').map(str::trim);
    let mut number =
        || parts.next().filter(|part| !part.is_empty()).map(|part| part.parse().unwrap_or_default());
    let (seats, wheelchair_places, fiscal_power) = (number(), number(), number());
    let electric = parts.next().filter(|part| !part.is_empty()).map(|part| part == "e");
    (which, Parts { seats, wheelchair_places, fiscal_power, electric, label })
}

impl Parts<'_> {
    /// Whether a vehicle is what was typed, as far as both are known.
    fn agree(&self, vehicle: &Vehicle) -> bool {
        let known = |typed: Option<u32>, known: u32| typed.is_none_or(|typed| typed == known);
        known(self.seats, vehicle.seats)
            && known(self.wheelchair_places, vehicle.wheelchair_places)
            && (vehicle.fiscal_power == 0 || known(self.fiscal_power, vehicle.fiscal_power))
            && self.electric.is_none_or(|electric| electric == vehicle.electric)
            && (vehicle.label.is_empty() || self.label.is_none_or(|label| label == vehicle.label))
    }

    /// The vehicle with what was typed.
    fn over(&self, vehicle: Vehicle) -> Vehicle {
        Vehicle {
            label: self.label.map_or(vehicle.label, str::to_owned),
            seats: self.seats.unwrap_or(vehicle.seats),
            wheelchair_places: self.wheelchair_places.unwrap_or(vehicle.wheelchair_places),
            fiscal_power: self.fiscal_power.unwrap_or(vehicle.fiscal_power),
            electric: self.electric.unwrap_or(vehicle.electric),
            number: vehicle.number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vehicle(number: u32, seats: u32, fiscal_power: u32, label: &str) -> Vehicle {
        Vehicle { number, seats, fiscal_power, label: label.to_owned(), ..Vehicle::default() }
    }

    fn check(present: &[Vehicle], typed: &str, expected: Result<&[Vehicle], &str>) {
        let texts: Vec<String> = typed.split(',').map(str::to_owned).collect();
        let read = super::typed(&texts, present).map_err(|error| match error {
            CommandError::Usage { refusal, .. } => refusal.reason().to_owned(),
            CommandError::Failed(_) | CommandError::Output(_) => "another".to_owned(),
        });
        assert_eq!(read, expected.map(<[Vehicle]>::to_vec).map_err(str::to_owned), "{typed}");
    }

    #[test]
    fn a_vehicle_keeps_its_number_and_what_was_not_typed() {
        let car = [vehicle(3, 4, 5, "Berline")];
        check(&car, "4", Ok(&car));
        check(&car, "4:0:5", Ok(&car));
        check(&car, "3=4:0:6", Ok(&[vehicle(3, 4, 6, "Berline")]));
        check(&car, "3=::6@Bleue", Ok(&[vehicle(3, 4, 6, "Bleue")]));
        check(&car, "3=@", Ok(&[vehicle(3, 4, 5, "")]));
        check(&car, "3=:::e", Ok(&[Vehicle { electric: true, ..vehicle(3, 4, 5, "Berline") }]));
        let unknown = [vehicle(1, 4, 0, "")];
        check(&unknown, "4:0:5@Berline", Ok(&[vehicle(1, 4, 5, "Berline")]));
    }

    #[test]
    fn another_vehicle_never_takes_the_number_of_one_that_is_there() {
        let both = [vehicle(1, 4, 5, "Berline"), vehicle(2, 2, 7, "Fourgon")];
        let [car, van] = both.clone();
        check(&both, "2,4", Ok(&[van.clone(), car.clone()]));
        check(&both, "4", Ok(std::slice::from_ref(&car)));
        check(&both, "6,4,2", Ok(&[vehicle(0, 6, 0, ""), car.clone(), van]));
        check(&both, "new=4:0:5,1=4", Ok(&[vehicle(0, 4, 5, ""), car.clone()]));
        check(&both, "4,4,2", Ok(&[car, vehicle(0, 4, 0, ""), vehicle(2, 2, 7, "Fourgon")]));
    }

    #[test]
    fn what_could_be_a_correction_or_another_vehicle_is_not_guessed() {
        let car = [vehicle(1, 4, 5, "Berline")];
        check(&car, "4:0:6", Err("vehicle-unclear"));
        check(&car, "5", Err("vehicle-unclear"));
        check(&car, "4@Verte", Err("vehicle-unclear"));
        check(&car, "new=4:0:6", Ok(&[vehicle(0, 4, 6, "")]));
        check(&car, "2=4", Err("vehicle-number-unknown"));
        check(&car, "1=4,1=5", Err("vehicle-number-unknown"));
        check(&car, "x=4", Err("vehicle-number-unknown"));
        check(&car, "x", Err("vehicle-unclear"));
    }
}
