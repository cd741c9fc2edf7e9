//! Public holidays of France, computed, and school holidays, read from a dated table. Must never guess: a day the table
//! does not reach is unknown, and said so.

use std::{borrow::Cow, fmt, str::FromStr, sync::LazyLock};

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday, date},
};
use maillage_geography::InseeCode;

use crate::codes::{UnknownCode, coded};

/// The table of school holidays, with the source and the standing of every row.
const TABLE: &str = include_str!("../data/school-holidays.csv");

/// The day from which the table is complete: the beginning of its first school year.
const TABLE_FROM: Date = date(2025, 9, 1);

/// A public holiday (art. L.3133-1 code du travail; art. L.3134-13 for Alsace-Moselle).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicHoliday {
    /// 1 January.
    NewYear,
    /// The Friday before Easter: Alsace-Moselle alone.
    GoodFriday,
    /// The Monday after Easter.
    EasterMonday,
    /// 1 May.
    LabourDay,
    /// 8 May.
    Victory1945,
    /// The fortieth day of Easter.
    Ascension,
    /// The Monday after Pentecost.
    WhitMonday,
    /// 14 July.
    NationalDay,
    /// 15 August.
    Assumption,
    /// 1 November.
    AllSaints,
    /// 11 November.
    Armistice1918,
    /// 25 December.
    Christmas,
    /// 26 December: Alsace-Moselle alone.
    SaintStephen,
}

coded!(PublicHoliday {
    NewYear = "new-year",
    GoodFriday = "good-friday",
    EasterMonday = "easter-monday",
    LabourDay = "labour-day",
    Victory1945 = "victory-1945",
    Ascension = "ascension",
    WhitMonday = "whit-monday",
    NationalDay = "national-day",
    Assumption = "assumption",
    AllSaints = "all-saints",
    Armistice1918 = "armistice-1918",
    Christmas = "christmas",
    SaintStephen = "saint-stephen",
});

/// A zone of the school calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchoolZone {
    /// Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers.
    A,
    /// Aix-Marseille, Amiens, Lille, Nancy-Metz, Nantes, Nice, Normandie, Orléans-Tours, Reims, Rennes, Strasbourg.
    B,
    /// Créteil, Montpellier, Paris, Toulouse, Versailles.
    C,
}

coded!(SchoolZone { A = "A", B = "B", C = "C" });

/// Whether there is school on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchoolDay {
    /// A day of the school year; weekends too.
    Term,
    /// School holidays.
    Holidays(SchoolPeriod),
    /// The table does not reach that day, or that part of France sets its own calendar.
    Unknown,
}

/// Which school holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchoolPeriod {
    /// All Saints.
    Autumn,
    /// Christmas.
    Christmas,
    /// February and March.
    Winter,
    /// April and May.
    Spring,
    /// The bridge after Ascension Day.
    Ascension,
    /// July and August.
    Summer,
}

coded!(SchoolPeriod {
    Autumn = "autumn",
    Christmas = "christmas",
    Winter = "winter",
    Spring = "spring",
    Ascension = "ascension",
    Summer = "summer",
});

/// A row of the table of school holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolHolidays {
    /// The zone; none stands for all three.
    pub zone: Option<SchoolZone>,
    /// Which holidays.
    pub period: SchoolPeriod,
    /// First day without school.
    pub first: Date,
    /// The day school begins again.
    pub back: Date,
    /// Whether the dates were compared with a second publication.
    pub verified: bool,
    /// Where the dates come from.
    pub source: Cow<'static, str>,
}

/// The calendar that holds somewhere in France.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar<'a> {
    /// The zone of the school calendar; none where the place sets its own.
    pub zone: Option<SchoolZone>,
    /// Whether the two holidays of Alsace-Moselle hold.
    pub alsace_moselle: bool,
    /// School holidays that the operator imported: stronger than the table that is shipped.
    imported: &'a [SchoolHolidays],
}

impl<'a> Calendar<'a> {
    /// The calendar of a commune, which follows from its département.
    pub fn of(commune: InseeCode) -> Self {
        Self::of_department(commune.as_str().get(..2).unwrap_or_default())
    }

    /// The calendar of a département by its code, such as `81`.
    pub fn of_department(code: &str) -> Self {
        Self { zone: zone_of(code), alsace_moselle: matches!(code, "57" | "67" | "68"), imported: &[] }
    }

