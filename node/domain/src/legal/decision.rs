//! What the engine says of a trip: verdict, frame, ground and printed reasons. Only types and their codes; the rules are in
//! `evaluate`.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::civil::Date;

use crate::codes::{UnknownCode, coded};

/// The frame of a trip, decided for one carrier on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameDecision {
    /// Whether the trip may be carried out.
    pub verdict: Verdict,
    /// The frame chosen; none when every frame excludes the trip.
    pub frame: Option<Frame>,
    /// The ground the person qualifies by, in a *transport d'utilité sociale*.
    pub ground: Option<Ground>,
    /// Why, in the order they were found.
    pub reasons: Vec<Reason>,
    /// The state of the rule tables.
    pub rules_version: String,
    /// The day the rules were asked for: that of the trip.
    pub on: Date,
}

/// Whether a trip may be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A frame holds.
    Within,
    /// A frame may hold: something is not known, and the reasons say what.
    ToBeVerified,
    /// Every frame excludes it.
    Outside,
}

/// A legal frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frame {
    /// Transport d'utilité sociale.
    SocialTransport,
    /// Service privé of an association for its members.
    PrivateService,
    /// Covoiturage: the driver's own trip.
    Carpool,
    /// Public service of the mobility authority.
    PublicService,
}

/// What a person qualifies by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// Lives in a rural commune or a small urban unit.
    Residence,
    /// Has a benefit; its code.
    Resources(String),
}

/// One reason, with its article and figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What.
    pub code: ReasonCode,
    /// The article it follows from; empty when it is a gap of this node's data.
    pub article: String,
    /// Its figures by name, units last in the name. Never names or places.
    pub figures: BTreeMap<String, String>,
}

/// What a reason does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Speaks for the frame.
    Supports,
    /// Explains why something else did not help.
    Explains,
    /// Has to be verified.
    Doubts,
    /// Rules the frame out.
    Excludes,
}

/// What a reason says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCode {
    /// The carrier is an association.
    CarrierAssociation,
    /// The node has not declared who carries.
    CarrierUnknown,
    /// The carrier is no association.
    CarrierNotAssociation,
    /// No longer than allowed.
    DistanceWithin,
    /// Longer than allowed.
    DistanceOver,
    /// No more places than allowed.
    PlacesWithin,
    /// More places than allowed.
    PlacesOver,
    /// No more is asked than allowed.
    ContributionWithin,
    /// More is asked than allowed.
    ContributionOver,
    /// A benefit qualifies, without perimeter.
    GroundResources,
    /// A benefit was held, and is not on that day.
    GroundExpired,
    /// A benefit is not in the list of that day.
    GroundNotListed,
    /// Lives in a rural commune.
    ResidenceRural,
    /// Lives in a small urban unit.
    ResidenceSmallUnit,
    /// Lives in an urban unit that is not small, and no benefit qualifies.
    ResidenceLargeUnit,
    /// Where the person lives was not told: a neighbour's trip.
    ResidenceNotTold,
    /// The table of urban units is missing, or lacks the commune.
    UrbanUnitsMissing,
    /// Both ends lie in rural communes or small units.
    PerimeterWithin,
    /// One end lies in an urban unit that is not small.
    PerimeterOver,
    /// That end is a multimodal interchange of a neighbouring unit.
    InterchangeWithin,
    /// That end lies in a neighbouring unit with an interchange: whether it is the interchange has to be verified.
    InterchangeToVerify,
    /// The interchange is not in a neighbouring unit.
    InterchangeFar,
    /// The person is a member of the association.
    PrivateMember,
    /// The person is no member.
    PrivateNoMember,
    /// The association's statutes do not provide for it.
    PrivateNotDeclared,
    /// Something is asked of the member.
    PrivateContribution,
    /// The driver's own trip, nothing asked.
    CarpoolOwnTrip,
    /// The driver's own trip, and something is asked: cost sharing has to be verified.
    CarpoolShare,
    /// Both ends lie in the authority's territory.
    PublicWithin,
    /// An end lies beyond the authority's territory.
    PublicBeyond,
    /// No table holds on that day.
    RulesMissing,
}

