//! Who may use the platform: accounts, their roles, one-time links, and closing them. Must never show a link twice, nor put one
//! into an address or a log.

use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maillage_console::{
    form::{Choice, Choosable, Input},
    frame::Notice,
    parts::{Badge, Tone},
    users::{AccountRow, NewUserPage, OfferedRole, RoleChoice, UserPage, UsersPage},
};
use maillage_domain::{
    account::{Account, Scope, Standing},
    roles::{Operation, Role},
};
use maillage_platform::refusal::{Refusal, RefusalKind};

use super::{
    Console,
    door::Visit,
    office::answered,
    reply::{frame, nothing, on_to, page, refused, texts, words},
    shown,
};
use crate::{
    app::{
        accounts::{self, NewAccount},
        caller::Caller,
        entry::{self, Linked},
        people, refusals,
    },
    limits::{ACCOUNTS, PAGE_MAX},
};

/// Everybody who may use the platform.
pub(super) async fn show_all(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let caller = visit.caller();
    let mut all = match accounts::list(&console.app, &caller, None, ACCOUNTS) {
        Ok(all) => all,
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    let now = console.app.now();
    all.sort_by_cached_key(|account| {
        (account.standing(now) != Standing::Active, account.label.as_str().to_owned())
    });
    page(&UsersPage {
        frame: frame(&console, &visit, texts(&console, &visit).say("console-users")),
        adds: Operation::AccountAdd.allows(caller.roles()),
        accounts: all.iter().map(|account| row(&console, &visit, account)).collect(),
    })
}

fn row(console: &Console, visit: &Visit, account: &Account) -> AccountRow {
    AccountRow {
        path: path_of(account),
        label: account.label.to_string(),
        roles: roles_of(console, visit, account),
        badge: standing(console, visit, account),
        way_in: way_in(console, visit, account),
        until: words(console, visit).instant(&account.expires.to_string()),
    }
}

fn roles_of(console: &Console, visit: &Visit, account: &Account) -> String {
    let codes: Vec<String> = account.rights.roles().iter().map(|role| role.code().to_owned()).collect();
    words(console, visit).codes("role", &codes)
}

fn standing(console: &Console, visit: &Visit, account: &Account) -> Badge {
    let standing = account.standing(console.app.now());
    let tone = match standing {
        Standing::Active => Tone::Good,
        Standing::Expired => Tone::Wait,
        Standing::Revoked => Tone::Plain,
    };
    Badge::new(words(console, visit).code("standing", standing.code()), tone)
}

/// By what somebody comes in.
fn way_in(console: &Console, visit: &Visit, account: &Account) -> String {
    let texts = texts(console, visit);
    let open = account.link.filter(|link| console.app.now() < link.expires);
    match (&account.password, open) {
        (_, Some(link)) => {
            let until = words(console, visit).instant(&link.expires.to_string());
            texts.about("console-user-way-link", &until)
        }
        (Some(_), None) => texts.say("console-user-way-password"),
        (None, None) => texts.say("console-user-way-none"),
    }
}

/// The page on which an account is made.
pub(super) async fn show_new(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    match visit.caller().check(Operation::AccountAdd) {
        Ok(()) => making(&console, &visit, None),
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

/// The form, with what was typed and what is wrong with it.
fn making(console: &Console, visit: &Visit, wrong: Option<&Refusal>) -> Response {
    let texts = texts(console, visit);
    let told = wrong.map(|refusal| words(console, visit).refusal(refusal));
    let field = wrong.and_then(|refusal| refusal.details().get("field").map(String::as_str));
    let error =
        |fields: &[&str]| told.as_ref().filter(|_| field.is_some_and(|field| fields.contains(&field)));
    let label = Input {
        required: true,
        first: true,
        ..Input::text("label", texts.say("console-user-label"), visit.fields.text("label").to_owned())
            .with_hint(texts.say("console-user-label-hint"))
            .with_error(error(&["label"]))
    };
    let whose = match whose(console, visit, error(&["volunteer", "prescriber"])) {
        Ok(whose) => whose,
        Err(refusal) => return refused(console, visit, &refusal),
    };
    let mut around = frame(console, visit, texts.say("console-user-new"));
    let beside = ["label", "roles", "volunteer", "prescriber"];
    if field.is_none_or(|field| !beside.contains(&field)) {
        around.notice = told.clone().map(Notice::bad).or(around.notice);
    }
    let ticked = |role: Role| typed_roles(visit).iter().any(|typed| typed == role.code());
    page(&NewUserPage {
        frame: around,
        label,
        roles: choice(console, visit, (Role::ALL, &ticked), error(&["roles"])),
        whose,
    })
}

fn choice<'a>(
    console: &'a Console,
    visit: &Visit,
    (offered, ticked): (&[Role], &dyn Fn(Role) -> bool),
    error: Option<&String>,
) -> RoleChoice<'a> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let role = |role: &Role| {
        let meaning = texts.say(&format!("console-role-{}", role.code()));
        let name = words.code("role", role.code());
        OfferedRole { code: role.code(), name, meaning, chosen: ticked(*role) }
    };
    RoleChoice { texts, roles: offered.iter().map(role).collect(), error: error.cloned().unwrap_or_default() }
}

