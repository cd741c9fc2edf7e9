//! What was typed and could not be taken: the session had ended, the store took no writes, or something was wrong and the page was
//! left. Each form has a draft of its own, told apart by where it is sent and by the name it gives to what it asks for, so that two
//! pages that are open never mix. Drafts are in the memory of the session alone, a few and of bounded size, and go with it.
//! Must never keep a password, a token, or a box by which something was to be meant.

use std::sync::Arc;

use axum::{
    extract::{Extension, State},
    response::Response,
};
use maillage_domain::account::Account;
use maillage_platform::{secrets::equal_in_constant_time, web::next};

use super::{
    Console,
    door::Visit,
    entry::page_of,
    fields::Fields,
    reply::{on_to, texts},
};
use crate::limits::{DRAFT_BYTES_PER_SESSION, DRAFTS_PER_SESSION};

/// What is never kept: what proves something, what holds for one page alone, and what has to be meant each time.
const NEVER_KEPT: [&str; 11] = [
    "forgery", "password", "present", "again", "stand", "step", "sure", "draft_of", "draft_to", "kept",
    "next",
];
/// What buttons and pages send by themselves: with nothing beside it, nothing was typed.
const NOT_TYPED: [&str; 20] = [
    "request_id",
    "etag",
    "plan",
    "line",
    "volunteer",
    "node",
    "habit",
    "trip",
    "person",
    "what",
    "answer",
    "agreed",
    "judge",
    "agrees",
    "without_driver",
    "by",
    "reason",
    "kind",
    "for",
    "day",
];

/// The field that tells several forms of one page and kind apart: what the form calls the request it makes.
const NAME: &str = "request_id";

/// The forms of a session that could not be taken, the newest last.
#[derive(Clone, Default)]
pub(super) struct Drafts(Vec<Arc<Draft>>);

/// A form that could not be taken.
struct Draft {
    /// The page that has it.
    page: String,
    /// Where it is sent.
    action: String,
    fields: Fields,
}

impl Drafts {
    /// The drafts of a session that begins with what was typed before it, if anything was.
    pub(super) fn and(mut self, action: &str, fields: &Fields) -> Self {
        self.put(&page_of(action), action, fields);
        self
    }

    fn put(&mut self, page: &str, action: &str, fields: &Fields) {
        let fields = fields.without(&NEVER_KEPT);
        if !is_typed(&fields) {
            return;
        }
        self.forget(action, fields.text(NAME));
        let (page, action) = (page.to_owned(), action.to_owned());
        self.0.push(Arc::new(Draft { page, action, fields }));
        while self.0.len() > DRAFTS_PER_SESSION || self.bytes() > DRAFT_BYTES_PER_SESSION {
            self.0.remove(0);
        }
    }

    fn forget(&mut self, action: &str, name: &str) {
        self.0.retain(|draft| draft.action != action || draft.fields.text(NAME) != name);
    }

    fn bytes(&self) -> usize {
        let pairs = self.0.iter().flat_map(|draft| draft.fields.pairs());
        pairs.map(|(name, value)| name.len() + value.len()).sum()
    }

    /// What waits on a page: of each of its forms the newest.
    fn of_page(&self, page: &str) -> Fields {
        let mut found = Fields::default();
        let mut forms: Vec<&str> = Vec::new();
        for draft in self.0.iter().rev().filter(|draft| draft.page == page) {
            if !forms.contains(&draft.action.as_str()) {
                forms.push(&draft.action);
                found.add(&draft.fields);
            }
        }
        found
    }
}

/// Whether something was typed or chosen that would be missed.
fn is_typed(fields: &Fields) -> bool {
    let typed = |(name, value): &(String, String)| {
        !value.trim().is_empty()
            && !NOT_TYPED.contains(&name.as_str())
            && !NEVER_KEPT.contains(&name.as_str())
    };
    fields.pairs().iter().any(typed)
}

fn with<T: Default>(console: &Console, visit: &Visit, body: impl FnOnce(&mut Drafts) -> T) -> T {
    let mut answer = T::default();
    if let (Some(_), Some(cookie)) = (&visit.caller, &visit.session) {
        console.sessions.change(cookie, |visitor| answer = body(&mut visitor.drafts));
    }
    answer
}

