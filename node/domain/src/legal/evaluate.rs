//! From the facts of a trip to its frame. Each frame that the carrier may use is assessed; the best verdict wins, the
//! *transport d'utilité sociale* first among equals. Pure, total, and without any parameter of its own.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    CarrierForm,
    decision::{Effect, Frame, FrameDecision, Ground, Reason, ReasonCode, Verdict},
    rules::{Article, Rules, SocialTransport},
};
use crate::money::Cents;

/// What is known of a trip when its frame is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripFacts {
    /// Civil day of the trip.
    pub on: Date,
    /// Who carries it; none if the node has not declared anybody.
    pub carrier: Option<CarrierFacts>,
    /// Where the person lives; none if that was not told (a neighbour's trip).
    pub residence: Option<Area>,
    /// Where the trip begins.
    pub pickup: Area,
    /// Where it ends.
    pub dropoff: Area,
    /// The benefits the person has or had.
    pub grounds: Vec<HeldGround>,
    /// Whether the person is a member of the association that day.
    pub member: bool,
    /// Metres with the person.
    pub distance_m: u32,
    /// Places of the vehicle, the driver's included; none while no vehicle is known.
    pub places: Option<u8>,
    /// What is asked of the person; none while it is not known.
    pub contribution: Option<Cents>,
    /// Whether the driver goes there anyway.
    pub own_trip: bool,
    /// Whether both ends lie in the territory of the node.
    pub in_territory: bool,
}

/// What matters about a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarrierFacts {
    /// What it is in law.
    pub form: CarrierForm,
    /// Whether its statutes provide for private services to its members.
    pub private_service: bool,
}

/// What the official table says about a commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The table was not imported, or lacks the commune.
    Unknown,
    /// Outside every urban unit.
    Rural,
    /// In an urban unit.
    Unit {
        /// Inhabitants of the whole unit.
        population: u32,
        /// Whether a multimodal interchange is there.
        interchange: Interchange,
    },
}

/// A multimodal interchange at one end of a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interchange {
    /// None is known in the commune.
    None,
    /// One is known in the commune; whether the trip goes there is not.
    InCommune {
        /// Whether the unit neighbours the place the person comes from.
        neighbouring: bool,
    },
    /// The trip goes there.
    Named {
        /// Whether the unit neighbours the place the person comes from.
        neighbouring: bool,
    },
}

/// A benefit somebody has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldGround {
    /// Its code.
    pub code: String,
    /// First day.
    pub from: Date,
    /// Last day, if it is known.
    pub until: Option<Date>,
}

/// One frame, looked at.
struct Assessment {
    frame: Frame,
    ground: Option<Ground>,
    reasons: Vec<Reason>,
}

/// Decides the frame of a trip.
pub fn evaluate(rules: &Rules, facts: &TripFacts) -> FrameDecision {
    let assessments = assessments(rules, facts);
    let decision = |verdict, frame, ground, reasons| FrameDecision {
        verdict,
        frame,
        ground,
        reasons,
        rules_version: rules.version.clone(),
        on: facts.on,
    };
    if facts.carrier.is_none() {
        let mut reasons = vec![reason(ReasonCode::CarrierUnknown, "", [])];
        reasons.extend(assessments.into_iter().flat_map(|assessment| assessment.reasons));
        return decision(Verdict::ToBeVerified, None, None, reasons);
    }
    let excluded = assessments.iter().all(|assessment| assessment.verdict() == Verdict::Outside);
    if excluded {
        let all = assessments.into_iter().flat_map(|assessment| assessment.reasons);
        let against = all.filter(|reason| reason.code.effect() != Effect::Supports).collect();
        return decision(Verdict::Outside, None, None, against);
    }
    // The least verdict is the best, and the first of equals is taken.
    match assessments.into_iter().min_by_key(Assessment::verdict) {
        Some(best) => decision(best.verdict(), Some(best.frame), best.ground, best.reasons),
        None => decision(Verdict::Outside, None, None, Vec::new()),
    }
}

/// The frames this carrier may use, in order of preference. Without a carrier, what an association could do.
fn assessments(rules: &Rules, facts: &TripFacts) -> Vec<Assessment> {
    let form = facts.carrier.map_or(CarrierForm::Association, |carrier| carrier.form);
    let mut assessed = Vec::new();
    match form {
        CarrierForm::Association => {
            assessed.push(social(rules, facts));
            assessed.extend(private(rules, facts));
        }
        CarrierForm::Authority => assessed.push(public(rules, facts)),
        CarrierForm::Other => assessed.push(social(rules, facts)),
    }
    assessed.extend(carpool(rules, facts));
    assessed
}