/// Whose data an account reaches: names are there for whoever may list them.
fn whose(console: &Console, visit: &Visit, error: Option<&String>) -> Result<Choice, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let typed = visit.fields.text("whose");
    let mut options = vec![(String::new(), texts.say("console-user-whose-all"))];
    if Operation::VolunteerList.allows(caller.roles()) {
        let names = shown::names(app, &caller)?;
        options.extend(names.into_iter().map(|(id, (name, _))| {
            (format!("volunteer:{id}"), texts.about("console-user-whose-driver", &name))
        }));
    }
    if Operation::PrescriberList.allows(caller.roles()) {
        let found = people::partners::list_prescribers(app, &caller, None, PAGE_MAX)?;
        options.extend(found.into_iter().map(|one| {
            let name = one.details.organisation.as_str();
            (format!("prescriber:{}", one.id), texts.about("console-user-whose-prescriber", name))
        }));
    }
    let option = |(value, label): (String, String)| Choosable { chosen: value == typed, value, label };
    Ok(Choice {
        name: "whose",
        id: "whose",
        label: texts.say("console-user-whose"),
        options: options.into_iter().map(option).collect(),
        error: error.cloned().unwrap_or_default(),
        open: false,
    })
}

fn typed_roles(visit: &Visit) -> Vec<String> {
    let roles = visit.fields.pairs().iter().filter(|(name, _)| name == "role");
    roles.map(|(_, value)| value.clone()).collect()
}

