//! The bytes of what is kept beside reports.

use super::check;
use crate::{
    budget::BudgetRecord,
    counted_services::CountedServiceRecord,
    report_notes::{SilenceRecord, TruthRecord, WithdrawalRecord},
    samples::now,
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
