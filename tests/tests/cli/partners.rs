//! A taxi firm without a node at the command line: it is registered, offered a trip, answers in the very table it was sent, is
//! chosen, accepts and accounts. Nobody is named in a file before the firm was chosen.

use std::{fs, path::Path};

use super::{Keyboard, MONTS_D_ALBAN, says, text};
use maillage_tests::programs::at;

/// Whoever travels; invented.
const SOMEBODY: &str = "Personne Canari";

#[tokio::test(flavor = "multi_thread")]
async fn a_taxi_firm_answers_in_the_table_it_was_sent() -> anyhow::Result<()> {
    let keyboard = Keyboard::new().await?;
    let hub = async |words: &[&str]| {
        keyboard.programs.json(maillage_tests::programs::Role::Hub, &keyboard.hub.data, words).await
    };
    let invited = hub(&["invite", "--territory", MONTS_D_ALBAN]).await?;
    keyboard.node_json(&["init", "--territory", MONTS_D_ALBAN, "--phone", "05 00 00 00 00"]).await?;
    let string = text(&invited, "enrolment_string")?;
    keyboard.node_json(&["join", &string, "--clock-file", &keyboard.clock]).await?;
    let serving = keyboard.serve().await?;
    exchanged(&keyboard).await?;
    serving.stop().await
}

async fn exchanged(keyboard: &Keyboard) -> anyhow::Result<()> {
    let trip = asked_for(keyboard).await?;
    let add = ["partner", "add", "--name", "Taxi fictif", "--phone", "05 00 00 00 01", "--communes", "81003"];
    let firm = text(&keyboard.node_json(&add).await?, "id")?;
    says(&keyboard.node(&["partner", "list"]).await?, &["Taxi fictif", "csv"]);
    let offered =
        keyboard.node_json(&["handover", "offer", &trip, "--partner", &firm, "--person-agrees"]).await?;
    assert_eq!(at(&offered, "/state"), "open");
    let handover = text(&offered, "id")?;
    let file = |name: &str| keyboard.root.path().join(name);
    let offer = given_out(keyboard, &firm, &file("offre.csv")).await?;
    assert!(offer.contains("offre") && !offer.contains("Canari"));

    let bid =
        answered(&offer, &[("reponse", "proposition"), ("heure", "02/09/2026 08:45"), ("prix_eur", "48,50")]);
    fs::write(file("faux.csv"), bid.replace("02/09/2026 08:45", "9h"))?;
    let wrong = take(&firm, &file("faux.csv"), &["--json"]);
    let said =
        keyboard.programs.run(maillage_tests::programs::Role::Node, &keyboard.node, &words(&wrong)).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("partner-not-a-time") && said.out.contains("partner-has-faults"), "{said:?}");
    let plain = take(&firm, &file("faux.csv"), &[]);
    let said =
        keyboard.programs.run(maillage_tests::programs::Role::Node, &keyboard.node, &words(&plain)).await?;
    assert!(said.out.contains("Ligne 2, colonne heure") && !said.out.contains("line 2"), "{said:?}");
    fs::write(file("proposition.csv"), &bid)?;
    let tried = keyboard.node(&words(&take(&firm, &file("proposition.csv"), &["--dry-run"]))).await?;
    says(&tried, &["Rien n’est écrit", "1 réponses nouvelles"]);
    let taken = keyboard.node(&words(&take(&firm, &file("proposition.csv"), &[]))).await?;
    says(&taken, &["1 nouvelles, 0 déjà connues", "48,50 €"]);
    let again = keyboard.node(&words(&take(&firm, &file("proposition.csv"), &[]))).await?;
    says(&again, &["0 nouvelles, 1 déjà connues"]);

    keyboard.node_json(&["handover", "award", &handover]).await?;
    let award = given_out(keyboard, &firm, &file("attribution.csv")).await?;
    assert!(award.contains("attribution") && award.contains("Canari"));
    fs::write(file("accord.csv"), answered(&award, &[("reponse", "accord")]))?;
    keyboard.node_json(&words(&take(&firm, &file("accord.csv"), &[]))).await?;
    says(&keyboard.node(&["handover", "show", &handover]).await?, &["Taxi fictif", "05 00 00 00 01"]);
    keyboard.set_clock("2026-09-02T10:00:00Z")?;
    let account = [("reponse", "bilan"), ("resultat", "fait"), ("km_avec", "31,5"), ("km_a_vide", "4")];
    fs::write(file("bilan.csv"), answered(&award, &account))?;
    keyboard.node_json(&words(&take(&firm, &file("bilan.csv"), &[]))).await?;
    assert_eq!(at(&keyboard.node_json(&["handover", "show", &handover]).await?, "/state"), "done");
    says(&keyboard.node(&["trip", "show", &trip]).await?, &["fait"]);
    Ok(())
}

/// A trip of somebody who lets it be handed over.
async fn asked_for(keyboard: &Keyboard) -> anyhow::Result<String> {
    let person = ["person", "add", "--name", SOMEBODY, "--commune", "Alban", "--sharing", "always"];
    let person = text(&keyboard.node_json(&person).await?, "id")?;
    let to = ["--to-commune", "81004", "--arrive-by", "2026-09-02T10:00", "--purpose", "health"];
    let request = [&["request", "add", "--person", &person], to.as_slice()].concat();
    text(&at(&keyboard.node_json(&request).await?, "/trips/0"), "id")
}

async fn given_out(keyboard: &Keyboard, firm: &str, file: &Path) -> anyhow::Result<String> {
    let path = file.display().to_string();
    let said = keyboard.node(&["partner", "give-out", firm, "--output", &path]).await?;
    says(&said, &["Un message donné"]);
    let beside = file.with_file_name("perdu.csv").display().to_string();
    says(&keyboard.node(&["partner", "give-out", firm, "--output", &beside]).await?, &["Rien de nouveau"]);
    assert!(!Path::new(&beside).exists(), "nothing new leaves no file");
    says(
        &keyboard.node(&["partner", "give-out", firm, "--again", "--output", &beside]).await?,
        &["Un message donné"],
    );
    assert_eq!(fs::read(&beside)?, fs::read(file)?, "what was lost on the way is given again");
    fs::remove_file(&beside)?;
    Ok(fs::read_to_string(file)?)
}

fn take(firm: &str, file: &Path, more: &[&str]) -> Vec<String> {
    let mut words = vec!["partner".to_owned(), "take-in".to_owned(), firm.to_owned()];
    words.push(file.display().to_string());
    words.extend(more.iter().map(|word| (*word).to_owned()));
    words
}

fn words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// The table with cells filled in, as somebody at a spreadsheet does.
fn answered(table: &str, cells: &[(&str, &str)]) -> String {
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    let heading: Vec<&str> = lines.next().unwrap_or_default().split(';').collect();
    let filled = lines.map(|line| {
        let mut row: Vec<&str> = line.split(';').collect();
        for (name, cell) in cells {
            if let Some(place) = heading.iter().position(|known| known == name)
                && let Some(place) = row.get_mut(place)
            {
                *place = cell;
            }
        }
        row.join(";")
    });
    std::iter::once(heading.join(";")).chain(filled).collect::<Vec<_>>().join("\n")
}