/// Makes an account, with the link by which its owner comes in.
pub(super) async fn add(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let caller = visit.caller();
    match opened(&console, &visit, &caller).await {
        Ok(made) => {
            let said = told(&console, &visit, &made);
            on_to(&console, &visit, &path_of(&made.account), Some((false, said)))
        }
        Err(refusal) if matches!(refusal.kind(), RefusalKind::InvalidInput | RefusalKind::Conflict) => {
            (StatusCode::UNPROCESSABLE_ENTITY, making(&console, &visit, Some(&refusal))).into_response()
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn opened(console: &Console, visit: &Visit, caller: &Caller) -> Result<Linked, Refusal> {
    let unknown = || refusals::invalid("account-driver-of-nobody").with("field", "volunteer");
    let scope = match visit.fields.text("whose").split_once(':') {
        None => Scope::Everything,
        Some(("volunteer", id)) => Scope::Volunteer(id.parse().map_err(|_| unknown())?),
        Some(("prescriber", id)) => Scope::Prescriber(id.parse().map_err(|_| unknown())?),
        Some(_) => return Err(unknown()),
    };
    let label = visit.fields.text("label").trim().to_owned();
    // Its token is told to nobody: who needs one for a program has it made anew.
    let new = NewAccount { label, roles: typed_roles(visit), scope, days: 0 };
    entry::open(&console.app, caller, new).await
}

/// Gives out a link, told on the next page and nowhere else.
async fn link(console: &Console, visit: &Visit, account: &Account) -> Result<String, Refusal> {
    let linked = entry::link(&console.app, &visit.caller(), &account.id.to_string()).await?;
    Ok(told(console, visit, &linked))
}

fn told(console: &Console, visit: &Visit, linked: &Linked) -> String {
    let until = words(console, visit).instant(&linked.link.expires.to_string());
    let args = [
        ("name", linked.account.label.as_str().to_owned().into()),
        ("until", until.into()),
        ("link", linked.url.expose().clone().into()),
    ];
    texts(console, visit).with("console-user-linked", &args)
}

/// The page of an account.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    match accounts::show(&console.app, &visit.caller(), &id) {
        Ok(account) => one(&console, &visit, &account),
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

fn one(console: &Console, visit: &Visit, account: &Account) -> Response {
    let (caller, texts, words) = (visit.caller(), texts(console, visit), words(console, visit));
    let may = |operation: Operation| operation.allows(caller.roles()) && account.revoked.is_none();
    let of_platform = account.rights.scope() == Scope::Everything;
    let offered = [Role::Coordinator, Role::Treasurer, Role::Administrator, Role::Auditor];
    let ticked = |role: Role| account.rights.roles().contains(&role);
    let is_own = caller.account().is_some_and(|(own, _)| own == account.id);
    let roles = (may(Operation::AccountRoles) && of_platform && !is_own)
        .then(|| choice(console, visit, (&offered, &ticked), None));
    let when = |at: jiff::Timestamp| words.instant(&at.to_string());
    let whose = match account.rights.scope() {
        Scope::Everything => "console-user-whose-all",
        Scope::Volunteer(_) => "console-user-of-driver",
        Scope::Prescriber(_) => "console-user-of-prescriber",
    };
    let rows = [
        ("console-user-roles", roles_of(console, visit, account)),
        ("console-user-whose", texts.say(whose)),
        ("console-user-way-in", way_in(console, visit, account)),
        ("console-user-until", when(account.expires)),
        ("console-user-made", when(account.created)),
        ("console-user-closed-at", account.revoked.map(when).unwrap_or_default()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let active = account.standing(console.app.now()) == Standing::Active;
    page(&UserPage {
        frame: frame(console, visit, texts.about("console-user", account.label.as_str())),
        path: path_of(account),
        badge: standing(console, visit, account),
        facts: filled.map(|(key, value)| (texts.say(key), value)).collect(),
        etag: account.revision.to_string(),
        roles,
        links: may(Operation::AccountLink) && active,
        closes: may(Operation::AccountRevoke),
    })
}

/// What is done with an account, by the last part of the address.
pub(super) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let account = match accounts::show(&console.app, &visit.caller(), &id) {
        Ok(account) => account,
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    let done = match what.as_str() {
        "roles" => change_roles(&console, &visit, &account).await,
        "link" => link(&console, &visit, &account).await,
        "close" if visit.fields.text("sure") != "1" => {
            let said = texts(&console, &visit).say("console-user-not-sure");
            return on_to(&console, &visit, &path_of(&account), Some((true, said)));
        }
        "close" => close(&console, &visit, &account).await,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    answered(&console, &visit, &path_of(&account), done)
}

async fn change_roles(console: &Console, visit: &Visit, account: &Account) -> Result<String, Refusal> {
    let rights = (typed_roles(visit), account.rights.scope());
    let (which, etag) = (account.id.to_string(), visit.fields.text("etag"));
    accounts::set_rights(&console.app, &visit.caller(), &which, etag, rights).await?;
    Ok(texts(console, visit).say("console-user-changed"))
}

async fn close(console: &Console, visit: &Visit, account: &Account) -> Result<String, Refusal> {
    let closed = accounts::revoke(&console.app, &visit.caller(), &account.id.to_string()).await?;
    let key = if closed.no_administrator_left { "account-no-administrator" } else { "console-user-closed" };
    Ok(texts(console, visit).say(key))
}

fn path_of(account: &Account) -> String {
    format!("/users/{}", account.id)
}
