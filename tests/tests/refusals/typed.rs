//! What a coordinator may type wrongly at a running node.

use anyhow::Context as _;
use maillage_tests::{
    federation::{Federation, MONTS_D_ALBAN},
    programs::{Role, at},
};

use super::{BINARY, MONDAY, REFUSED, Sounds, USAGE, refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_needs_a_name_and_a_commune_of_the_territory_unless_outside_is_meant() -> anyhow::Result<()>
{
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let node = (federation.programs(), Role::Node, federation.node(0)?.data.as_path());
    let person = |name, commune| ["person", "add", "--name", name, "--commune", commune];
    for empty in ["", "   "] {
        let sounds = Sounds {
            code: REFUSED,
            reason: "text-empty",
            french: "est vide. Remplissez-le.",
            english: "is empty. Fill it in.",
        };
        refused(node, &person(empty, "81003"), sounds).await?;
    }
    let nowhere = Sounds {
        code: USAGE,
        reason: "commune-not-found",
        french: "Vérifiez l’orthographe",
        english: "Check the spelling",
    };
    refused(node, &person("Personne fictive", "Nulleville-les-Oies"), nowhere).await?;
    let outside = Sounds {
        code: REFUSED,
        reason: "commune-outside-territory",
        french: "Si c’est voulu, ajoutez --outside",
        english: "If that is meant, add --outside",
    };
    refused(node, &person("Personne fictive", "Albi"), outside).await?;
    let (programs, role, data) = node;
    assert_eq!(at(&programs.json(role, data, &["person", "list"]).await?, "/persons"), serde_json::json!([]));
    let meant = [&person("Personne fictive", "Albi")[..], &["--outside"]].concat();
    let added = programs.json(role, data, &meant).await?;
    assert_eq!(at(&at(&added, "/home"), "/commune"), "81004");
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_no_commune_has_is_refused_by_name_and_through_the_interface() -> anyhow::Result<()> {
    use maillage_platform::refusal::Refusal;
    use maillage_proto::node::v1 as proto;
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let node = federation.node(0)?;
    let request = proto::AddPersonRequest {
        name: "Personne fictive".to_owned(),
        home: Some(maillage_tests::node::place("99999", "")),
        ..Default::default()
    };
    let refused_code = node.people()?.add_person(request.clone()).await.err().context("accepted")?;
    assert_eq!(Refusal::from_status(&refused_code).reason(), "commune-code");
    let home = Some(maillage_tests::node::place("81999", ""));
    let refused_code = node
        .people()?
        .add_person(proto::AddPersonRequest { home, ..request })
        .await
        .err()
        .context("accepted")?;
    assert_eq!(Refusal::from_status(&refused_code).reason(), "commune-unknown");
    let typed = ["person", "add", "--name", "Personne fictive", "--commune", "81999"];
    let sounds = Sounds {
        code: REFUSED,
        reason: "commune-unknown",
        french: "Aucune commune n’a le code INSEE 81999. Vérifiez-le",
        english: "No commune has the INSEE code 81999. Check it",
    };
    refused((federation.programs(), Role::Node, &node.data), &typed, sounds).await?;
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_lies_ahead_and_says_one_time() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let node = (federation.programs(), Role::Node, federation.node(0)?.data.as_path());
    let (programs, role, data) = node;
    let add = ["person", "add", "--name", "Personne fictive", "--commune", "Alban"];
    let person = programs.json(role, data, &add).await?;
    let person = at(&person, "/id").as_str().context("no id")?.to_owned();
    let request = ["request", "add", "--person", &person, "--to-commune", "81004", "--purpose", "health"];
    let past = Sounds {
        code: REFUSED,
        reason: "request-in-the-past",
        french: "est déjà passée. Vérifiez la date",
        english: "is in the past. Check the date",
    };
    refused(node, &[&request[..], &["--arrive-by", "2026-08-31T07:30"]].concat(), past).await?;
    let return_past = ["--arrive-by", "2026-09-02T10:00", "--return-at", "2026-09-02T09:00"];
    let before = Sounds {
        code: REFUSED,
        reason: "request-return-before-arrival",
        french: "Demandez un retour plus tard",
        english: "later return",
    };
    refused(node, &[&request[..], &return_past].concat(), before).await?;
    let both = ["--arrive-by", "2026-09-02T10:00", "--pickup-at", "2026-09-02T09:00"];
    let both = [&request[..], &both].concat();
    let twice =
        Sounds { code: USAGE, reason: "usage", french: "ne peut pas s’employer avec", english: "with" };
    refused(node, &both, twice).await?;
    let listed = programs.json(role, data, &["trip", "list", "--open"]).await?;
    assert_eq!(at(&listed, "/trips"), serde_json::json!([]));
    federation.end(Ok(())).await
}
