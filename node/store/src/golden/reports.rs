//! The bytes of what is kept beside reports.

use maillage_domain::{declaration::Signatory, text::Name};
use maillage_federation::{
    accounts::{Declared, Figures, Said, VolunteerBand},
    statistics::WithdrawalReason,
};

use super::check;
use crate::{
    budget::BudgetRecord,
    counted_services::CountedServiceRecord,
    declarations::{
        DeclarationCountRecord, DeclarationRecord, DeclarationState, DeclarationStateRecord,
        SignedDeclaration,
    },
    report_notes::{SilenceRecord, TruthRecord, WithdrawalRecord},
    samples::{id, now},
};

#[test]
fn notes_beside_reports_of_version_1() {
    let at_ms = now().as_millisecond();
    let budget = BudgetRecord { spent: 108, half_years: 176 };
    check(include_str!("../../golden/budget_half_years.v1.hex"), &budget);
    let silence = SilenceRecord {
        month: "2026-12".to_owned(),
        vocabulary: "v1/half-year".to_owned(),
        reason: "few-beneficiaries".to_owned(),
        at_ms,
    };
    check(include_str!("../../golden/report_silence.v1.hex"), &silence);
    let truth = TruthRecord { sections: vec![("hybride-guichet@1".parse().unwrap(), vec![0, 7, 300])] };
    check(include_str!("../../golden/report_truth.v1.hex"), &truth);
    let withdrawal = WithdrawalRecord { reason: "wrong-counts".to_owned(), at_ms, told: true };
    check(include_str!("../../golden/report_withdrawal.v1.hex"), &withdrawal);
    let counted = CountedServiceRecord { month: "2026-12".to_owned() };
    check(include_str!("../../golden/counted_service.v1.hex"), &counted);
}

#[test]
fn declarations_of_version_1() {
    let figures = Figures {
        models: vec!["hybride-guichet@1".parse().unwrap()],
        full_cost_cents: 4_010_000,
        subsidy_cents: 2_500_000,
        contributions_cents: 600_000,
        compensation_cents: 900_000,
        waivers_cents: 0,
        vehicles: 2,
        staff_fte_hundredths: 150,
        volunteers: VolunteerBand::From10To19,
        trips: 1_250,
        solutions_opened: 1,
    };
    let name = |text: &str| Name::parse(text).unwrap();
    let signed = SignedDeclaration {
        declared: Declared { year: 2026, revision: 1, said: Said::Figures(Box::new(figures)) },
        at: now(),
        signatory: Some(Signatory { name: name("Canary Roux"), function: name("trésorière") }),
    };
    let record = DeclarationRecord::from(&signed);
    check(include_str!("../../golden/declaration.v1.hex"), &record);
    assert_eq!(SignedDeclaration::try_from(record).unwrap(), signed);
    let taken_back = SignedDeclaration {
        declared: Declared { year: 2026, revision: 2, said: Said::Withdrawn(WithdrawalReason::TestData) },
        at: now(),
        signatory: None,
    };
    let record = DeclarationRecord::from(&taken_back);
    check(include_str!("../../golden/declaration_taken_back.v1.hex"), &record);
    assert_eq!(SignedDeclaration::try_from(record).unwrap(), taken_back);
    let counted = DeclarationCountRecord { objectors: [id(1), id(2)].into() };
    check(include_str!("../../golden/declaration_count.v1.hex"), &counted);
    let sent = DeclarationStateRecord { state: DeclarationState::Sent.code().to_owned(), refused: None };
    check(include_str!("../../golden/declaration_sent.v1.hex"), &sent);
    let state = DeclarationState::Refused("accounts-stale".to_owned());
    let refused = Some("accounts-stale".to_owned());
    let refused = DeclarationStateRecord { state: state.code().to_owned(), refused };
    check(include_str!("../../golden/declaration_refused.v1.hex"), &refused);
    assert_eq!(DeclarationState::try_from(refused).unwrap(), state);
}
