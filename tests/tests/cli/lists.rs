//! Every list when there is nothing in it: said so to people, an empty list for a program.

use maillage_tests::{
    federation::{Federation, MONTS_D_ALBAN},
    programs::Role,
};
use serde_json::{Value, json};

use super::{BINARY, MONDAY};

#[tokio::test(flavor = "multi_thread")]
async fn empty_lists_of_the_node_say_so() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    for (words, printed) in [
        (&["person", "list"][..], json!({ "persons": [], "next_after": "" })),
        (&["person", "list", "--name", "z"], json!({ "persons": [], "next_after": "" })),
        (&["volunteer", "list"], json!({ "volunteers": [], "next_after": "" })),
        (&["trip", "list", "--open"], json!({ "trips": [], "next_after": "" })),
        (&["trip", "list", "--day", "2026-09-02"], json!({ "trips": [], "next_after": "" })),
        (&["handover", "list"], json!({ "handovers": [], "next_after": "" })),
        (&["handover", "list", "--open"], json!({ "handovers": [], "next_after": "" })),
        (&["report", "list"], json!({ "reports": [] })),
    ] {
        is_empty(&federation, Role::Node, words, &printed).await?;
    }
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_goes_on_from_nowhere_is_refused_with_what_to_give_instead() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let data = federation.node(0)?.data.clone();
    for list in ["handover attention", "trip attention", "offer list --open"] {
        let words: Vec<&str> =
            ["--json"].into_iter().chain(list.split(' ')).chain(["--after", "2026-09-02"]).collect();
        let said = federation.programs().run(Role::Node, &data, &words).await?;
        assert_eq!((said.code, said.reason()?.as_str()), (1, "page-mark-malformed"), "{list}");
        assert!(said.err.contains("--after"), "{said:?}");
    }
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_lists_of_the_hub_say_so() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[]).await?;
    for words in [&["nodes", "list"][..], &["threads", "list"], &["totals"], &["reports", "list"]] {
        is_empty(&federation, Role::Hub, words, &json!([])).await?;
    }
    federation.end(Ok(())).await
}

async fn is_empty(
    federation: &Federation,
    role: Role,
    words: &[&str],
    printed: &Value,
) -> anyhow::Result<()> {
    let data = match role {
        Role::Node => &federation.node(0)?.data,
        Role::Hub => &federation.hub.data,
    };
    let programs = federation.programs();
    for (language, text) in [("fr", "Rien à afficher."), ("en", "Nothing to show.")] {
        let said = programs.done(role, data, &[&["--lang", language], words].concat()).await?;
        assert_eq!(said.trim(), text, "{words:?}");
    }
    assert_eq!(&programs.json(role, data, words).await?, printed, "{words:?}");
    Ok(())
}
