//! Whether two files could be of one person, and by what. Must never decide that they are: somebody looks.

use maillage_geography::fold;

use crate::{
    codes::{UnknownCode, coded},
    person::PersonDetails,
    search::{allowed, phone_key, typos},
    text::{Name, Phone},
    volunteer::VolunteerDetails,
};

use std::{collections::BTreeSet, fmt, str::FromStr};

/// Something that two files have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The name, in any order of its words and but for a slip or two.
    Name,
    /// The phone number, however it was typed.
    Phone,
    /// The home: commune and address, or the commune where neither has an address.
    Home,
    /// The year of birth.
    BirthYear,
}

coded!(Agreement { Name = "name", Phone = "phone", Home = "home", BirthYear = "birth-year" });

/// What two files have in common, if that is enough to look twice: a near name and one thing more, or the same phone and
/// year of birth (somebody who has married). Two known years of birth that differ are two people: a father and a son have
/// name, home and phone in common.
pub fn likeness(one: &PersonDetails, other: &PersonDetails) -> Option<Vec<Agreement>> {
    let years = (one.birth_year, other.birth_year);
    if matches!(years, (Some(one), Some(other)) if one != other) {
        return None;
    }
    let agreed = Agreement::ALL.iter().copied().filter(|agreement| agreement.holds(one, other));
    let agreed: Vec<Agreement> = agreed.collect();
    let name = agreed.contains(&Agreement::Name) && agreed.len() > 1;
    let married = agreed.contains(&Agreement::Phone) && agreed.contains(&Agreement::BirthYear);
    (name || married).then_some(agreed)
}

/// Whether two files of volunteers are enough alike to look twice: a near name, and the same phone or e-mail. A couple shares its
/// phone and not its first names.
pub fn volunteers_alike(one: &VolunteerDetails, other: &VolunteerDetails) -> bool {
    let email =
        |details: &VolunteerDetails| details.email.as_ref().map(|email| email.as_str().to_lowercase());
    let same_email = || email(one).is_some() && email(one) == email(other);
    (same_phone(one.phone.as_ref(), other.phone.as_ref()) || same_email())
        && names_near(&one.name, &other.name)
}

impl Agreement {
    fn holds(self, one: &PersonDetails, other: &PersonDetails) -> bool {
        match self {
            Self::Name => names_near(&one.name, &other.name),
            Self::Phone => same_phone(one.phone.as_ref(), other.phone.as_ref()),
            Self::Home => {
                let address = |details: &PersonDetails| fold(details.home.address.as_str());
                one.home.commune == other.home.commune && address(one) == address(other)
            }
            Self::BirthYear => one.birth_year.is_some() && one.birth_year == other.birth_year,
        }
    }
}

/// Whether two names are the same in any order of their words and but for a slip or two.
fn names_near(one: &Name, other: &Name) -> bool {
    let (one, other) = (fold(one.as_str()), fold(other.as_str()));
    near(&one, &other) || near(&other, &one)
}

/// Whether both have a phone number and it is one, however it was typed.
fn same_phone(one: Option<&Phone>, other: Option<&Phone>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => phone_key(one) == phone_key(other),
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}

/// Whether every word of a name is near a word of its own in another; a name of one word has no more in the other either.
fn near(short: &str, long: &str) -> bool {
    let words: BTreeSet<&str> = short.split_whitespace().collect();
    let mut free: BTreeSet<&str> = long.split_whitespace().collect();
    if words.is_empty() || (words.len() == 1 && free.len() != 1) {
        return false;
    }
    words.into_iter().all(|word| {
        let slips =
            |other: &&&str| typos(word, other, allowed(word.len())).map_or(u8::MAX, |slips| slips.whole);
        let nearest = free.iter().min_by_key(slips).copied();
        match nearest {
            Some(nearest) if slips(&&nearest) < u8::MAX => free.remove(nearest),
            Some(_) | None => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::person::{Intake, NewPerson};

    fn details(name: &str, phone: &str, address: &str, birth_year: Option<i32>) -> PersonDetails {
        let typed = NewPerson {
            name: name.into(),
            phone: phone.into(),
            home: crate::place::NewPlace { commune: "81003".into(), address: address.into() },
            birth_year,
            ..NewPerson::default()
        };
        typed
            .parse(&Intake {
                geography: maillage_geography::Geography::embedded(),
                territory: "200034031".parse().unwrap(),
                today: "2026-10-01".parse().unwrap(),
                allow_outside: false,
            })
            .unwrap()
    }

    #[test]
    fn a_near_name_and_one_thing_more_or_phone_and_year_are_worth_a_look() {
        use Agreement::{BirthYear, Home, Name, Phone};
        let kept = details("Odette Calvet", "05 63 12 34 56", "1 rue du Puits", Some(1948));
        let check = |name, phone, address, year, expected: Option<&[Agreement]>| {
            assert_eq!(likeness(&kept, &details(name, phone, address, year)).as_deref(), expected, "{name}");
        };
        check("CALVET Odete", "+33563123456", "", None, Some(&[Name, Phone]));
        check("Odette Clavet", "", "1 RUE DU PUITS", None, Some(&[Name, Home]));
        check("Odette Marie Calvet", "", "", Some(1948), Some(&[Name, BirthYear]));
        check("Odette Roques", "0563123456", "", Some(1948), Some(&[Phone, BirthYear]));
        check("Odette Calvet", "", "", None, None);
        check("Odette Calvet", "0563123456", "1 rue du Puits", Some(1974), None);
        check("Odette", "0563123456", "", None, None);
        check("Léon Roques", "0563123456", "1 rue du Puits", None, None);
    }

    proptest! {
        #[test]
        fn likeness_is_the_same_from_both_sides_and_a_file_is_like_itself(
            one in "[a-d]{1,5}( [a-d]{1,5}){0,2}", other in "[a-d]{1,5}( [a-d]{1,5}){0,2}",
            years in (proptest::option::of(1940..1943_i32), proptest::option::of(1940..1943_i32)),
        ) {
            let (one, other) = (details(&one, "0563123456", "", years.0), details(&other, "", "", years.1));
            prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
            prop_assert!(likeness(&one, &one).is_some());
        }

        #[test]
        fn case_accents_and_the_order_of_words_make_no_difference(first in "[a-z]{3,8}", last in "[a-z]{3,8}") {
            let kept = details(&format!("{first} {last}"), "0563123456", "", None);
            let anew = details(&format!("{} {}", last.to_uppercase(), first.replace('e', "é")), "05 63 12 34 56", "", None);
            prop_assert!(likeness(&kept, &anew).is_some());
        }
    }
}
