//! What a platform declares once a year about its accounts: figures that a person has typed and signed. They carry no noise and stand
//! outside the privacy guarantee of the reports, so that nothing in them may be about a person: amounts of a whole year, the number of
//! volunteers as a band, trips rounded to 50, amounts to 100 euros. Must never hold a figure of one month, of one person, or a name.

mod figures;

use maillage_proto::federation::v1 as proto;
use prost::Message as _;

pub use self::figures::{Figures, VolunteerBand, rounded_cents, rounded_trips};
use crate::{
    envelope::Body,
    limits::{ACCOUNTS_FIRST_YEAR, ACCOUNTS_LAST_YEAR, ACCOUNTS_REVISIONS},
    models::ModelKeyError,
    month::Month,
    statistics::WithdrawalReason,
};

/// The form that this version writes and reads.
pub const FORM: &str = "v1/accounts";

/// A declaration about a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The civil year.
    pub year: i16,
    /// 1, 2, 3 …: the highest counts.
    pub revision: u32,
    /// What is declared.
    pub said: Said,
}

/// What a declaration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The figures, in place of any before.
    Figures(Box<Figures>),
    /// What was declared before is taken back.
    Withdrawn(WithdrawalReason),
}

/// Why a declaration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// A form that this version does not know.
    #[error("the form is not in force")]
    Form,
    /// A year that no platform declares.
    #[error("no platform declares the year {0}")]
    Year(u32),
    /// Not a revision, or one too many.
    #[error("{0} is not a revision")]
    Revision(u32),
    /// Neither figures nor that they are taken back, or there is nothing to take back.
    #[error("nothing is declared")]
    Nothing,
    /// A model key is malformed.
    #[error("a participation model is malformed")]
    Model(#[from] ModelKeyError),
    /// None, too many, unordered or double.
    #[error("the participation models are not each once, in order")]
    Models,
    /// Not a band.
    #[error("the number of volunteers is not a band")]
    Band,
    /// Nobody's trips are counted one by one, nor anybody's euros.
    #[error("the trips are not rounded to 50, or an amount is not rounded to 100 euros")]
    NotRounded,
    /// More than any platform has.
    #[error("the figure {0} is out of range")]
    Range(&'static str),
    /// Not a reason.
    #[error("what is said of the declaration that is taken back is malformed")]
    Withdrawal,
}

impl Declared {
    /// The bytes of the body that is signed and leaves.
    pub fn body(&self) -> Vec<u8> {
        proto::Body::from(Body::Accounts(self.clone())).encode_to_vec()
    }

    /// BLAKE3 of those bytes: what node and hub know the declaration by.
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.body()).as_bytes()
    }

    /// The declaration alone in bytes, as it is stored.
    pub fn encode(&self) -> Vec<u8> {
        proto::DeclaredAccounts::from(self.clone()).encode_to_vec()
    }

    /// Reads a declaration from bytes.
    ///
    /// # Errors
    /// What is not readable says nothing; then the first rule that is broken.
    pub fn decode(bytes: &[u8]) -> Result<Self, AccountsError> {
        proto::DeclaredAccounts::decode(bytes).map_err(|_| AccountsError::Nothing)?.try_into()
    }

    /// The figures; none if they are taken back.
    pub fn figures(&self) -> Option<&Figures> {
        match &self.said {
            Said::Figures(figures) => Some(figures),
            Said::Withdrawn(_) => None,
        }
    }

    /// The last month of its year: with it the year is over.
    pub fn last_month(&self) -> Option<Month> {
        Month::new(self.year, 12).ok()
    }

    /// Checks a declaration against its form.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), AccountsError> {
        if !(ACCOUNTS_FIRST_YEAR..=ACCOUNTS_LAST_YEAR).contains(&self.year) {
            return Err(AccountsError::Year(u32::try_from(self.year).unwrap_or_default()));
        }
        if !(1..=ACCOUNTS_REVISIONS).contains(&self.revision) {
            return Err(AccountsError::Revision(self.revision));
        }
        match &self.said {
            Said::Figures(figures) => figures.check(),
            Said::Withdrawn(_) if self.revision == 1 => Err(AccountsError::Nothing),
            Said::Withdrawn(_) => Ok(()),
        }
    }
}

impl TryFrom<proto::DeclaredAccounts> for Declared {
    type Error = AccountsError;

    fn try_from(message: proto::DeclaredAccounts) -> Result<Self, AccountsError> {
        use proto::declared_accounts::Said as Told;
        let proto::DeclaredAccounts { form, year, revision, said } = message;
        if form != FORM {
            return Err(AccountsError::Form);
        }
        let said = match said.ok_or(AccountsError::Nothing)? {
            Told::Figures(figures) => Said::Figures(Box::new(figures.try_into()?)),
            Told::WithdrawnBecause(reason) => {
                Said::Withdrawn(reason.parse().map_err(|_| AccountsError::Withdrawal)?)
            }
        };
        let year = i16::try_from(year).map_err(|_| AccountsError::Year(year))?;
        let declared = Self { year, revision, said };
        declared.check()?;
        Ok(declared)
    }
}

