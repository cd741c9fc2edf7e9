//! The books, the obligations and lists on paper: facts, figures that lead to what they are made of, tables, and forms of one
//! page each. A page that is meant for paper says so by a place for a signature.

use std::borrow::Borrow;

use askama::Template;

use crate::{
    form::{Choice, Input},
    frame::Frame,
    models::ModelBar,
    parts::Badge,
};

/// A page of the books.
#[derive(Debug, Template)]
#[template(path = "books.html")]
pub struct BookPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What stands above: not the title of the page, which histories keep and which names nobody.
    pub heading: String,
    /// The page it belongs to.
    pub back: Option<Way>,
    /// How it stands.
    pub badge: Option<Badge>,
    /// Other months, years or days.
    pub others: Vec<Way>,
    /// What it is.
    pub told: Vec<String>,
    /// What is missing or has to be done, before anything else.
    pub first: Vec<Missing>,
    /// The most important sums.
    pub tiles: Vec<Tile>,
    /// What can be done here.
    pub ways: Vec<Way>,
    /// What is known: name, value and the page that shows what it is made of.
    pub facts: Option<Facts>,
    /// Bars with their table among the tables.
    pub bars: Option<Bars>,
    /// The tables.
    pub tables: Vec<Table>,
    /// What is to be known of the figures.
    pub notes: Vec<String>,
    /// What stands over the place for a signature; empty for none.
    pub signature: String,
}

/// A way to another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its address.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Whether it is the way most people take from here.
    pub is_first: bool,
}

/// Something that is missing, or has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// How pressing it is.
    pub badge: Badge,
    /// What.
    pub what: String,
    /// How it is mended.
    pub advice: String,
    /// Where; empty for nowhere on these pages.
    pub path: String,
}

/// A sum that stands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// What it is.
    pub name: String,
    /// How much.
    pub value: String,
    /// More about it; may be empty.
    pub beside: String,
    /// The page that shows what it is made of; empty for none.
    pub path: String,
}

/// What is known of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What they are about.
    pub title: String,
    /// Name, value, and the page that shows what the value is made of; empty for none.
    pub rows: Vec<(String, String, String)>,
}

/// Who pays what, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What they show.
    pub title: String,
    /// Who pays: the class of its part of a bar, and its name.
    pub legend: Vec<(&'static str, String)>,
    /// The bars.
    pub bars: Vec<ModelBar>,
}

/// A table.
#[derive(Debug, Template)]
#[template(path = "books_table.html")]
pub struct Table {
    /// What names it on its page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The headings, and whether a column holds sums.
    pub headings: Vec<(String, bool)>,
    /// The rows: the first cell names the row.
    pub rows: Vec<Vec<Cell>>,
    /// What the rows come to; empty for nothing.
    pub foot: Vec<Cell>,
    /// What is said if there is nothing.
    pub none: String,
    /// The rows after these; empty for none.
    pub next: Option<Way>,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// The page behind it; empty for none.
    pub path: String,
    /// How something stands.
    pub badge: Option<Badge>,
    /// More about it; may be empty.
    pub beside: String,
    /// What can be done from here.
    pub ways: Vec<Way>,
}

/// A form of a page of its own.
#[derive(Debug, Template)]
#[template(path = "books_form.html")]
pub struct BookForm<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What stands above.
    pub heading: String,
    /// The page it belongs to.
    pub back: Way,
    /// What it does.
    pub told: Vec<String>,
    /// What is known of what it is about.
    pub facts: Vec<(String, String)>,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// Where it is sent.
    pub action: String,
    /// What goes along unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// The fields.
    pub fields: Vec<Field>,
    /// What its button says.
    pub does: String,
}

/// A field.
#[derive(Debug, Clone)]
pub enum Field {
    /// Of one line.
    Line(Input),
    /// One of a few values.
    One(Choice),
    /// To be ticked.
    Tick(TickField),
}

/// A box to tick, with what is wrong if it is not.
#[derive(Debug, Clone, Template)]
#[template(path = "books_tick.html")]
pub struct TickField {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub label: String,
    /// Whether it is ticked.
    pub ticked: bool,
    /// What is wrong; empty if nothing is.
    pub error: String,
}

impl Way {
    /// A way.
    pub fn new(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), text, is_first: false }
    }

    /// The way most people take.
    pub fn first(path: impl Into<String>, text: String) -> Self {
        Self { is_first: true, ..Self::new(path, text) }
    }
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A text that leads somewhere; plain if the address is empty.
    pub fn way(text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::text(text) }
    }

    /// How something stands.
    pub fn badge(badge: Badge) -> Self {
        Self { badge: Some(badge), ..Self::default() }
    }

    /// What can be done.
    pub fn ways(ways: Vec<Way>) -> Self {
        Self { ways, ..Self::default() }
    }

    /// The cell with more about it.
    #[must_use]
    pub fn with(self, beside: impl Into<String>) -> Self {
        Self { beside: beside.into(), ..self }
    }
}

impl Table {
    /// Whether a column holds sums.
    fn is_sum(&self, column: impl Borrow<usize>) -> bool {
        self.headings.get(*column.borrow()).is_some_and(|(_, is_sum)| *is_sum)
    }
}

impl<'a> BookPage<'a> {
    /// A page with nothing on it yet but its heading, which is its title too.
    pub fn new(frame: Frame<'a>) -> Self {
        Self {
            heading: frame.title.clone(),
            frame,
            back: None,
            badge: None,
            others: Vec::new(),
            told: Vec::new(),
            first: Vec::new(),
            tiles: Vec::new(),
            ways: Vec::new(),
            facts: None,
            bars: None,
            tables: Vec::new(),
            notes: Vec::new(),
            signature: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_what_each_row_is_and_markup_stays_text() {
        let table = Table {
            id: "dues",
            title: "Dues".into(),
            headings: vec![("Who".into(), false), ("How much".into(), true)],
            rows: vec![vec![Cell::way("<b>", "/a").with("&"), Cell::text("1")]],
            foot: vec![Cell::text("All"), Cell::text("1")],
            none: "Nobody".into(),
            next: None,
        };
        let shown = table.render().unwrap();
        assert!(shown.contains("<th scope=\"row\"><a href=\"/a\">&#60;b&#62;</a>"), "{shown}");
        assert!(shown.contains("<td class=\"sum\">1</td>") && shown.contains("&#38;"), "{shown}");
        assert!(shown.contains("<th scope=\"col\" class=\"sum\">How much</th>"), "{shown}");
        let empty = Table { rows: Vec::new(), ..table }.render().unwrap();
        assert!(empty.contains("Nobody") && !empty.contains("<table"), "{empty}");
    }
}
