//! What can be wrong with a machine: the directory, the door, the token, the store, the program that is not there.

use std::path::Path;

use anyhow::Context as _;
use maillage_engine::{Engine, Options};
use maillage_platform::{directory::DataDirectory, refusal::Refusal};
use maillage_proto::node::v1 as proto;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    programs::{Programs, Role},
};
use tonic::{Code, transport::Endpoint};

use super::{BINARY, MONDAY, NOT_RUNNING, REFUSED, Sounds, USAGE, refused, sounds_in_both};

/// A SIREN with a valid check digit that is no territory's.
const NOBODYS_SIREN: &str = "732829320";

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_made_for_a_territory_that_exists_and_only_once() -> anyhow::Result<()> {
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let data = root.path().join("node");
    let node = (&programs, Role::Node, data.as_path());
    let unknown = Sounds {
        code: REFUSED,
        reason: "territory-unknown",
        french: "Vérifiez-le : celles qui ont fusionné",
        english: "Check it: those that merged",
    };
    refused(node, &["init", "--territory", NOBODYS_SIREN], unknown).await?;
    let mistyped = Sounds {
        code: USAGE,
        reason: "territory-code",
        french: "Ce n’est pas un SIREN",
        english: "This is not a SIREN",
    };
    refused(node, &["init", "--territory", "200034032"], mistyped).await?;
    let missing = || Sounds {
        code: REFUSED,
        reason: "directory-missing",
        french: "Créez-les avec : maillage-node init",
        english: "Create it with: maillage-node init",
    };
    refused(node, &["status"], missing()).await?;
    refused(node, &["serve", "--api-listen", "127.0.0.1:0"], missing()).await?;
    assert!(!data.exists(), "a refused init leaves nothing");
    programs.done(Role::Node, &data, &["init", "--territory", MONTS_D_ALBAN]).await?;
    let again = Sounds {
        code: REFUSED,
        reason: "already-initialised",
        french: "Indiquez un autre dossier avec --data",
        english: "Name another directory with --data",
    };
    refused(node, &["init", "--territory", CENTRE_TARN], again).await?;
    let stopped = Sounds {
        code: NOT_RUNNING,
        reason: "not-running",
        french: "Démarrez-le avec : maillage-node serve",
        english: "Start it with: maillage-node serve",
    };
    refused(node, &["person", "list"], stopped).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_and_a_door_are_for_one_process() -> anyhow::Result<()> {
    let mut federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let (programs, hub) = (federation.programs().clone(), federation.hub.data.clone());
    let data = federation.node(0)?.data.clone();
    let node = (&programs, Role::Node, data.as_path());
    let in_use = Sounds {
        code: REFUSED,
        reason: "directory-in-use",
        french: "Arrêtez-le d’abord",
        english: "Stop it first",
    };
    refused(node, &["serve", "--api-listen", "127.0.0.1:0"], in_use).await?;
    let foreign = Sounds {
        code: REFUSED,
        reason: "directory-other-program",
        french: "appartient à maillage-hub, pas à maillage-node. Indiquez un autre dossier",
        english: "belongs to maillage-hub, not to maillage-node. Name another directory",
    };
    refused((&programs, Role::Node, &hub), &["status"], foreign).await?;
    assert_eq!(federation.node(0)?.status().await?.link, "attached", "the running node is untouched");
    let taken = federation.hub.address()?.to_string();
    federation.node_mut(0)?.stop().await?;
    let door = Sounds {
        code: NOT_RUNNING,
        reason: "api-address-in-use",
        french: "donnez-en une autre avec --api-listen",
        english: "give another with --api-listen",
    };
    refused(node, &["serve", "--api-listen", &taken], door).await?;
    federation.node_mut(0)?.start().await?;
    federation.node_mut(0)?.kill().await?;
    let killed = Sounds {
        code: NOT_RUNNING,
        reason: "not-running",
        french: "Démarrez-le avec : maillage-node serve",
        english: "Start it with: maillage-node serve",
    };
    refused(node, &["status"], killed).await?;
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_to_a_node_without_its_token() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let data = &federation.node(0)?.data;
    let address = DataDirectory::open(data, "maillage-node")?.local_api()?.address;
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let mut bare = proto::status_client::StatusClient::new(channel);
    let status = bare.show_status(proto::ShowStatusRequest {}).await.err().context("answered")?;
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(Refusal::from_status(&status).reason(), "token-missing");
    std::fs::write(data.join("run").join("api.token"), "0".repeat(64))?;
    let wrong = Sounds {
        code: REFUSED,
        reason: "token-wrong",
        french: "Recommencez : il change à chaque démarrage",
        english: "Try again: it changes each time",
    };
    refused((federation.programs(), Role::Node, data), &["person", "list"], wrong).await?;
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_written_by_a_newer_version_is_left_alone() -> anyhow::Result<()> {
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let (node, hub) = (root.path().join("node"), root.path().join("hub"));
    programs.done(Role::Node, &node, &["init", "--territory", MONTS_D_ALBAN]).await?;
    raise_schema(&node.join("store"), maillage_store::options())?;
    let newer = Sounds {
        code: REFUSED,
        reason: "store-newer",
        french: "écrites par une version plus récente. Mettez le programme à jour",
        english: "written by a newer version. Update the program",
    };
    refused((&programs, Role::Node, &node), &["serve", "--api-listen", "127.0.0.1:0"], newer).await?;
    let init = ["init", "--federation", "essai", "--url", "https://127.0.0.1:0"];
    programs.done(Role::Hub, &hub, &init).await?;
    raise_schema(&hub.join("store"), Options::new(&[], 1))?;
    let serve = ["serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0"];
    let texts = ("écrites par une version plus récente", "written by a newer version");
    sounds_in_both((&programs, Role::Hub, &hub), &serve, REFUSED, texts).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_says_to_people_why_not() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let (programs, root) = (federation.programs(), federation.root.path());
    let hub = (programs, Role::Hub, federation.hub.data.as_path());
    let unknown = ("Vérifiez les neuf chiffres", "Check the nine digits");
    sounds_in_both(hub, &["invite", "--territory", NOBODYS_SIREN], REFUSED, unknown).await?;
    let taken = ("maillage-hub nodes revoke", "maillage-hub nodes revoke");
    sounds_in_both(hub, &["invite", "--territory", MONTS_D_ALBAN], REFUSED, taken).await?;
    let long = ["invite", "--territory", CENTRE_TARN, "--valid-hours", "721"];
    sounds_in_both(hub, &long, REFUSED, ("Donnez une durée plus courte", "Ask for less")).await?;
    let nobody = ["nodes", "revoke", "01a20705-74d8-733d-a979-4c3b9a9aea6e"];
    sounds_in_both(hub, &nobody, REFUSED, ("Vérifiez l’identifiant", "Check the identifier")).await?;
    let serve = ["serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0"];
    sounds_in_both(hub, &serve, REFUSED, ("Arrêtez-le d’abord", "Stop it first")).await?;
    let nothing = root.join("nothing");
    let missing = ("Créez-les avec : maillage-hub init", "Create it with: maillage-hub init");
    sounds_in_both((programs, Role::Hub, &nothing), &["status"], REFUSED, missing).await?;
    let idle = root.join("idle");
    programs
        .done(Role::Hub, &idle, &["init", "--federation", "idle", "--url", "https://127.0.0.1:0"])
        .await?;
    let again = ["init", "--federation", "autre", "--url", "https://127.0.0.1:0"];
    let exists = ("choisissez un autre dossier", "choose another directory");
    sounds_in_both((programs, Role::Hub, &idle), &again, REFUSED, exists).await?;
    let stopped = ("Démarrez-le avec : maillage-hub serve", "Start it with: maillage-hub serve");
    sounds_in_both((programs, Role::Hub, &idle), &["status"], NOT_RUNNING, stopped).await?;
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_says_that_its_door_is_taken() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[]).await?;
    let (programs, other) = (federation.programs(), federation.root.path().join("other"));
    programs
        .done(Role::Hub, &other, &["init", "--federation", "autre", "--url", "https://127.0.0.1:0"])
        .await?;
    let taken = federation.hub.address()?.to_string();
    let serve = ["serve", "--listen", &taken, "--api-listen", "127.0.0.1:0"];
    sounds_in_both((programs, Role::Hub, &other), &serve, NOT_RUNNING, ("--listen", "--listen")).await?;
    let serve = ["serve", "--listen", "127.0.0.1:0", "--api-listen", &taken];
    sounds_in_both((programs, Role::Hub, &other), &serve, NOT_RUNNING, ("--api-listen", "--api-listen"))
        .await?;
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_tells_programs_the_reason() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[]).await?;
    let (programs, data) = (federation.programs(), &federation.hub.data);
    let invite = ["--json", "invite", "--territory", NOBODYS_SIREN];
    let said = programs.run(Role::Hub, data, &invite).await?;
    assert_eq!((said.code, said.reason()?.as_str()), (REFUSED, "territory-unknown"));
    let serve = ["--json", "serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0"];
    let said = programs.run(Role::Hub, data, &serve).await?;
    assert_eq!((said.code, said.reason()?.as_str()), (REFUSED, "directory-in-use"));
    federation.end(Ok(())).await
}

/// Makes a store look as if a newer program had used it.
fn raise_schema(store: &Path, mut options: Options) -> anyhow::Result<()> {
    options.schema_version += 1;
    let (engine, _) = Engine::open(store, options)?;
    Ok(engine.close()?)
}
