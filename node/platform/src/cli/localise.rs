//! Help texts of clap from Fluent. A command without its text shows the message's key, and
//! [`missing_help_keys`] names it in a test.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};

use crate::i18n::{Catalog, Language};

/// Sets the help of `command`, its subcommands and arguments from the messages `cli-<path>` and
/// `cli-<path>--<argument id>`, where `<path>` is `root` and the names of the subcommands joined by dashes:
/// `cli-node-person-add`, `cli-node-person-add--given_name`. A global argument has its message where it is defined.
///
/// `root` is [`root_of`] the command unless there is a reason. clap's own help flag, version flag, headings and
/// usage line are replaced by translated ones; the `help` subcommand is switched off (`--help` does the same).
pub fn localise(command: Command, catalog: &Catalog, language: Language, root: &str) -> Command {
    let words = Words { catalog, language };
    let has_version = command.get_version().is_some();
    let mut command = words.command(command, root).arg(words.help_flag().global(true));
    if has_version {
        command = command.disable_version_flag(true).arg(words.version_flag());
    }
    command
}

/// The message keys that [`localise`] would need and that some language lacks; empty in a finished program.
pub fn missing_help_keys(command: &Command, catalog: &Catalog) -> Vec<String> {
    let mut keys = Vec::new();
    collect_keys(command, root_of(command), &mut keys);
    keys.retain(|key| !Language::ALL.into_iter().all(|language| catalog.has(language, key)));
    keys.sort();
    keys.dedup();
    keys
}

/// First part of the message keys of a program: its name without `maillage-`, so `node` for `maillage-node`.
pub fn root_of(command: &Command) -> &str {
    let name = command.get_name();
    name.strip_prefix("maillage-").unwrap_or(name)
}

struct Words<'a> {
    catalog: &'a Catalog,
    language: Language,
}

impl Words<'_> {
    fn text(&self, key: &str) -> String {
        self.catalog.text(self.language, key, &[])
    }

    fn command(&self, command: Command, path: &str) -> Command {
        let positional_heading = self.text("cli-heading-arguments");
        let option_heading = self.text("cli-heading-options");
        command
            .about(self.text(&command_key(path)))
            .long_about(None::<&str>)
            .disable_help_flag(true)
            .disable_help_subcommand(true)
            .subcommand_help_heading(self.text("cli-heading-commands"))
            .subcommand_value_name(self.text("cli-value-command"))
            .help_template(format!(
                "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
                self.text("cli-heading-usage")
            ))
            .mut_args(|argument| {
                if is_own(argument.get_id().as_str()) {
                    return argument;
                }
                let text = self.argument_help(path, &argument);
                let heading = if argument.is_positional() { &positional_heading } else { &option_heading };
                let heading = argument.get_help_heading().map_or_else(|| heading.clone(), str::to_owned);
                let takes_values = argument.get_action().takes_values();
                argument
                    .help(text)
                    .long_help(None::<&str>)
                    .help_heading(heading)
                    .hide_possible_values(takes_values)
                    .hide_default_value(takes_values)
                    .hide_env(true)
            })
            .mut_subcommands(|subcommand| {
                let path = format!("{path}-{}", subcommand.get_name());
                self.command(subcommand, &path)
            })
    }

    /// The text of an argument, with what clap would add in English: possible values, default, variable.
    fn argument_help(&self, path: &str, argument: &Arg) -> String {
        let mut text = self.text(&argument_key(path, argument));
        let mut note = |key: &str, values: String| {
            if !values.is_empty() {
                text.push(' ');
                text.push_str(&self.catalog.text(self.language, key, &[("values", values.into())]));
            }
        };
        if argument.get_action().takes_values() {
            if !argument.is_hide_possible_values_set() {
                let values = argument.get_possible_values();
                let names = values.iter().filter(|value| !value.is_hide_set()).map(PossibleValue::get_name);
                note("cli-note-values", names.collect::<Vec<_>>().join(", "));
            }
            if !argument.is_hide_default_value_set() {
                let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy());
                note("cli-note-default", defaults.collect::<Vec<_>>().join(", "));
            }
        }
        if !argument.is_hide_env_set() {
            note(
                "cli-note-variable",
                argument.get_env().map(|name| name.to_string_lossy().into()).unwrap_or_default(),
            );
        }
        text
    }

    fn help_flag(&self) -> Arg {
        Arg::new("help")
            .short('h')
            .long("help")
            .action(ArgAction::Help)
            .help(self.text("cli-help"))
            .help_heading(self.text("cli-heading-options"))
    }

    fn version_flag(&self) -> Arg {
        Arg::new("version")
            .short('V')
            .long("version")
            .action(ArgAction::Version)
            .help(self.text("cli-version"))
            .help_heading(self.text("cli-heading-options"))
    }
}