    /// The same with school holidays that the operator imported. They hold from the school year of their first row up to
    /// the end of their last one; the table that is shipped holds before and after.
    #[must_use]
    pub fn with_imported(self, imported: &'a [SchoolHolidays]) -> Self {
        Self { imported, ..self }
    }

    /// The public holiday on a day, if it is one here. Two may fall together (Ascension Day on 1 or 8 May): the fixed
    /// one is named.
    pub fn public_holiday(self, day: Date) -> Option<PublicHoliday> {
        fixed(day, self.alsace_moselle).or_else(|| movable(day, self.alsace_moselle))
    }

    /// Whether there is school on a day.
    pub fn school_day(self, day: Date) -> SchoolDay {
        let Some(zone) = self.zone else { return SchoolDay::Unknown };
        let own = Rows { rows: self.imported, zone };
        let shipped = Rows { rows: school_holidays(), zone };
        if let Some(period) = own.holidays(day) {
            return SchoolDay::Holidays(period);
        }
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return shipped.school_day(day) };
        let covered = school_year(first) <= day && day < last;
        match shipped.school_day(day) {
            // Holidays before the first imported row are those that are shipped, unless that row has moved them.
            SchoolDay::Holidays(period) if covered && day < first && !own.has(period, day) => {
                SchoolDay::Holidays(period)
            }
            _ if covered => SchoolDay::Term,
            shipped @ (SchoolDay::Term | SchoolDay::Holidays(_) | SchoolDay::Unknown) => shipped,
        }
    }
}

/// The rows of a table that hold in a zone.
#[derive(Clone, Copy)]
struct Rows<'a> {
    rows: &'a [SchoolHolidays],
    zone: SchoolZone,
}

impl Rows<'_> {
    fn iter(&self) -> impl Iterator<Item = &SchoolHolidays> {
        self.rows.iter().filter(|row| row.zone.is_none_or(|other| other == self.zone))
    }

    fn first(&self) -> Option<Date> {
        self.iter().map(|row| row.first).min()
    }

    fn last(&self) -> Option<Date> {
        self.iter().map(|row| row.back).max()
    }

    /// Whether there is a row of these holidays in the school year of a day.
    fn has(&self, period: SchoolPeriod, day: Date) -> bool {
        self.iter().any(|row| row.period == period && school_year(row.first) == school_year(day))
    }

    fn holidays(&self, day: Date) -> Option<SchoolPeriod> {
        self.iter().find(|row| (row.first..row.back).contains(&day)).map(|row| row.period)
    }

    /// By the table that is shipped, which is complete from its first school year on.
    fn school_day(&self, day: Date) -> SchoolDay {
        match self.holidays(day) {
            Some(period) => SchoolDay::Holidays(period),
            None if TABLE_FROM <= day && self.last().is_some_and(|last| day < last) => SchoolDay::Term,
            None => SchoolDay::Unknown,
        }
    }
}

/// The first of September of the school year of a day.
fn school_year(day: Date) -> Date {
    let year = if day.month() >= 9 { day.year() } else { day.year() - 1 };
    Date::new(year, 9, 1).unwrap_or(day)
}

impl SchoolPeriod {
    /// The holidays that an official calendar calls so, or that are typed by their code.
    pub fn named(name: &str) -> Option<Self> {
        let name = maillage_geography::fold(name);
        if let Ok(period) = name.parse() {
            return Some(period);
        }
        let words = [
            ("toussaint", Self::Autumn),
            ("noel", Self::Christmas),
            ("hiver", Self::Winter),
            ("printemps", Self::Spring),
            ("ascension", Self::Ascension),
            ("ete", Self::Summer),
        ];
        let mut named = name.split(|c: char| !c.is_alphanumeric());
        named.find_map(|word| words.iter().find(|(known, _)| *known == word).map(|(_, period)| *period))
    }
}

/// The table of school holidays, as it is shipped.
pub fn school_holidays() -> &'static [SchoolHolidays] {
    static ROWS: LazyLock<Vec<SchoolHolidays>> = LazyLock::new(|| TABLE.lines().filter_map(row).collect());
    &ROWS
}