/// Keeps the form that was sent, which could not be taken; tells whether anything was typed into it.
pub(super) fn keep(console: &Console, visit: &Visit) -> bool {
    let is_kept = !visit.sent.is_empty() && visit.sent != "/password" && is_typed(&visit.fields);
    if is_kept {
        with(console, visit, |drafts| drafts.put(&visit.here, &visit.sent, &visit.fields));
    }
    is_kept
}

/// The form that was sent is on its way: what was kept of it is not needed any more.
pub(super) fn forget(console: &Console, visit: &Visit) {
    with(console, visit, |drafts| drafts.forget(&visit.sent, visit.fields.text(NAME)));
}

/// What waits on a page that is opened.
pub(super) fn waiting(console: &Console, visit: &Visit, page: &str) -> Fields {
    with(console, visit, |drafts| drafts.of_page(page))
}

/// The newest form of a page that waits and is one of those wanted.
pub(super) fn newest(
    console: &Console,
    visit: &Visit,
    page: &str,
    is_wanted: impl Fn(&Fields) -> bool,
) -> Option<Fields> {
    let wanted = |draft: &&Arc<Draft>| draft.page == page && is_wanted(&draft.fields);
    with(console, visit, |drafts| drafts.0.iter().rev().find(wanted).map(|draft| draft.fields.clone()))
}

/// Keeps a form of another page, which is filled in further there.
pub(super) fn put_aside(console: &Console, visit: &Visit, page: &str, fields: &Fields) {
    with(console, visit, |drafts| drafts.put(page, page, fields));
}

/// Fills in a field of a form that waits on a page; tells whether there is that form.
pub(super) fn fill(
    console: &Console,
    visit: &Visit,
    (page, form): (&str, &str),
    (field, value): (&str, &str),
) -> bool {
    with(console, visit, |drafts| {
        let is_it = |draft: &Arc<Draft>| draft.action == page && draft.fields.text(NAME) == form;
        let Some(found) = drafts.0.iter().find(|draft| is_it(draft)).cloned() else { return false };
        let mut fields = found.fields.clone();
        fields.set(field, value);
        drafts.put(page, page, &fields);
        true
    })
}

/// What goes along to the page to sign in on, and comes back from it: what was typed, where it was to be sent, and who typed it.
pub(super) fn carried(visit: &Visit, action: &str) -> String {
    if !is_typed(&visit.fields) {
        return String::new();
    }
    let mut kept = visit.fields.without(&NEVER_KEPT);
    kept.set("draft_of", mark(visit));
    kept.set("draft_to", action);
    kept.written()
}

/// Who sent a form, as its token says.
pub(super) fn mark(visit: &Visit) -> &str {
    visit.fields.text("forgery").split_once('.').map(|(_, mark)| mark).unwrap_or_default()
}

/// Whether a form is one of this account's, of whichever of its sessions: what somebody typed is given to nobody else.
pub(super) fn is_of(console: &Console, label: &str, mark: &str) -> bool {
    equal_in_constant_time(mark.as_bytes(), console.draft_mark(label).as_bytes())
}

/// What came back from the page to sign in on, as a draft of the account that typed it.
pub(super) fn brought_back(console: &Console, account: &Account, kept: &str) -> Drafts {
    let fields = Fields::read(kept.as_bytes()).unwrap_or_default();
    let action = next::page(fields.text("draft_to")).unwrap_or_default();
    if action.is_empty() || !is_of(console, account.label.as_str(), fields.text("draft_of")) {
        return Drafts::default();
    }
    Drafts::default().and(action, &fields)
}

impl Drafts {
    /// Those of the session before, and then these.
    pub(super) fn after(self, before: Self) -> Self {
        let mut all = before;
        for draft in self.0 {
            all.put(&draft.page, &draft.action, &draft.fields);
        }
        all
    }
}

/// Says that what is shown was typed before, unless something newer is to be said.
pub(super) fn say_back(console: &Console, visit: &Visit) {
    if let Some(cookie) = &visit.session {
        let said = texts(console, visit).say("console-kept-back");
        console.sessions.change(cookie, |visitor| {
            visitor.said.get_or_insert((false, said));
        });
    }
}

/// Begins the forms of a page anew: what waits on it goes.
pub(super) async fn begin_anew(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    let page = next::page(visit.fields.text("page")).unwrap_or("/").to_owned();
    let path = page.split('?').next().unwrap_or_default().to_owned();
    with(&console, &visit, |drafts| drafts.0.retain(|draft| draft.page != path));
    let said = texts(&console, &visit).say("comfort-begun-anew");
    on_to(&console, &visit, &page, Some((false, said)))
}