fn collect_keys(command: &Command, path: &str, keys: &mut Vec<String>) {
    keys.push(command_key(path));
    let arguments = command.get_arguments().filter(|argument| !is_own(argument.get_id().as_str()));
    keys.extend(arguments.map(|argument| argument_key(path, argument)));
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        collect_keys(subcommand, &format!("{path}-{}", subcommand.get_name()), keys);
    }
}

/// The arguments whose texts are the platform's.
fn is_own(id: &str) -> bool {
    id == "help" || id == "version"
}

fn command_key(path: &str) -> String {
    format!("cli-{path}")
}

fn argument_key(path: &str, argument: &Arg) -> String {
    format!("cli-{path}--{}", argument.get_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: &str = "cli-node = Le nœud d’un territoire\ncli-node--json = Sortie en JSON\n\
        cli-node-person = Les personnes\ncli-node-person-add = Ajoute une personne\n\
        cli-node-person-add--given_name = Prénom\ncli-node-person-add--channel = Par quel moyen\n\
        cli-node-person-add--wheelchair = En fauteuil\n";
    const ENGLISH: &str = "cli-node = The node of a territory\ncli-node--json = Output as JSON\n\
        cli-node-person = People\ncli-node-person-add = Adds a person\n\
        cli-node-person-add--given_name = Given name\ncli-node-person-add--channel = By which means\n";

    fn program() -> Command {
        let add = Command::new("add")
            .long_about("English by clap")
            .arg(Arg::new("given_name").required(true).long_help("English by clap"))
            .arg(
                Arg::new("channel")
                    .long("channel")
                    .value_parser(["phone", "mail"])
                    .default_value("phone")
                    .env("MAILLAGE_CHANNEL"),
            )
            .arg(Arg::new("wheelchair").long("wheelchair").action(ArgAction::SetTrue));
        Command::new("maillage-node")
            .version("1")
            .arg(Arg::new("json").long("json").global(true).action(ArgAction::SetTrue))
            .subcommand(Command::new("person").subcommand_required(true).subcommand(add))
    }

    fn catalog(english: &str) -> Catalog {
        Catalog::new(&[(Language::French, FRENCH), (Language::English, english)]).unwrap()
    }

    fn help(language: Language, arguments: &[&str]) -> String {
        let command = localise(program(), &catalog(ENGLISH), language, "node");
        command.try_get_matches_from(arguments).unwrap_err().to_string()
    }

    #[test]
    fn every_help_text_comes_from_the_catalogue() {
        let text = help(Language::French, &["maillage-node", "--help"]);
        for expected in
            ["Le nœud d’un territoire", "Utilisation", "Commandes", "Les personnes", "Sortie en JSON"]
        {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
        let text = help(Language::French, &["maillage-node", "person", "add", "--help"]);
        for expected in [
            "Ajoute une personne",
            "Prénom",
            "En fauteuil",
            "Sortie en JSON",
            "Arguments",
            "Options",
            "phone, mail",
            "MAILLAGE_CHANNEL",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
        for english in
            ["Usage:", "Commands:", "Print help", "Options:\n", "[default", "[possible", "[env", "by clap"]
        {
            assert!(!text.contains(english), "{english} in\n{text}");
        }
        assert!(help(Language::English, &["maillage-node", "person", "add", "-h"]).contains("Adds a person"));
    }

    #[test]
    fn the_version_is_still_told() {
        assert!(help(Language::French, &["maillage-node", "--version"]).contains('1'));
    }

    #[test]
    fn keys_that_one_language_lacks_are_named() {
        assert_eq!(missing_help_keys(&program(), &catalog(ENGLISH)), ["cli-node-person-add--wheelchair"]);
        let complete = format!("{ENGLISH}cli-node-person-add--wheelchair = In a wheelchair\n");
        assert_eq!(missing_help_keys(&program(), &catalog(&complete)), Vec::<String>::new());
    }

    #[test]
    fn the_localised_command_is_sound_in_every_language() {
        for language in Language::ALL {
            localise(program(), &catalog(ENGLISH), language, "node").debug_assert();
        }
    }
}
