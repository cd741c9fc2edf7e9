//! Help of every command of both programs, in both languages.

use std::collections::BTreeSet;

use maillage_tests::programs::{Programs, Role};

use super::BINARY;

/// Commands the node has at least: the ones the first session needs, and the ones a handover needs.
const NODE_COMMANDS: [&str; 12] = [
    "init",
    "join",
    "serve",
    "status",
    "person add",
    "volunteer absence",
    "request add",
    "trip suggest",
    "handover release",
    "report close",
    "policy set",
    "jobs list",
];
/// Commands the hub has at least.
const HUB_COMMANDS: [&str; 8] =
    ["init", "serve", "invite", "nodes revoke", "threads list", "totals", "reports list", "status"];

#[tokio::test]
async fn every_command_of_the_node_helps_in_french_and_english() -> anyhow::Result<()> {
    helps(Role::Node, &NODE_COMMANDS).await
}

#[tokio::test]
async fn every_command_of_the_hub_helps_in_french_and_english() -> anyhow::Result<()> {
    helps(Role::Hub, &HUB_COMMANDS).await
}

/// Asks every command for help, from the program itself down to the last subcommand.
async fn helps(role: Role, wanted: &[&str]) -> anyhow::Result<()> {
    let (programs, mut seen) = (Programs::new(BINARY), BTreeSet::new());
    let mut ahead = vec![String::new()];
    while let Some(command) = ahead.pop() {
        let french = help(&programs, role, &command, "fr").await?;
        let english = help(&programs, role, &command, "en").await?;
        assert!(french.contains("Utilisation") && !french.contains("Usage:"), "{command}: {french}");
        assert!(english.contains("Usage:"), "{command}: {english}");
        assert_ne!(french, english);
        for text in [&french, &english] {
            assert!(!text.contains("cli-") && !text.contains("{$"), "{command} has a text missing: {text}");
        }
        let below = subcommands(&french);
        assert_eq!(below, subcommands(&english), "{command}");
        ahead.extend(below.iter().map(|name| format!("{command} {name}").trim().to_owned()));
        seen.insert(command);
    }
    for command in wanted {
        assert!(seen.contains(*command), "{command} is not among {seen:?}");
    }
    Ok(())
}

async fn help(programs: &Programs, role: Role, command: &str, language: &str) -> anyhow::Result<String> {
    let words: Vec<&str> =
        ["--lang", language].into_iter().chain(command.split_whitespace()).chain(["--help"]).collect();
    programs.done(role, std::path::Path::new("nowhere"), &words).await
}

/// The names under the heading of commands.
fn subcommands(help: &str) -> Vec<String> {
    let lines =
        help.lines().skip_while(|line| !line.starts_with("Commandes") && !line.starts_with("Commands"));
    let listed = lines.skip(1).take_while(|line| !line.trim().is_empty());
    let named = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}
