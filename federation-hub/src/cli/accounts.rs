//! What platforms declare about their years, as tables for people and JSON for programs. It must never print a sum as publishable that
//! the display rules withhold.

use std::io;

use maillage_platform::cli::{Format, Output};
use maillage_proto::{federation::v1::AccountsFigures, hub::v1 as proto};
use serde_json::{Value, json};

use super::views::Decision;

/// Declarations as received.
pub(super) fn list(output: &mut Output<'_>, accounts: Vec<proto::ReceivedAccounts>) -> io::Result<()> {
    if output.format() == Format::Json {
        let documents: Vec<Value> = accounts.into_iter().map(document).collect();
        return output.table(&documents, &[], |_| vec![]);
    }
    let mut rows = Vec::new();
    for one in &accounts {
        let figures = one.figures.clone().unwrap_or_default();
        let text = |shown: String| if one.figures.is_some() { shown } else { String::new() };
        rows.push(vec![
            one.year.to_string(),
            one.territory_name.clone(),
            one.revision.to_string(),
            stand(output, one),
            text(amount(output, "full-cost", figures.full_cost_cents)),
            text(amount(output, "subsidy", figures.subsidy_cents)),
            text(amount(output, "contributions", figures.contributions_cents)),
            text(amount(output, "staff-fte", figures.staff_fte_hundredths.into())),
            text(output.text(&format!("band-{}", figures.volunteers), &[])),
            text(figures.trips.to_string()),
            one.received_at.clone(),
            one.node.clone(),
        ]);
    }
    let headings = [
        "column-year",
        "column-name",
        "column-revision",
        "column-state",
        "account-full-cost",
        "account-subsidy",
        "account-contributions",
        "account-staff-fte",
        "column-volunteers",
        "account-trips",
        "column-received",
        "column-node",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    if rows.is_empty() { Ok(()) } else { output.line("accounts-note", &[]) }
}

/// National sums.
pub(super) fn totals(output: &mut Output<'_>, years: Vec<proto::AccountsYear>) -> io::Result<()> {
    if output.format() == Format::Json {
        let documents: Vec<Value> = years.into_iter().map(summed).collect();
        return output.table(&documents, &[], |_| vec![]);
    }
    let mut rows = Vec::new();
    for year in &years {
        for sum in &year.sums {
            let published = if sum.publishable {
                output.text("totals-publishable", &[])
            } else {
                output.text(&format!("withheld-{}", sum.not_publishable_because), &[])
            };
            rows.push(vec![
                year.year.to_string(),
                output.text(&format!("account-{}", sum.figure), &[]),
                amount(output, &sum.figure, sum.total),
                year.territories.to_string(),
                year.corrected.to_string(),
                published,
            ]);
        }
    }
    let headings = [
        "column-year",
        "column-account-figure",
        "column-total",
        "column-territories",
        "column-corrected",
        "column-published",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    if rows.is_empty() { Ok(()) } else { output.line("accounts-note", &[]) }
}

/// Whether it is in force, corrects another, or was replaced or taken back.
fn stand(output: &Output<'_>, one: &proto::ReceivedAccounts) -> String {
    let key = match (one.figures.is_some(), one.in_force, one.corrects) {
        _ if !one.quarantined_by.is_empty() => {
            let why = [
                ("by", one.quarantined_by.as_str().into()),
                ("reason", one.quarantined_because.as_str().into()),
            ];
            return output.text("accounts-left-out", &why);
        }
        (true, true, _) if one.revoked => "accounts-revoked",
        (false, _, _) => "accounts-withdrawn",
        (true, false, _) => "accounts-replaced",
        (true, true, true) => "accounts-corrected",
        (true, true, false) => "accounts-in-force",
    };
    output.text(key, &[])
}

/// Euros and full-time equivalents with two decimals, everything else as it is.
fn amount(output: &Output<'_>, figure: &str, value: u64) -> String {
    match figure {
        "vehicles" | "trips" | "solutions-opened" => value.to_string(),
        _ => format!("{}{}{:02}", value / 100, output.text("decimal-mark", &[]), value % 100),
    }
}

fn document(received: proto::ReceivedAccounts) -> Value {
    let proto::ReceivedAccounts {
        year,
        node,
        territory,
        territory_name,
        revision,
        in_force,
        corrects,
        withdrawn_because,
        figures,
        hash,
        received_at,
        revoked,
        quarantined_at,
        quarantined_by,
        quarantined_because,
        decisions,
    } = received;
    json!({
        "year": year,
        "node": node,
        "territory": territory,
        "territory_name": territory_name,
        "revision": revision,
        "in_force": in_force,
        "corrects": corrects,
        "withdrawn_because": withdrawn_because,
        "figures": figures.map(view),
        "hash": hash,
        "received_at": received_at,
        "revoked": revoked,
        "quarantined_at": quarantined_at,
        "quarantined_by": quarantined_by,
        "quarantined_because": quarantined_because,
        "decisions": decisions.into_iter().map(Decision::from).collect::<Vec<_>>(),
    })
}

fn view(figures: AccountsFigures) -> Value {
    let AccountsFigures {
        models,
        full_cost_cents,
        subsidy_cents,
        contributions_cents,
        compensation_cents,
        waivers_cents,
        vehicles,
        staff_fte_hundredths,
        volunteers,
        trips,
        solutions_opened,
    } = figures;
    json!({
        "models": models,
        "full_cost_cents": full_cost_cents,
        "subsidy_cents": subsidy_cents,
        "contributions_cents": contributions_cents,
        "compensation_cents": compensation_cents,
        "waivers_cents": waivers_cents,
        "vehicles": vehicles,
        "staff_fte_hundredths": staff_fte_hundredths,
        "volunteers": volunteers,
        "trips": trips,
        "solutions_opened": solutions_opened,
    })
}

fn summed(year: proto::AccountsYear) -> Value {
    let proto::AccountsYear { year, territories, corrected, sums, bands, bands_not_publishable_because } =
        year;
    let sum = |sum: proto::AccountsSum| {
        let proto::AccountsSum { figure, total, publishable, not_publishable_because } = sum;
        json!({
            "figure": figure,
            "total": total,
            "publishable": publishable,
            "not_publishable_because": not_publishable_because,
        })
    };
    let band = |count: proto::VolunteerBandCount| {
        let proto::VolunteerBandCount { band, territories } = count;
        json!({ "band": band, "territories": territories })
    };
    json!({
        "year": year,
        "territories": territories,
        "corrected": corrected,
        "sums": sums.into_iter().map(sum).collect::<Vec<_>>(),
        "bands": bands.into_iter().map(band).collect::<Vec<_>>(),
        "bands_not_publishable_because": bands_not_publishable_because,
    })
}

#[cfg(test)]
mod tests {
    use maillage_federation::accounts::VolunteerBand;
    use maillage_platform::i18n::Language;

    use super::*;
    use crate::cli::texts;

    fn received(figures: Option<AccountsFigures>, in_force: bool) -> proto::ReceivedAccounts {
        let withdrawn_because = if figures.is_some() { String::new() } else { "test-data".to_owned() };
        proto::ReceivedAccounts {
            year: 2025,
            revision: 2,
            corrects: figures.is_some(),
            in_force,
            withdrawn_because,
            figures,
            ..proto::ReceivedAccounts::default()
        }
    }

    fn view() -> AccountsFigures {
        let volunteers = VolunteerBand::From10To19.code().to_owned();
        AccountsFigures { full_cost_cents: 4_012_305, trips: 1_250, volunteers, ..Default::default() }
    }

    fn year() -> proto::AccountsYear {
        let sum = |figure: &str, withheld: &str| proto::AccountsSum {
            figure: figure.to_owned(),
            total: 1_250,
            publishable: withheld.is_empty(),
            not_publishable_because: withheld.to_owned(),
        };
        proto::AccountsYear {
            year: 2025,
            territories: 3,
            corrected: 1,
            sums: vec![sum("full-cost", ""), sum("trips", "one-territory-dominates")],
            bands: Vec::new(),
            bands_not_publishable_because: String::new(),
        }
    }

    fn printed(format: Format, language: Language) -> [String; 2] {
        let print = |print: &dyn Fn(&mut Output<'_>)| {
            let (mut out, catalog) = (Vec::new(), texts());
            print(&mut Output::new(&mut out, format, &catalog, language));
            String::from_utf8(out).unwrap()
        };
        let all = || {
            let gone = proto::ReceivedAccounts { revoked: true, ..received(Some(view()), true) };
            let left_out = proto::ReceivedAccounts {
                quarantined_by: "A".to_owned(),
                quarantined_because: "à vérifier".to_owned(),
                ..received(Some(view()), false)
            };
            let stands = [received(Some(view()), true), received(Some(view()), false), received(None, false)];
            [stands.as_slice(), &[gone, left_out]].concat()
        };
        [
            print(&|output| list(output, all()).unwrap()),
            print(&|output| totals(output, vec![year()]).unwrap()),
        ]
    }

    #[test]
    fn declarations_and_sums_are_said_to_be_declared_in_both_languages() {
        let [list, totals] = printed(Format::Text, Language::French);
        let stands = [
            "en vigueur, corrigée",
            "remplacée",
            "retirée",
            "d’un nœud exclu",
            "laissée de côté par A",
            "sans bruit",
        ];
        for expected in ["40123,05", "10 à 19"].iter().chain(&stands) {
            assert!(list.contains(expected), "{expected} in\n{list}");
        }
        assert!(totals.contains("12,50") && totals.contains("un territoire pèse plus de 85"), "{totals}");
        let english = printed(Format::Text, Language::English).concat();
        assert!(english.contains("40123.05") && english.contains("no noise added"), "{english}");
        for text in [list, totals, english] {
            for key in ["column-", "account-", "accounts-", "band-", "withheld-"] {
                assert!(!text.contains(key), "a text is missing: {text}");
            }
        }
    }

    #[test]
    fn programs_get_every_figure_and_why_a_sum_is_withheld() {
        let [list, totals] = printed(Format::Json, Language::French);
        let [list, totals] = [list, totals].map(|text| serde_json::from_str::<Value>(&text).unwrap());
        assert_eq!(list[0]["figures"]["full_cost_cents"], 4_012_305);
        assert_eq!((&list[2]["figures"], &list[2]["withdrawn_because"]), (&Value::Null, &json!("test-data")));
        assert_eq!(totals[0]["sums"][1]["not_publishable_because"], "one-territory-dominates");
    }
}
