//! Lists in pages, as the interface gives them: nothing twice, nothing left out, and of somebody else's nothing at all.

use maillage_domain::roles::Role;
use maillage_node::app::caller::{Caller, Scope};
use maillage_platform::{lifecycle::Shutdown, refusal::Refusal};
use maillage_proto::node::v1::{
    self as proto, money_server::Money as _, obligations_server::Obligations as _,
};
use tonic::{Request, Status};

use crate::{
    changes::services,
    money::{SCALE, carried_out, close},
    world::{A, World},
};

pub(crate) fn asking<T>(caller: &Caller, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.extensions_mut().insert(caller.clone());
    request
}

fn reason(status: &Status) -> String {
    Refusal::from_status(status).reason().to_owned()
}

#[tokio::test]
async fn the_statements_of_a_volunteer_come_in_pages_and_are_nobody_elses() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let (own, other) = (world.volunteer(A, "81003", false), world.volunteer(A, "81003", false));
    for (month, volunteer) in [("2026-07", own), ("2026-07", other), ("2026-08", own)] {
        carried_out(&world, &format!("{month}-10"), (person, volunteer), SCALE);
        close(&world, volunteer, month).unwrap();
    }
    let services = services(&world, &Shutdown::new());
    let list = async |caller: &Caller, after: &str, limit: u32| {
        let message = proto::ListStatementsRequest {
            volunteer: own.to_string(),
            after: after.to_owned(),
            limit,
            ..Default::default()
        };
        services.list_statements(asking(caller, message)).await.map(tonic::Response::into_inner)
    };
    let driver = |volunteer| Caller::new("conduite", [Role::Driver].into(), Scope::Volunteer(volunteer));
    for caller in [Caller::local(), driver(own)] {
        let first = list(&caller, "", 1).await.unwrap();
        assert_eq!((first.statements.len(), first.statements[0].month.as_str()), (1, "2026-07"));
        let second = list(&caller, &first.next_after, 1).await.unwrap();
        assert_eq!((second.statements.len(), second.statements[0].month.as_str()), (1, "2026-08"));
        assert_eq!(second.next_after, "", "the other volunteer's is not among them");
        let all = list(&caller, "", 9).await.unwrap();
        assert_eq!((all.statements.len(), all.next_after.as_str()), (2, ""));
        assert!(all.statements.iter().all(|statement| statement.volunteer == own.to_string()));
    }
    assert_eq!(reason(&list(&driver(other), "", 9).await.unwrap_err()), "not-yours");
}

#[tokio::test]
async fn what_a_purge_would_take_comes_in_pages_under_the_digest_of_the_whole() {
    let world = World::empty(1);
    let mut persons: Vec<String> = (0..5).map(|_| world.person(A, "never").to_string()).collect();
    world.clock.set("2030-10-07T08:00:00Z".parse().unwrap());
    let services = services(&world, &Shutdown::new());
    let preview = async |after: &str, limit: u32| {
        let message = proto::PreviewRetentionRequest { after: after.to_owned(), limit };
        services.preview_retention(asking(&Caller::local(), message)).await.map(tonic::Response::into_inner)
    };
    let whole = preview("", 0).await.unwrap();
    assert_eq!((whole.items.len(), whole.next_after.as_str()), (5, ""));
    let (mut after, mut seen, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let page = preview(&after, 2).await.unwrap();
        assert_eq!((&page.digest, &page.rules), (&whole.digest, &whole.rules));
        assert!(page.items.len() <= 2);
        seen.extend(page.items);
        (after, pages) = (page.next_after, pages + 1);
        if after.is_empty() {
            break;
        }
    }
    assert_eq!((pages, &seen), (3, &whole.items));
    let mut found: Vec<String> = seen.into_iter().map(|item| item.id).collect();
    persons.sort();
    found.sort();
    assert_eq!(found, persons);
    let exact = preview("", 5).await.unwrap();
    assert_eq!((exact.items.len(), exact.next_after.as_str()), (5, ""), "a full page can be the last");
    assert_eq!(reason(&preview("beneficiary:nobody", 2).await.unwrap_err()), "page-mark");
}