coded!(Verdict { Within = "within", ToBeVerified = "to-be-verified", Outside = "outside" });
coded!(Frame {
    SocialTransport = "tus",
    PrivateService = "private-service",
    Carpool = "carpool",
    PublicService = "public-service",
});
coded!(ReasonCode {
    CarrierAssociation = "carrier-association",
    CarrierUnknown = "carrier-unknown",
    CarrierNotAssociation = "carrier-not-association",
    DistanceWithin = "distance-within",
    DistanceOver = "distance-over",
    PlacesWithin = "places-within",
    PlacesOver = "places-over",
    ContributionWithin = "contribution-within",
    ContributionOver = "contribution-over",
    GroundResources = "ground-resources",
    GroundExpired = "ground-expired",
    GroundNotListed = "ground-not-listed",
    ResidenceRural = "residence-rural",
    ResidenceSmallUnit = "residence-small-unit",
    ResidenceLargeUnit = "residence-large-unit",
    ResidenceNotTold = "residence-not-told",
    UrbanUnitsMissing = "urban-units-missing",
    PerimeterWithin = "perimeter-within",
    PerimeterOver = "perimeter-over",
    InterchangeWithin = "interchange-within",
    InterchangeToVerify = "interchange-to-verify",
    InterchangeFar = "interchange-far",
    PrivateMember = "private-member",
    PrivateNoMember = "private-no-member",
    PrivateNotDeclared = "private-not-declared",
    PrivateContribution = "private-contribution",
    CarpoolOwnTrip = "carpool-own-trip",
    CarpoolShare = "carpool-share",
    PublicWithin = "public-within",
    PublicBeyond = "public-beyond",
    RulesMissing = "rules-missing",
});

impl ReasonCode {
    /// What it does to the verdict of its frame.
    pub fn effect(self) -> Effect {
        match self {
            Self::CarrierAssociation
            | Self::DistanceWithin
            | Self::PlacesWithin
            | Self::ContributionWithin
            | Self::GroundResources
            | Self::ResidenceRural
            | Self::ResidenceSmallUnit
            | Self::PerimeterWithin
            | Self::InterchangeWithin
            | Self::PrivateMember
            | Self::CarpoolOwnTrip
            | Self::PublicWithin => Effect::Supports,
            Self::GroundExpired | Self::GroundNotListed => Effect::Explains,
            Self::CarrierUnknown
            | Self::ResidenceNotTold
            | Self::UrbanUnitsMissing
            | Self::InterchangeToVerify
            | Self::PrivateContribution
            | Self::CarpoolShare
            | Self::PublicBeyond
            | Self::RulesMissing => Effect::Doubts,
            Self::CarrierNotAssociation
            | Self::DistanceOver
            | Self::PlacesOver
            | Self::ContributionOver
            | Self::ResidenceLargeUnit
            | Self::PerimeterOver
            | Self::InterchangeFar
            | Self::PrivateNoMember
            | Self::PrivateNotDeclared => Effect::Excludes,
        }
    }
}

impl FrameDecision {
    /// Whether a reason is among those given.
    pub fn says(&self, code: ReasonCode) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }

    /// The reasons that rule the trip out, have to be verified or explain it; what speaks for it left out.
    pub fn against(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| reason.code.effect() != Effect::Supports)
    }
}

impl Ground {
    /// Its written form: `residence`, or `resources:` and the code of the benefit.
    pub fn written(&self) -> String {
        match self {
            Self::Residence => "residence".to_owned(),
            Self::Resources(code) => format!("resources:{code}"),
        }
    }

    /// Reads the written form.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some(("resources", code)) if !code.is_empty() => Some(Self::Resources(code.to_owned())),
            Some(_) => None,
            None => (text == "residence").then_some(Self::Residence),
        }
    }
}
