//! Who may do what, tried through the interface itself: every call of the contract by every role, by somebody without a role and by
//! somebody who came through no door. The answers are those of the table of roles; whoever is refused has written nothing; and
//! the table is kept as a text (`permissions.txt`), so that a change of rights is seen in review.

pub(crate) mod calls;
mod use_cases;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    sync::Arc,
};

use maillage_domain::{
    account::Scope,
    roles::{Operation, Role, Roles},
};
use maillage_node::{
    app::caller::Caller,
    grpc::{Followers, Services, routes},
};
use maillage_platform::{lifecycle::Shutdown, random::SeededEntropy, refusal::Refusal, worker::Workers};
use tonic::{Code, service::Routes};

use self::{
    calls::{Call, every_call},
    use_cases::{USE_CASES, UseCase},
};
use crate::world::{A, World};

const PERMISSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/usecases/roles/permissions.txt");

/// Operations that no call of the contract asks for first, and what is asked for before them: it lets in nobody they would not.
const ASKED_AFTER: [(Operation, Operation); 5] = [
    (Operation::UnmetRows, Operation::UnmetList),
    (Operation::ServiceAdvice, Operation::ServiceFinancialAid),
    (Operation::ServiceLicenceAid, Operation::ServiceFinancialAid),
    (Operation::ServiceGarage, Operation::ServiceFinancialAid),
    (Operation::ServiceOutreach, Operation::ServiceFinancialAid),
];

/// A node and its interface.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) routes: Routes,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::of(World::empty(1), A).await
    }

    /// The interface of one of the nodes of a world.
    pub(crate) async fn of(world: World, node: usize) -> Self {
        let shutdown = Shutdown::new();
        let workers =
            Workers::new(shutdown.clone(), Arc::clone(&world.clock) as _, Arc::new(SeededEntropy::new(1)));
        let services = Services {
            app: Arc::clone(world.app(node)),
            workers: Arc::new(workers),
            noise: Arc::new(maillage_node::app::noise::SystemNoise),
            followers: Followers::new(shutdown),
        };
        let routes = routes(services).await.unwrap();
        Self { world, routes }
    }

    /// The operation whose right was missing, if that is why it was refused. Whoever is refused so has written nothing.
    async fn missing_right(&self, call: &Call, caller: &Caller) -> Result<(), String> {
        let before = self.world.app(A).store.durable_sequence();
        match call.ask(&self.routes, Some(caller)).await {
            Ok(()) => Ok(()),
            Err(status) => {
                let refusal = Refusal::from_status(&status);
                if refusal.reason() != "not-allowed" {
                    return Ok(());
                }
                assert_eq!(self.world.app(A).store.durable_sequence(), before, "{call} wrote for nobody");
                assert_eq!(status.code(), Code::PermissionDenied, "{call}");
                Err(refusal.details()["operation"].clone())
            }
        }
    }
}

fn caller(desk: &Desk, role: Role) -> Caller {
    let app = desk.world.app(A);
    let scope = match role {
        Role::Driver => Scope::Volunteer(app.new_id()),
        Role::Prescriber => Scope::Prescriber(app.new_id()),
        Role::Coordinator | Role::Treasurer | Role::Administrator | Role::Auditor => Scope::Everything,
    };
    Caller::new("tried", [role].into(), scope)
}

/// Whether a use case refuses a caller for want of a right; then it has written nothing.
fn tried(desk: &Desk, use_case: UseCase, caller: &Caller) -> bool {
    let app = desk.world.app(A);
    let before = app.store.durable_sequence();
    let refused = use_case(app, caller).is_err_and(|refusal| refusal.reason() == "not-allowed");
    assert!(!refused || app.store.durable_sequence() == before);
    refused
}

fn operation(code: &str) -> Operation {
    *Operation::ALL.iter().find(|operation| operation.code() == code).unwrap()
}

#[tokio::test]
async fn whoever_came_through_no_door_is_not_known_to_any_call() {
    let desk = Desk::open().await;
    for call in every_call() {
        let status = call.ask(&desk.routes, None).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{call}");
        assert_eq!(Refusal::from_status(&status).reason(), "token-missing", "{call}");
    }
    assert_eq!(maillage_store::events::newest(&desk.world.app(A).store), Ok(0));
}

#[tokio::test]
async fn every_call_asks_for_a_right_and_the_table_answers_for_every_role() {
    let desk = Desk::open().await;
    let nobody = Caller::new("nobody", Roles::new(), Scope::Everything);
    let (mut asked, mut unasked, mut wrong) = (BTreeSet::new(), Vec::new(), Vec::new());
    for call in every_call() {
        let Err(code) = desk.missing_right(&call, &nobody).await else {
            unasked.push(format!("{call}: {}", call.answer(&desk.routes, &nobody).await));
            continue;
        };
        let operation = operation(&code);
        asked.insert(operation);
        for role in Role::ALL.iter().copied() {
            let refused = desk.missing_right(&call, &caller(&desk, role)).await == Err(code.clone());
            if refused == operation.allows(&[role].into()) {
                wrong.push(format!("{call} for {role}"));
            }
        }
    }
    assert!(unasked.is_empty(), "these calls did something before asking for a right: {unasked:#?}");
    for (operation, before) in ASKED_AFTER {
        assert!(asked.contains(&before), "{before}");
        assert!(operation.roles().iter().all(|role| before.roles().contains(role)), "{operation}");
        asked.insert(operation);
    }
    for (operation, use_case) in USE_CASES {
        asked.insert(*operation);
        for role in Role::ALL.iter().copied() {
            let refused = tried(&desk, *use_case, &caller(&desk, role));
            if refused == operation.allows(&[role].into()) {
                wrong.push(format!("{operation} for {role}"));
            }
        }
        assert!(tried(&desk, *use_case, &nobody), "{operation} for nobody");
    }
    let never: Vec<&Operation> =
        Operation::ALL.iter().filter(|operation| !asked.contains(operation)).collect();
    assert!(wrong.is_empty(), "these answer otherwise than the table: {wrong:#?}");
    assert!(never.is_empty(), "no call asks for these rights first: {never:?}");
}

#[test]
fn a_change_of_rights_is_seen_in_review() {
    let rows: BTreeMap<&str, Operation> =
        Operation::ALL.iter().map(|operation| (operation.code(), *operation)).collect();
    let row = |(code, operation): (&&str, &Operation)| {
        let cell = |role: &Role| if operation.roles().contains(role) { "x" } else { "." };
        let cells: Vec<String> = Role::ALL.iter().map(|role| format!("{:<14}", cell(role))).collect();
        format!("{code:<26}{}", cells.concat()).trim_end().to_owned() + "\n"
    };
    let heads: Vec<String> = Role::ALL.iter().map(|role| format!("{:<14}", role.code())).collect();
    let heading = format!("{:<26}{}", "", heads.concat()).trim_end().to_owned() + "\n";
    let text = heading + &rows.iter().map(row).collect::<String>();
    if env::var_os("MAILLAGE_WRITE_PERMISSIONS").is_some() {
        fs::write(PERMISSIONS, &text).unwrap();
    }
    let kept = fs::read_to_string(PERMISSIONS).unwrap_or_default();
    let changed: Vec<&str> = text.lines().filter(|line| !kept.lines().any(|kept| kept == *line)).collect();
    assert!(
        kept == text,
        "rights changed; if that is meant, run with MAILLAGE_WRITE_PERMISSIONS=1 and commit permissions.txt: {changed:#?}"
    );
}
