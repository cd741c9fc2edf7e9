//! The dated rule tables, read from their data file. Must never hold a parameter of its own.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

const FRAMES: &str = include_str!("../../data/legal/frames.toml");

static EMBEDDED: LazyLock<Result<Rules, RulesError>> = LazyLock::new(|| Rules::parse(FRAMES));

/// Every rule table, with all its periods.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rules {
    /// Names this state of the tables; every decision carries it.
    pub version: String,
    social: Vec<SocialTransport>,
    carpool: Vec<SimpleFrame>,
    private_service: Vec<SimpleFrame>,
    public_service: Vec<SimpleFrame>,
    ground: Vec<GroundRule>,
}

/// Parameters of the *transport d'utilité sociale* in a period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SocialTransport {
    /// First day.
    pub from: Date,
    /// Last day; none while it is in force.
    pub until: Option<Date>,
    /// Longest trip, in metres, itself allowed.
    pub max_distance_m: u32,
    /// An urban unit of so many inhabitants is no longer small.
    pub perimeter_population: u32,
    /// Most places of a vehicle, the driver's included.
    pub max_places: u8,
    /// Most that may be asked per kilometre travelled, in cents.
    pub rate_cap_cents_per_km: u32,
    /// The texts it comes from.
    pub source: String,
    /// The article of each rule.
    pub articles: SocialArticles,
}

/// The article of each rule of the *transport d'utilité sociale*.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SocialArticles {
    /// Who may organise it.
    pub association: Article,
    /// The ground of residence.
    pub residence: Article,
    /// The ground of resources.
    pub resources: Article,
    /// What may be asked.
    pub contribution: Article,
    /// How far and where.
    pub journey: Article,
    /// The vehicle.
    pub places: Article,
}

/// An article of the code des transports.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Article {
    /// Its number, such as `R.3133-4`.
    pub article: String,
    /// Whether its number was checked against the text itself or against a publisher of it.
    pub verified: bool,
}

/// A frame without parameters of its own, in a period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SimpleFrame {
    from: Date,
    until: Option<Date>,
    source: String,
    article: Article,
}

/// A benefit that qualifies by resources, in a period. To be verified by the operator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GroundRule {
    /// Its code, as kept with a person.
    pub code: String,
    /// Its official name.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day; none while it is in force.
    pub until: Option<Date>,
}

/// Why rule tables cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Not the expected TOML.
    #[error("the legal rules are not readable: {0}")]
    Toml(String),
    /// Two periods of one table overlap, or one ends before it begins.
    #[error("the periods of the table {0} overlap or run backwards")]
    Periods(&'static str),
}

impl Rules {
    /// The tables this version of Maillage was built with.
    ///
    /// # Panics
    /// If the embedded file is damaged, which every test of this module would show before any release.
    pub fn embedded() -> &'static Self {
        EMBEDDED.as_ref().expect("the embedded legal rules are whole")
    }

    /// Reads tables.
    ///
    /// # Errors
    /// Unknown fields, and periods that overlap or run backwards.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let rules: Self =
            toml::from_str(text).map_err(|error| RulesError::Toml(error.message().to_owned()))?;
        check("social", rules.social.iter().map(|rule| (rule.from, rule.until)))?;
        check("carpool", rules.carpool.iter().map(SimpleFrame::period))?;
        check("private-service", rules.private_service.iter().map(SimpleFrame::period))?;
        check("public-service", rules.public_service.iter().map(SimpleFrame::period))?;
        for ground in &rules.ground {
            let same = rules.ground.iter().filter(|other| other.code == ground.code);
            check("ground", same.map(|rule| (rule.from, rule.until)))?;
        }
        Ok(rules)
    }

    /// The parameters of the *transport d'utilité sociale* on a day.
    pub fn social_on(&self, day: Date) -> Option<&SocialTransport> {
        self.social.iter().find(|rule| holds((rule.from, rule.until), day))
    }

    /// Whether a benefit qualifies on a day.
    pub fn qualifies(&self, code: &str, day: Date) -> bool {
        self.ground.iter().any(|rule| rule.code == code && holds((rule.from, rule.until), day))
    }

    /// Every benefit that qualifies or did, in the order of the file.
    pub fn grounds(&self) -> &[GroundRule] {
        &self.ground
    }

    /// The article of carpooling on a day.
    pub(super) fn carpool_on(&self, day: Date) -> Option<&Article> {
        simple(&self.carpool, day)
    }

    /// The article of private services on a day.
    pub(super) fn private_on(&self, day: Date) -> Option<&Article> {
        simple(&self.private_service, day)
    }

    /// The article of public services on a day.
    pub(super) fn public_on(&self, day: Date) -> Option<&Article> {
        simple(&self.public_service, day)
    }
}

impl SocialTransport {
    /// Most that may be asked for a distance, in whole cents, rounded down in the person's favour.
    pub fn contribution_cap_cents(&self, distance_m: u32) -> u64 {
        u64::from(self.rate_cap_cents_per_km) * u64::from(distance_m) / 1_000
    }
}

impl SimpleFrame {
    fn period(&self) -> (Date, Option<Date>) {
        (self.from, self.until)
    }
}

fn simple(table: &[SimpleFrame], day: Date) -> Option<&Article> {
    table.iter().find(|rule| holds(rule.period(), day)).map(|rule| &rule.article)
}

fn holds((from, until): (Date, Option<Date>), day: Date) -> bool {
    from <= day && until.is_none_or(|until| day <= until)
}

fn check(table: &'static str, periods: impl Iterator<Item = (Date, Option<Date>)>) -> Result<(), RulesError> {
    let mut periods: Vec<(Date, Date)> =
        periods.map(|(from, until)| (from, until.unwrap_or(Date::MAX))).collect();
    periods.sort_unstable();
    let backwards = periods.iter().any(|(from, until)| until < from);
    let overlap = periods.iter().zip(periods.iter().skip(1)).any(|(first, next)| next.0 <= first.1);
    if backwards || overlap { Err(RulesError::Periods(table)) } else { Ok(()) }
}
