//! Whom a new thing is for: somebody is found by a few letters, as elsewhere at the desk. Letters typed never stand in an address.

use axum::response::Response;
use maillage_console::lasting::PickPage;
use maillage_domain::{ids::PersonKind, person::Person};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::super::{
    Console,
    door::Visit,
    people::{detail, found, letters},
    reply::{frame, page, texts},
};
use crate::app::people;

/// Who a form is for, or the page on which that is said. Opening the form opens the file, which is noted.
pub(in crate::console) async fn asked_for(
    console: &Console,
    visit: &Visit,
    (path, title): (&str, &str),
) -> Result<Result<Person, Response>, Refusal> {
    if let Ok(id) = visit.fields.text("person").parse::<Id<PersonKind>>() {
        return Ok(Ok(people::show_person(&console.app, &visit.caller(), id).await?));
    }
    let typed = visit.fields.text("letters").to_owned();
    let is_search = visit.fields.text("step") == "find";
    let hits = if is_search { found(console, visit, &typed).await? } else { None };
    let error = (is_search && hits.is_none()).then(|| texts(console, visit).say("console-need-letters"));
    let made = hits.is_some();
    let row = |person: &Person| {
        (person.id.to_string(), person.details.name.as_str().to_owned(), detail(console, person))
    };
    let carried = visit.fields.without(&["forgery", "step", "letters", "person", "draft_of"]);
    let carried = carried.pairs().iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
    Ok(Err(page(&PickPage {
        frame: frame(console, visit, texts(console, visit).say(title)),
        action: path.to_owned(),
        carried,
        field: letters(console, visit, typed, error.as_ref()),
        made,
        hits: hits.unwrap_or_default().iter().map(row).collect(),
    })))
}
