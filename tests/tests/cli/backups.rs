//! Backups by the programs' own commands, stopped programs and running ones: what comes back serves, and whatever must not be
//! done is refused with its reason, in words, and leaves everything as it was.

use std::{fs, path::Path};

use anyhow::Context as _;
use jiff::Timestamp;
use maillage_federation::lives;
use maillage_platform::{
    clock::{Clock as _, SystemClock},
    secrets,
};
use maillage_tests::programs::{Programs, Role, at};

use super::BINARY;

const TERRITORY: &str = "200034031";

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path that is no text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_node_comes_back_and_what_must_not_be_is_refused() -> anyhow::Result<()> {
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let path = |name: &str| root.path().join(name);
    let (data, file, words, wrong) = (path("node"), path("b.age"), path("words"), path("wrong"));
    secrets::write_secret(&words, b"quatre mots bien choisis\n")?;
    secrets::write_secret(&wrong, b"quatre mots mal choisis\n")?;
    programs.done(Role::Node, &data, &["init", "--territory", TERRITORY]).await?;
    let backup = ["backup", "--to", text(&file)?, "--passphrase-file", text(&words)?];
    let made = programs.json(Role::Node, &data, &backup).await?;
    assert!(at(&made, "/rows").as_u64() > Some(0) && at(&made, "/bytes").as_u64() > Some(0), "{made}");
    let reason = async |role: Role, data: &Path, line: &[&str]| {
        let line: Vec<&str> = std::iter::once("--json").chain(line.iter().copied()).collect();
        let said = programs.run(role, data, &line).await?;
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.chars().count() > 40 && !said.err.contains("refusal-"), "{said:?}");
        said.reason()
    };
    assert_eq!(reason(Role::Node, &data, &backup).await?, "backup-exists");
    let inside = data.join("b.age");
    let inside = ["backup", "--to", text(&inside)?, "--passphrase-file", text(&words)?];
    assert_eq!(reason(Role::Node, &data, &inside).await?, "backup-inside-data");
    let into = path("into");
    let restore = |from: &'static str, words: &'static str| (from, words);
    let cut = fs::read(&file)?;
    fs::write(path("cut.age"), cut.get(..cut.len() / 2).unwrap_or_default())?;
    fs::write(path("other.age"), b"bonjour")?;
    for (role, (from, words), expected) in [
        (Role::Node, restore("b.age", "wrong"), "backup-wrong-key"),
        (Role::Node, restore("cut.age", "words"), "backup-damaged"),
        (Role::Node, restore("other.age", "words"), "backup-foreign"),
        (Role::Node, restore("none.age", "words"), "backup-cannot-read"),
        (Role::Hub, restore("b.age", "words"), "backup-other-program"),
    ] {
        let (from, words) = (path(from), path(words));
        let line = ["restore", "--from", text(&from)?, "--passphrase-file", text(&words)?];
        assert_eq!(reason(role, &into, &line).await?, expected);
        assert!(!into.exists(), "{expected} left something");
    }
    let line = ["restore", "--from", text(&file)?, "--passphrase-file", text(&words)?];
    assert_eq!(reason(Role::Node, &data, &line).await?, "restore-not-empty");
    programs.done(Role::Node, &into, &line).await?;
    assert_eq!(fs::read(data.join("identity/signing.key"))?, fs::read(into.join("identity/signing.key"))?);
    let again = path("again.age");
    let again = ["backup", "--to", text(&again)?, "--passphrase-file", text(&words)?];
    let again = programs.json(Role::Node, &into, &again).await?;
    assert_eq!(
        at(&again, "/rows").as_u64(),
        at(&made, "/rows").as_u64().map(|rows| rows + 1),
        "and its new life"
    );
    let mut left = fs::read_dir(root.path())?.map(|entry| entry.map(|entry| entry.file_name()));
    assert!(left.all(|name| name.is_ok_and(|name| !name.to_string_lossy().contains("unfinished"))));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_came_back_is_in_a_higher_epoch_whatever_its_backup_says() -> anyhow::Result<()> {
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let path = |name: &str| root.path().join(name);
    let (data, file, words) = (path("hub"), path("b.age"), path("words"));
    secrets::write_secret(&words, b"quatre mots bien choisis\n")?;
    programs
        .done(Role::Hub, &data, &["init", "--federation", "essai", "--url", "https://127.0.0.1:0"])
        .await?;
    let line = ["backup", "--to", text(&file)?, "--passphrase-file", text(&words)?];
    programs.done(Role::Hub, &data, &line).await?;
    for name in ["first", "second"] {
        let into = path(name);
        let line = ["restore", "--from", text(&file)?, "--passphrase-file", text(&words)?];
        let before = SystemClock.now();
        programs.done(Role::Hub, &into, &line).await?;
        let after = SystemClock.now();
        let listen = ["--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0"];
        let mut serving = programs.serve(Role::Hub, &into, &listen, &path("log"))?;
        maillage_tests::programs::answering(Role::Hub, &into, &mut serving).await?;
        let status = programs.json(Role::Hub, &into, &["status"]).await?;
        let epoch = at(&status, "/epoch").as_u64().context("no epoch")?;
        // That of the time of the restore: two of one backup differ as their times do.
        let number = |at: Timestamp| lives::next(1, at.as_millisecond());
        assert!((number(before)..=number(after)).contains(&epoch), "{name}: {epoch}");
        serving.stop().await?;
    }
    Ok(())
}
