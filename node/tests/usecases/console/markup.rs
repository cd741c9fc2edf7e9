//! What is wrong with the HTML of a page: what the reader of the standard stumbles over, and rules of it that no reader checks.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

/// Elements that stand where they must not: in text, in one another.
const MISPLACED: [&str; 9] = [
    ":is(p, span, b, label, button, h1, h2, h3, h4, a, dt, legend) :is(div, ul, ol, dl, table, section, article, form, p)",
    ":is(span, b, label, button, h1, h2, h3, h4, p) :is(h1, h2, h3, h4)",
    ":is(a, button) :is(a, button, input, select, textarea)",
    "label label",
    "form form",
    "ul > :not(li), ol > :not(li)",
    "dl > :not(dt, dd, div)",
    "details > summary:not(:first-child), select > :not(option, optgroup)",
    "[style], [onclick], center, font, script:not([src])",
];

/// Attributes that name elements of the page by their ids.
const REFERENCES: [&str; 4] = ["for", "aria-labelledby", "aria-describedby", "list"];

/// What is wrong with a page, a line each.
pub(crate) fn faults(page: &str) -> Vec<String> {
    let read = Html::parse_document(page);
    let mut found: Vec<String> = read.errors.iter().map(ToString::to_string).collect();
    for rule in MISPLACED {
        found.extend(all(&read, rule).map(|element| format!("misplaced: {}", start(element))));
    }
    let mut ids = BTreeSet::new();
    for element in all(&read, "[id]") {
        let id = element.attr("id").unwrap_or_default();
        if !ids.insert(id) || id.is_empty() || id.contains(char::is_whitespace) {
            found.push(format!("not an id of its own: {}", start(element)));
        }
    }
    for attribute in REFERENCES {
        for element in all(&read, &format!("[{attribute}]")) {
            let named = element.attr(attribute).unwrap_or_default();
            if named.split_whitespace().next().is_none()
                || named.split_whitespace().any(|id| !ids.contains(id))
            {
                found.push(format!("names what is not there: {}", start(element)));
            }
        }
    }
    found.extend(unlabelled(&read));
    found.extend(headings(&read));
    found.extend(all(&read, "th:not([scope])").map(|element| format!("of what: {}", start(element))));
    found.extend(all(&read, "img:not([alt])").map(|element| format!("not told: {}", start(element))));
    found
}

/// Fields that nothing names.
fn unlabelled(read: &Html) -> impl Iterator<Item = String> {
    let labelled: BTreeSet<&str> = all(read, "label[for]").filter_map(|label| label.attr("for")).collect();
    let fields = all(read, "input:not([type=hidden]), select, textarea");
    fields.filter_map(move |field| {
        let by_label = field.attr("id").is_some_and(|id| labelled.contains(id));
        let by_itself = field.attr("aria-label").or(field.attr("aria-labelledby")).is_some();
        let within = field.ancestors().filter_map(ElementRef::wrap).any(|one| one.value().name() == "label");
        (!by_label && !by_itself && !within).then(|| format!("without a label: {}", start(field)))
    })
}

/// Headings that leave out a level, or more than one of the first.
fn headings(read: &Html) -> Vec<String> {
    let mut level = 0;
    let mut found = Vec::new();
    for heading in all(read, "h1, h2, h3, h4, h5, h6") {
        let next = heading.value().name().as_bytes().get(1).map_or(0, |digit| u32::from(digit - b'0'));
        if next > level + 1 || (next == 1 && level > 0) {
            found.push(format!("out of order: {}", start(heading)));
        }
        level = next;
    }
    found
}

fn all<'a>(read: &'a Html, rule: &str) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
    let selector = Selector::parse(rule).unwrap();
    read.select(&selector).collect::<Vec<_>>().into_iter()
}

/// How an element begins, enough to find it.
fn start(element: ElementRef<'_>) -> String {
    element.html().chars().take(160).collect()
}

#[test]
fn what_is_wrong_with_a_page_is_found() {
    let page = |body: &str| {
        format!("<!doctype html><html lang=\"fr\"><head><title>x</title></head><body>{body}</body></html>")
    };
    let fine = "<h1>a</h1><label for=\"b\">c</label><input id=\"b\"><h2 id=\"d\">e</h2><ul aria-labelledby=\"d\"><li>f</li></ul>";
    assert_eq!(faults(&page(fine)), Vec::<String>::new());
    for wrong in [
        "<p>a</span></p>",
        "<p>a<div>b</div></p>",
        "<div>a",
        "<span><div>a</div></span>",
        "<button>a <input aria-label=\"b\"></button>",
        "<i id=\"a\"></i><i id=\"a\"></i>",
        "<label for=\"a\">b</label>",
        "<input>",
        "<h1>a</h1><h3>b</h3>",
        "<table><tr><th>a</th></tr></table>",
        "<ul><p>a</p></ul>",
        "<b style=\"top: 0\">a</b>",
        "<img src=\"/a\">",
        "<a href=\"/a\" href=\"/b\">c</a>",
    ] {
        assert!(!faults(&page(wrong)).is_empty(), "{wrong}");
    }
}
