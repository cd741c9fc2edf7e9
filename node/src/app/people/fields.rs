//! Which fields of a file a change touched, for the journal. Names of fields alone; values only of choices that somebody
//! makes, as codes. Must never tell what was typed.

use maillage_domain::{
    person::{NewPerson, PersonDetails},
    volunteer::{NewVolunteer, VolunteerDetails},
};
use maillage_store::events::FieldChange;

/// What differs between two states of a beneficiary's file.
pub(super) fn of_person(former: &PersonDetails, now: &PersonDetails) -> Vec<FieldChange> {
    let (was, is) = (NewPerson::of(former), NewPerson::of(now));
    let named = [
        ("name", was.name != is.name),
        ("phone", was.phone != is.phone),
        ("email", was.email != is.email),
        ("channel", was.channel != is.channel),
        ("home", was.home != is.home),
        ("birth_year", was.birth_year != is.birth_year),
        ("needs", was.needs != is.needs),
        ("situation", was.situation != is.situation),
        ("grounds", was.grounds != is.grounds),
        ("quotient_euros", was.quotient_euros != is.quotient_euros),
        ("member_until", was.member_until != is.member_until),
        ("prescriber", was.prescriber != is.prescriber),
        ("informed_on", was.informed_on != is.informed_on),
        ("driver_notes", was.driver_notes != is.driver_notes),
        ("internal_notes", was.internal_notes != is.internal_notes),
        ("avoid", was.avoid != is.avoid),
    ];
    let choices = [
        FieldChange::choice("sharing", former.sharing.code(), now.sharing.code()),
        FieldChange::choice(
            "statistics_objection",
            yes_or_no(former.statistics_objection),
            yes_or_no(now.statistics_objection),
        ),
        FieldChange::choice("pooling", former.pooling.code(), now.pooling.code()),
    ];
    touched(&named).chain(choices.into_iter().flatten()).collect()
}

/// What differs between two states of a volunteer's file.
pub(super) fn of_volunteer(former: &VolunteerDetails, now: &VolunteerDetails) -> Vec<FieldChange> {
    let (was, is) = (NewVolunteer::of(former), NewVolunteer::of(now));
    let named = [
        ("name", was.name != is.name),
        ("phone", was.phone != is.phone),
        ("email", was.email != is.email),
        ("channel", was.channel != is.channel),
        ("home", was.home != is.home),
        ("vehicles", was.vehicles != is.vehicles),
        ("accepts", was.accepts != is.accepts),
        ("availability", was.availability != is.availability),
        ("absences", was.absences != is.absences),
        ("max_trip_m", was.max_trip_m != is.max_trip_m),
        ("trips_per_week", was.trips_per_week != is.trips_per_week),
        ("wished_m", was.wished_m != is.wished_m),
        ("hours_per_week", was.hours_per_week != is.hours_per_week),
        ("communes", was.communes != is.communes),
        ("avoid", was.avoid != is.avoid),
    ];
    let choice = FieldChange::choice("standing_yes", yes_or_no(was.standing_yes), yes_or_no(is.standing_yes));
    touched(&named).chain(choice).collect()
}

fn touched<'a>(named: &'a [(&'static str, bool)]) -> impl Iterator<Item = FieldChange> + 'a {
    named.iter().filter(|(_, differs)| *differs).map(|(field, _)| FieldChange::of(field))
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
