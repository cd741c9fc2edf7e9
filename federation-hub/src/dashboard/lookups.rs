//! Pages that are looked up in something made for all of their kind: there are too many of them to keep each. It must never let an address ask
//! for more work than a page takes.

use maillage_geography::{DepartementCode, Siren};
use maillage_platform::i18n::Language;

use super::Asked;
use crate::limits;

/// Such a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lookup {
    /// Territories that are searched.
    Territories(Search),
    /// One of them.
    Territory(Siren),
    /// Who drove for whom; of the newest year without one.
    Flows(Option<u32>),
    /// The files.
    Downloads,
}

/// What territories are searched by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// Part of a name, as it was typed.
    pub(super) name: String,
    /// Where they have communes.
    pub(super) departement: Option<DepartementCode>,
    /// Which page of them, from 1.
    pub(super) page: usize,
}

impl Lookup {
    /// The page at an address below a language, if there is one.
    pub(super) fn at(path: &str, asked: &Asked) -> Option<Self> {
        match path {
            "territories" => Search::read(asked).map(Self::Territories),
            "flows" => match asked.year.trim() {
                "" => Some(Self::Flows(None)),
                year => year.parse().ok().map(|year| Self::Flows(Some(year))),
            },
            "downloads" => Some(Self::Downloads),
            _ => None,
        }
    }

    /// Its tab.
    pub(super) fn path(&self) -> &'static str {
        match self {
            Self::Territories(_) | Self::Territory(_) => "territories",
            Self::Flows(_) => "flows",
            Self::Downloads => "downloads",
        }
    }

    /// Its address in a language.
    pub(super) fn address(&self, language: Language) -> String {
        let base = format!("/{}/{}", language.code(), self.path());
        match self {
            Self::Territories(search) => format!("{base}{}", search.query(search.page)),
            Self::Territory(siren) => format!("{base}/{siren}"),
            Self::Flows(Some(year)) => format!("{base}?year={year}"),
            Self::Flows(None) | Self::Downloads => base,
        }
    }
}

impl Search {
    fn read(asked: &Asked) -> Option<Self> {
        let Asked { q, departement, page, indicator: _, year: _ } = asked;
        let departement = match departement.trim() {
            "" => None,
            number => Some(number.parse().ok()?),
        };
        let page = match page.trim() {
            "" => 1,
            page => page.parse().ok().filter(|page| *page > 0)?,
        };
        Some(Self { name: q.trim().chars().take(limits::SEARCHED_CHARS).collect(), departement, page })
    }

    /// The query of one of its pages.
    pub(super) fn query(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.name.is_empty() {
            query.append_pair("q", &self.name);
        }
        if let Some(number) = self.departement {
            query.append_pair("departement", number.as_str());
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(q: &str, departement: &str, page: &str, year: &str) -> Asked {
        let [q, departement, page, year] = [q, departement, page, year].map(str::to_owned);
        Asked { q, departement, page, year, indicator: String::new() }
    }

    #[test]
    fn an_address_says_all_that_was_asked_and_what_is_wrong_is_no_page() {
        for (path, query, address) in [
            ("territories", asked("", "", "", ""), Some("/en/territories")),
            (
                "territories",
                asked(" Bas & Léguer ", "2A", "3", ""),
                Some("/en/territories?q=Bas+%26+L%C3%A9guer&departement=2A&page=3"),
            ),
            ("territories", asked("", "81", "1", ""), Some("/en/territories?departement=81")),
            ("territories", asked("", "20", "", ""), None),
            ("territories", asked("", "", "0", ""), None),
            ("territories", asked("", "", "-1", ""), None),
            ("flows", asked("", "", "", "2025"), Some("/en/flows?year=2025")),
            ("flows", asked("", "", "", "<b>"), None),
            ("downloads", asked("", "", "", ""), Some("/en/downloads")),
            ("elsewhere", asked("", "", "", ""), None),
        ] {
            let found = Lookup::at(path, &query).map(|lookup| lookup.address(Language::English));
            assert_eq!(found.as_deref(), address, "{path} {query:?}");
        }
        let long = asked(&"é".repeat(10_000), "", "", "");
        let Some(Lookup::Territories(search)) = Lookup::at("territories", &long) else { panic!("a search") };
        assert_eq!(search.name.chars().count(), limits::SEARCHED_CHARS);
    }
}