impl Assessment {
    fn verdict(&self) -> Verdict {
        let effects = self.reasons.iter().map(|reason| reason.code.effect());
        match effects.max() {
            Some(Effect::Excludes) => Verdict::Outside,
            Some(Effect::Doubts) => Verdict::ToBeVerified,
            Some(Effect::Supports | Effect::Explains) | None => Verdict::Within,
        }
    }
}

fn social(rules: &Rules, facts: &TripFacts) -> Assessment {
    let Some(rule) = rules.social_on(facts.on) else { return missing(Frame::SocialTransport) };
    let mut reasons = Vec::new();
    match facts.carrier.map(|carrier| carrier.form) {
        Some(CarrierForm::Association) => {
            reasons.push(plain(ReasonCode::CarrierAssociation, &rule.articles.association));
        }
        Some(CarrierForm::Authority | CarrierForm::Other) => {
            reasons.push(plain(ReasonCode::CarrierNotAssociation, &rule.articles.association));
        }
        None => {}
    }
    let ground = ground(rules, rule, facts, &mut reasons);
    reasons.push(distance(rule, facts));
    reasons.extend(places(rule, facts));
    reasons.extend(contribution(rule, facts));
    Assessment { frame: Frame::SocialTransport, ground, reasons }
}

/// The better ground: a benefit first, since it knows no perimeter.
fn ground(
    rules: &Rules,
    rule: &SocialTransport,
    facts: &TripFacts,
    reasons: &mut Vec<Reason>,
) -> Option<Ground> {
    let article = &rule.articles.resources.article;
    let mut passed_over = Vec::new();
    for held in &facts.grounds {
        let figure = ("ground", held.code.clone());
        if !held.holds(facts.on) {
            passed_over.push(reason(ReasonCode::GroundExpired, article, [figure]));
        } else if rules.qualifies(&held.code, facts.on) {
            reasons.push(reason(ReasonCode::GroundResources, article, [figure]));
            return Some(Ground::Resources(held.code.clone()));
        } else {
            passed_over.push(reason(ReasonCode::GroundNotListed, article, [figure]));
        }
    }
    reasons.extend(passed_over);
    let code = match facts.residence {
        None => ReasonCode::ResidenceNotTold,
        Some(Area::Unknown) => ReasonCode::UrbanUnitsMissing,
        Some(Area::Rural) => ReasonCode::ResidenceRural,
        Some(Area::Unit { population, .. }) if population < rule.perimeter_population => {
            ReasonCode::ResidenceSmallUnit
        }
        Some(Area::Unit { .. }) => ReasonCode::ResidenceLargeUnit,
    };
    let population = match facts.residence {
        Some(Area::Unit { population, .. }) => Some(population),
        Some(Area::Unknown | Area::Rural) | None => None,
    };
    reasons.push(about_unit(code, &rule.articles.residence, population, rule));
    match code.effect() {
        Effect::Excludes => None,
        Effect::Supports | Effect::Explains => {
            reasons.push(perimeter(rule, facts));
            Some(Ground::Residence)
        }
        Effect::Doubts => {
            let perimeter = perimeter(rule, facts);
            // Nothing rules a trip out whose traveller may have a benefit that was not told.
            let told = facts.residence.is_some() || perimeter.code.effect() != Effect::Excludes;
            reasons.extend(told.then_some(perimeter));
            None
        }
    }
}

/// Qualified by residence: both ends in rural communes or small units, or one of them at an interchange of a neighbouring
/// larger unit, on the way there and on the way back.
fn perimeter(rule: &SocialTransport, facts: &TripFacts) -> Reason {
    let article = &rule.articles.journey;
    let ends = [facts.pickup, facts.dropoff];
    let large: Vec<(u32, Interchange)> = ends.into_iter().filter_map(|end| rule.large(end)).collect();
    let unknown = ends.contains(&Area::Unknown);
    let (code, population) = match large.as_slice() {
        [] if unknown => (ReasonCode::UrbanUnitsMissing, None),
        [] => (ReasonCode::PerimeterWithin, None),
        [(population, interchange)] => {
            let code = match interchange {
                Interchange::Named { neighbouring: true } if unknown => ReasonCode::UrbanUnitsMissing,
                Interchange::Named { neighbouring: true } => ReasonCode::InterchangeWithin,
                Interchange::InCommune { neighbouring: true } => ReasonCode::InterchangeToVerify,
                Interchange::Named { neighbouring: false } => ReasonCode::InterchangeFar,
                Interchange::InCommune { neighbouring: false } | Interchange::None => {
                    ReasonCode::PerimeterOver
                }
            };
            (code, Some(*population))
        }
        [(population, _), ..] => (ReasonCode::PerimeterOver, Some(*population)),
    };
    about_unit(code, article, population, rule)
}

