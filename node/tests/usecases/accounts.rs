//! Accounts: what a token opens, and from when it opens nothing.

use maillage_domain::{account::Scope, roles::Role};
use maillage_node::app::{
    accounts::{self, NewAccount, Opened},
    caller::Caller,
    people,
};
use maillage_platform::refusal::Refusal;
use maillage_store::accounts as stored;

use crate::world::{A, World, ready};

fn new(label: &str, role: &str) -> NewAccount {
    NewAccount { label: label.into(), roles: vec![role.into()], scope: Scope::Everything, days: 0 }
}

fn open(world: &World, new: NewAccount) -> Opened {
    ready(accounts::add(world.app(A), &Caller::local(), new)).unwrap()
}

fn admitted(world: &World, opened: &Opened) -> Result<Caller, String> {
    reason(accounts::admit(world.app(A), opened.token.expose().as_bytes()))
}

fn reason<T>(answer: Result<T, Refusal>) -> Result<T, String> {
    answer.map_err(|refusal| refusal.reason().to_owned())
}

fn refused(reason: &str) -> Result<Caller, String> {
    Err(reason.to_owned())
}

#[test]
fn a_token_opens_what_its_roles_allow_until_it_is_revoked() {
    let world = World::empty(1);
    let app = world.app(A);
    let opened = open(&world, new("guichet", "coordinator"));
    let caller = admitted(&world, &opened).unwrap();
    assert!(caller.is(Role::Coordinator) && !caller.is(Role::Administrator));
    assert!(people::list_volunteers(app, &caller, None, 9).is_ok());
    let own = ready(accounts::add(app, &caller, new("autre", "coordinator"))).unwrap_err();
    assert_eq!(own.reason(), "not-allowed");
    ready(accounts::revoke(app, &Caller::local(), "guichet")).unwrap();
    assert_eq!(admitted(&world, &opened), refused("token-revoked"));
    assert_eq!(reason(accounts::still(app, &caller)), refused("token-revoked"));
    let again = ready(accounts::renew(app, &Caller::local(), "guichet", 0)).unwrap_err();
    assert_eq!(again.reason(), "account-revoked");
    let taken = ready(accounts::add(app, &Caller::local(), new("guichet", "treasurer"))).unwrap_err();
    assert_eq!(taken.reason(), "account-label-taken");
}

#[test]
fn a_token_expires_and_a_renewed_one_replaces_it() {
    let world = World::empty(1);
    let first = open(&world, NewAccount { days: 1, ..new("tresor", "treasurer") });
    world.wait(24 * 60 - 1);
    assert!(admitted(&world, &first).is_ok());
    world.wait(1);
    assert_eq!(admitted(&world, &first), refused("token-expired"));
    let second = ready(accounts::renew(world.app(A), &Caller::local(), "tresor", 2)).unwrap();
    assert!(admitted(&world, &second).is_ok());
    assert_eq!(admitted(&world, &first), refused("token-revoked"));
    assert_eq!(reason(accounts::admit(world.app(A), b"")), refused("token-wrong"));
    assert_eq!(reason(accounts::admit(world.app(A), &[b'A'; 52])), refused("token-wrong"));
}

#[test]
fn no_token_is_stored() {
    let world = World::empty(1);
    let opened = open(&world, new("guichet", "coordinator"));
    let store = &world.app(A).store;
    let token = opened.token.expose().as_bytes();
    for tree in maillage_store::TREES {
        for (key, value) in maillage_engine::View::scan_prefix(store, *tree, &[], usize::MAX).unwrap() {
            let holds = |bytes: &[u8]| bytes.windows(token.len()).any(|window| window == token);
            assert!(!holds(&key) && !holds(&value), "{}", tree.name());
        }
    }
    let kept = stored::find(store, opened.account.id).unwrap().unwrap();
    assert!(!format!("{opened:?} {kept:?}").contains(opened.token.expose()));
}

#[test]
fn the_last_administrator_may_go_and_that_is_said() {
    let world = World::empty(1);
    open(&world, new("admin-a", "administrator"));
    open(&world, new("admin-b", "administrator"));
    let revoke = |label| ready(accounts::revoke(world.app(A), &Caller::local(), label)).unwrap();
    assert!(!revoke("admin-a").no_administrator_left);
    assert!(revoke("admin-b").no_administrator_left);
    open(&world, new("guichet", "coordinator"));
    assert!(!revoke("guichet").no_administrator_left, "it was none");
    open(&world, new("admin-c", "administrator"));
}

#[test]
fn roles_change_from_the_next_request_on_and_never_over_an_unseen_change() {
    let world = World::empty(1);
    let app = world.app(A);
    let opened = open(&world, new("guichet", "coordinator"));
    let caller = admitted(&world, &opened).unwrap();
    let set = |etag: &str, role: &str| {
        let rights = (vec![role.to_owned()], Scope::Everything);
        reason(ready(accounts::set_rights(app, &Caller::local(), "guichet", etag, rights)))
    };
    assert_eq!(set("1", "auditor").unwrap().revision, 2);
    assert!(accounts::still(app, &caller).unwrap().is(Role::Auditor));
    assert_eq!(set("1", "treasurer").unwrap_err(), "changed-meanwhile");
    assert_eq!(set("", "treasurer").unwrap_err(), "etag-missing");
    assert_eq!(set("2", "driver").unwrap_err(), "account-driver-of-nobody");
    assert_eq!(set("2", "king").unwrap_err(), "role-unknown");
    let admin = admitted(&world, &open(&world, new("direction", "administrator"))).unwrap();
    let by_admin = |whose: &str, etag: &str| {
        let rights = (vec!["auditor".to_owned()], Scope::Everything);
        reason(ready(accounts::set_rights(app, &admin, whose, etag, rights))).map(|account| account.revision)
    };
    assert_eq!(by_admin("direction", "1").unwrap_err(), "account-own-roles");
    assert_eq!(by_admin("guichet", "2").unwrap(), 3);
}

#[test]
fn a_drivers_account_is_for_a_volunteer_who_is_known() {
    let world = World::empty(1);
    let volunteer = world.volunteer(A, "81003", false);
    let scope = Scope::Volunteer(volunteer);
    let driver = open(&world, NewAccount { scope, ..new("conducteur", "driver") });
    assert_eq!(admitted(&world, &driver).unwrap().scope(), scope);
    let stranger = NewAccount { scope: Scope::Volunteer(world.app(A).new_id()), ..new("inconnu", "driver") };
    let refused = ready(accounts::add(world.app(A), &Caller::local(), stranger)).unwrap_err();
    assert_eq!(refused.reason(), "volunteer-unknown");
}