/// Easter Sunday of a year of the Gregorian calendar (algorithm of Meeus, Jones and Butcher; J. Meeus, *Astronomical
/// Algorithms*, 2nd ed., ch. 8).
#[expect(clippy::many_single_char_names, reason = "the names of the source")]
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let a = y % 19;
    let (b, c) = (y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

fn fixed(day: Date, alsace_moselle: bool) -> Option<PublicHoliday> {
    Some(match (day.month(), day.day()) {
        (1, 1) => PublicHoliday::NewYear,
        (5, 1) => PublicHoliday::LabourDay,
        (5, 8) => PublicHoliday::Victory1945,
        (7, 14) => PublicHoliday::NationalDay,
        (8, 15) => PublicHoliday::Assumption,
        (11, 1) => PublicHoliday::AllSaints,
        (11, 11) => PublicHoliday::Armistice1918,
        (12, 25) => PublicHoliday::Christmas,
        (12, 26) if alsace_moselle => PublicHoliday::SaintStephen,
        _ => return None,
    })
}

fn movable(day: Date, alsace_moselle: bool) -> Option<PublicHoliday> {
    let easter = easter(day.year())?;
    let after = |days: i32| easter.checked_add(days.days()).ok() == Some(day);
    match day.weekday() {
        Weekday::Friday if alsace_moselle && after(-2) => Some(PublicHoliday::GoodFriday),
        Weekday::Monday if after(1) => Some(PublicHoliday::EasterMonday),
        Weekday::Monday if after(50) => Some(PublicHoliday::WhitMonday),
        Weekday::Thursday if after(39) => Some(PublicHoliday::Ascension),
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday
        | Weekday::Saturday
        | Weekday::Sunday => None,
    }
}

/// The zone of a département (art. D.521-1 code de l'éducation and the decrees on the school calendar: by académie).
fn zone_of(department: &str) -> Option<SchoolZone> {
    const A: &str =
        "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90";
    const B: &str = "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 \
                     67 68 72 76 80 83 84 85 88";
    const C: &str = "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95";
    let within = |list: &str| list.split_whitespace().any(|code| code == department);
    match department {
        code if within(A) && !code.is_empty() => Some(SchoolZone::A),
        _ if within(B) => Some(SchoolZone::B),
        _ if within(C) => Some(SchoolZone::C),
        _ => None,
    }
}

/// A line of the table; comments, the heading and whatever does not read are none, and a test counts them.
fn row(line: &'static str) -> Option<SchoolHolidays> {
    if line.starts_with('#') || line.starts_with("year,") {
        return None;
    }
    let mut fields = line.splitn(7, ',').skip(1);
    let zone = match fields.next()? {
        "all" => None,
        zone => Some(zone.parse().ok()?),
    };
    Some(SchoolHolidays {
        zone,
        period: fields.next()?.parse().ok()?,
        first: fields.next()?.parse().ok()?,
        back: fields.next()?.parse().ok()?,
        verified: fields.next()? == "yes",
        source: Cow::Borrowed(fields.next()?.trim_matches('"')),
    })
}

impl fmt::Display for Calendar<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.map_or("-", SchoolZone::code);
        write!(formatter, "{zone}{}", if self.alsace_moselle { "+" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn easter_is_where_the_tables_put_it() {
        let known = [
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2038-04-25",
            "2285-03-22",
        ];
        for text in known {
            assert_eq!(easter(day(text).year()), Some(day(text)));
        }
    }

    #[test]
    fn the_eleven_public_holidays_of_a_year_and_two_more_in_alsace_moselle() {
        let holidays = |calendar: Calendar<'_>| {
            let year = std::iter::successors(Some(day("2027-01-01")), |day| day.tomorrow().ok());
            let year = year.take_while(|day| day.year() == 2027);
            year.filter_map(|day| Some(format!("{day} {}", calendar.public_holiday(day)?)))
                .collect::<Vec<_>>()
        };
        let tarn = holidays(Calendar::of_department("81"));
        let expected = [
            "2027-01-01 new-year",
            "2027-03-29 easter-monday",
            "2027-05-01 labour-day",
            "2027-05-06 ascension",
            "2027-05-08 victory-1945",
            "2027-05-17 whit-monday",
            "2027-07-14 national-day",
            "2027-08-15 assumption",
            "2027-11-01 all-saints",
            "2027-11-11 armistice-1918",
            "2027-12-25 christmas",
        ];
        assert_eq!(tarn, expected);
        let moselle = holidays(Calendar::of_department("57"));
        assert_eq!(moselle.len(), 13);
        assert!(moselle.contains(&"2027-03-26 good-friday".to_owned()));
        assert!(moselle.contains(&"2027-12-26 saint-stephen".to_owned()));
    }

    #[test]
    fn school_holidays_follow_the_zone_and_are_unknown_beyond_the_table() {
        let check = |department: &str, text: &str, expected: SchoolDay| {
            assert_eq!(
                Calendar::of_department(department).school_day(day(text)),
                expected,
                "{department} {text}"
            );
        };
        let winter = SchoolDay::Holidays(SchoolPeriod::Winter);
        check("81", "2026-02-20", SchoolDay::Term);
        check("81", "2026-02-21", winter);
        check("81", "2026-03-08", winter);
        check("81", "2026-03-09", SchoolDay::Term);
        check("63", "2026-02-07", winter);
        check("29", "2026-02-13", SchoolDay::Term);
        check("29", "2026-02-14", winter);
        check("29", "2026-08-31", SchoolDay::Holidays(SchoolPeriod::Summer));
        check("29", "2026-09-01", SchoolDay::Term);
        check("81", "2027-08-30", SchoolDay::Holidays(SchoolPeriod::Summer));
        for (department, text) in [
            ("81", "2025-08-31"),
            ("81", "2027-08-31"),
            ("81", "2031-01-01"),
            ("2A", "2026-02-20"),
            ("97", "2026-02-20"),
        ] {
            check(department, text, SchoolDay::Unknown);
        }
    }

    #[test]
    fn imported_holidays_are_stronger_than_the_shipped_table_and_go_on_beyond_it() {
        let row = |period, first: &str, back: &str| SchoolHolidays {
            zone: Some(SchoolZone::C),
            period,
            first: day(first),
            back: day(back),
            verified: true,
            source: "synthèse".into(),
        };
        let imported = [
            row(SchoolPeriod::Winter, "2027-02-13", "2027-03-01"),
            row(SchoolPeriod::Summer, "2027-07-03", "2027-09-01"),
            row(SchoolPeriod::Autumn, "2027-10-23", "2027-11-08"),
        ];
        let check = |department: &str, text: &str, expected: SchoolDay| {
            let calendar = Calendar::of_department(department).with_imported(&imported);
            assert_eq!(calendar.school_day(day(text)), expected, "{department} {text}");
        };
        check("81", "2027-02-06", SchoolDay::Term);
        check("81", "2026-12-24", SchoolDay::Holidays(SchoolPeriod::Christmas));
        check("81", "2027-02-28", SchoolDay::Holidays(SchoolPeriod::Winter));
        check("81", "2027-10-23", SchoolDay::Holidays(SchoolPeriod::Autumn));
        check("81", "2027-09-15", SchoolDay::Term);
        check("81", "2027-11-08", SchoolDay::Unknown);
        check("81", "2026-02-21", SchoolDay::Holidays(SchoolPeriod::Winter));
        check("63", "2027-10-23", SchoolDay::Unknown);
    }

    #[test]
    fn official_names_of_holidays_are_read() {
        for (name, period) in [
            ("Vacances de la Toussaint", SchoolPeriod::Autumn),
            ("Vacances de Noël", SchoolPeriod::Christmas),
            ("Début des Vacances d'Été", SchoolPeriod::Summer),
            ("Pont de l’Ascension", SchoolPeriod::Ascension),
            ("spring", SchoolPeriod::Spring),
        ] {
            assert_eq!(SchoolPeriod::named(name), Some(period), "{name}");
        }
        assert_eq!(SchoolPeriod::named("Rentrée scolaire des élèves"), None);
    }

    #[test]
    fn every_row_of_the_table_reads_and_every_departement_has_its_zone() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#') && !line.starts_with("year,")).count();
        assert_eq!(school_holidays().len(), rows);
        for row in school_holidays() {
            assert!(row.first < row.back && !row.source.is_empty(), "{row:?}");
            if row.period != SchoolPeriod::Ascension {
                assert_eq!(row.first.weekday(), Weekday::Saturday, "{row:?}");
            }
        }
        let mainland = (1..=95).filter(|number| *number != 20);
        for number in mainland {
            let code = format!("{number:02}");
            assert!(Calendar::of_department(&code).zone.is_some(), "{code}");
        }
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_of_spring(year in 1600_i16..=3000) {
            let easter = easter(year).unwrap();
            prop_assert_eq!(easter.weekday(), Weekday::Sunday);
            prop_assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&easter));
        }
    }
}