fn distance(rule: &SocialTransport, facts: &TripFacts) -> Reason {
    let over = facts.distance_m > rule.max_distance_m;
    let code = if over { ReasonCode::DistanceOver } else { ReasonCode::DistanceWithin };
    let figures =
        [("distance_m", facts.distance_m.to_string()), ("limit_m", rule.max_distance_m.to_string())];
    reason(code, &rule.articles.journey.article, figures)
}

fn places(rule: &SocialTransport, facts: &TripFacts) -> Option<Reason> {
    let places = facts.places?;
    let code = if places > rule.max_places { ReasonCode::PlacesOver } else { ReasonCode::PlacesWithin };
    let figures = [("places", places.to_string()), ("limit", rule.max_places.to_string())];
    Some(reason(code, &rule.articles.places.article, figures))
}

fn contribution(rule: &SocialTransport, facts: &TripFacts) -> Option<Reason> {
    let asked = facts.contribution?;
    let cap = rule.contribution_cap_cents(facts.distance_m);
    let within = u64::try_from(asked.get()).is_ok_and(|asked| asked <= cap) || asked <= Cents::ZERO;
    let code = if within { ReasonCode::ContributionWithin } else { ReasonCode::ContributionOver };
    let figures = [
        ("asked_cents", asked.get().to_string()),
        ("limit_cents", cap.to_string()),
        ("rate_cents", rule.rate_cap_cents_per_km.to_string()),
        ("distance_m", facts.distance_m.to_string()),
    ];
    Some(reason(code, &rule.articles.contribution.article, figures))
}

/// An association for its members, where its statutes provide for it. Never offered to an association that has not
/// declared it, since it would then only add noise to a refusal.
fn private(rules: &Rules, facts: &TripFacts) -> Option<Assessment> {
    let carrier = facts.carrier?;
    if !carrier.private_service && !facts.member {
        return None;
    }
    let Some(article) = rules.private_on(facts.on) else { return Some(missing(Frame::PrivateService)) };
    let member = if facts.member { ReasonCode::PrivateMember } else { ReasonCode::PrivateNoMember };
    let mut reasons = vec![plain(member, article)];
    if !carrier.private_service {
        reasons.push(plain(ReasonCode::PrivateNotDeclared, article));
    }
    if facts.contribution.is_some_and(|asked| asked > Cents::ZERO) {
        reasons.push(plain(ReasonCode::PrivateContribution, article));
    }
    Some(Assessment { frame: Frame::PrivateService, ground: None, reasons })
}

fn carpool(rules: &Rules, facts: &TripFacts) -> Option<Assessment> {
    if !facts.own_trip {
        return None;
    }
    let Some(article) = rules.carpool_on(facts.on) else { return Some(missing(Frame::Carpool)) };
    let free = facts.contribution.is_some_and(|asked| asked <= Cents::ZERO);
    let code = if free { ReasonCode::CarpoolOwnTrip } else { ReasonCode::CarpoolShare };
    Some(Assessment { frame: Frame::Carpool, ground: None, reasons: vec![plain(code, article)] })
}

fn public(rules: &Rules, facts: &TripFacts) -> Assessment {
    let Some(article) = rules.public_on(facts.on) else { return missing(Frame::PublicService) };
    let code = if facts.in_territory { ReasonCode::PublicWithin } else { ReasonCode::PublicBeyond };
    Assessment { frame: Frame::PublicService, ground: None, reasons: vec![plain(code, article)] }
}

fn missing(frame: Frame) -> Assessment {
    Assessment { frame, ground: None, reasons: vec![reason(ReasonCode::RulesMissing, "", [])] }
}

fn plain(code: ReasonCode, article: &Article) -> Reason {
    reason(code, &article.article, [])
}

fn about_unit(
    code: ReasonCode,
    article: &Article,
    population: Option<u32>,
    rule: &SocialTransport,
) -> Reason {
    let limit = ("limit", rule.perimeter_population.to_string());
    let population = population.map(|population| ("population", population.to_string()));
    reason(code, &article.article, population.into_iter().chain([limit]))
}

fn reason(
    code: ReasonCode,
    article: &str,
    figures: impl IntoIterator<Item = (&'static str, String)>,
) -> Reason {
    let figures: BTreeMap<String, String> =
        figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Reason { code, article: article.to_owned(), figures }
}

impl SocialTransport {
    /// The population and interchange of an end that lies in an urban unit that is not small.
    fn large(&self, end: Area) -> Option<(u32, Interchange)> {
        match end {
            Area::Unit { population, interchange } if population >= self.perimeter_population => {
                Some((population, interchange))
            }
            Area::Unit { .. } | Area::Rural | Area::Unknown => None,
        }
    }
}

impl HeldGround {
    fn holds(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}