impl From<Declared> for proto::DeclaredAccounts {
    fn from(declared: Declared) -> Self {
        use proto::declared_accounts::Said as Told;
        let Declared { year, revision, said } = declared;
        let said = match said {
            Said::Figures(figures) => Told::Figures((*figures).into()),
            Said::Withdrawn(reason) => Told::WithdrawnBecause(reason.code().to_owned()),
        };
        Self {
            form: FORM.to_owned(),
            year: u32::try_from(year).unwrap_or_default(),
            revision,
            said: Some(said),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountsError, Declared, Figures, Said, VolunteerBand, proto, rounded_cents, rounded_trips};
    use crate::statistics::WithdrawalReason;

    fn figures() -> Figures {
        Figures {
            models: vec!["benevoles-association@1".parse().unwrap(), "hybride-guichet@1".parse().unwrap()],
            full_cost_cents: 4_000_000,
            subsidy_cents: 2_500_000,
            contributions_cents: 600_000,
            compensation_cents: 900_000,
            waivers_cents: 0,
            vehicles: 2,
            staff_fte_hundredths: 150,
            volunteers: VolunteerBand::From10To19,
            trips: 1_250,
            solutions_opened: 1,
        }
    }

    fn declared(figures: Figures) -> Declared {
        Declared { year: 2026, revision: 1, said: Said::Figures(Box::new(figures)) }
    }

    #[test]
    fn a_declaration_reads_back_and_anything_beyond_its_form_is_refused() {
        let known = declared(figures());
        let message = proto::DeclaredAccounts::from(known.clone());
        assert_eq!(Declared::try_from(message.clone()), Ok(known));
        let wrong = |change: fn(&mut proto::DeclaredAccounts)| {
            let mut message = message.clone();
            change(&mut message);
            Declared::try_from(message)
        };
        assert_eq!(wrong(|message| message.form = "v2/accounts".into()), Err(AccountsError::Form));
        assert_eq!(wrong(|message| message.year = 2018), Err(AccountsError::Year(2018)));
        assert_eq!(wrong(|message| message.year = 70_000), Err(AccountsError::Year(70_000)));
        assert_eq!(wrong(|message| message.revision = 0), Err(AccountsError::Revision(0)));
        assert_eq!(wrong(|message| message.revision = 101), Err(AccountsError::Revision(101)));
        assert_eq!(wrong(|message| message.said = None), Err(AccountsError::Nothing));
    }

    #[test]
    fn figures_are_those_of_a_whole_platform_and_never_of_a_person() {
        let refused = |change: fn(&mut Figures)| {
            let mut figures = figures();
            change(&mut figures);
            declared(figures).check().unwrap_err()
        };
        assert_eq!(refused(|figures| figures.trips = 1_249), AccountsError::NotRounded);
        for cents in [4_000_001, 4_005_000] {
            let amounts: [fn(&mut Figures) -> &mut u64; 5] = [
                |figures| &mut figures.full_cost_cents,
                |figures| &mut figures.subsidy_cents,
                |figures| &mut figures.contributions_cents,
                |figures| &mut figures.compensation_cents,
                |figures| &mut figures.waivers_cents,
            ];
            for amount in amounts {
                let mut figures = figures();
                *amount(&mut figures) = cents;
                assert_eq!(declared(figures).check(), Err(AccountsError::NotRounded));
            }
        }
        assert_eq!(refused(|figures| figures.trips = 1_000_050), AccountsError::Range("trips"));
        assert_eq!(refused(|figures| figures.full_cost_cents = u64::MAX), AccountsError::Range("full-cost"));
        assert_eq!(
            refused(|figures| figures.waivers_cents = 10_000_000_001),
            AccountsError::Range("waivers")
        );
        assert_eq!(refused(|figures| figures.vehicles = 5_001), AccountsError::Range("vehicles"));
        assert_eq!(
            refused(|figures| figures.staff_fte_hundredths = 200_001),
            AccountsError::Range("staff-fte")
        );
        assert_eq!(
            refused(|figures| figures.solutions_opened = 1_001),
            AccountsError::Range("solutions-opened")
        );
        assert_eq!(refused(|figures| figures.models.reverse()), AccountsError::Models);
        assert_eq!(refused(|figures| figures.models.clear()), AccountsError::Models);
        assert_eq!(
            refused(|figures| figures.models.push("hybride-guichet@1".parse().unwrap())),
            AccountsError::Models
        );
        let mut message = proto::DeclaredAccounts::from(declared(figures()));
        let Some(proto::declared_accounts::Said::Figures(said)) = &mut message.said else { panic!() };
        said.volunteers = "17".into();
        assert_eq!(Declared::try_from(message), Err(AccountsError::Band), "nobody counts volunteers");
    }

    #[test]
    fn what_was_never_declared_cannot_be_taken_back() {
        let said = Said::Withdrawn(WithdrawalReason::TestData);
        let second = Declared { year: 2026, revision: 2, said };
        let message = proto::DeclaredAccounts::from(second.clone());
        assert_eq!(Declared::try_from(message.clone()), Ok(second.clone()));
        assert_eq!(Declared { revision: 1, ..second }.check(), Err(AccountsError::Nothing));
        let said = Some(proto::declared_accounts::Said::WithdrawnBecause("Mme Calvet".into()));
        let named = proto::DeclaredAccounts { said, ..message };
        assert_eq!(Declared::try_from(named), Err(AccountsError::Withdrawal));
    }

    #[test]
    fn trips_are_rounded_to_the_nearest_fifty_and_halves_go_up() {
        for (counted, expected) in
            [(0, 0), (24, 0), (25, 50), (50, 50), (74, 50), (75, 100), (1_249, 1_250), (1_274, 1_250)]
        {
            assert_eq!(rounded_trips(counted), expected, "{counted}");
        }
        assert!(rounded_trips(u64::MAX).is_multiple_of(50));
    }

    #[test]
    fn amounts_are_rounded_to_the_nearest_hundred_euros_and_halves_go_up() {
        for (cents, expected) in [(0, 0), (4_999, 0), (5_000, 10_000), (14_999, 10_000), (600_050, 600_000)] {
            assert_eq!(rounded_cents(cents), expected, "{cents}");
        }
        assert!(rounded_cents(u64::MAX) > 10_000_000_000, "what is out of range stays so");
    }
}
