//! What platforms declare about their years, as the hub takes it in, keeps it, lists it and adds it up.

use maillage_federation::{
    accounts::{Declared, FORM, Figures, Said, VolunteerBand},
    envelope::{Body, Envelope, Header, Party, Receipt},
    statistics::WithdrawalReason,
};
use maillage_platform::grpc::{TokenInterceptor, connect_local};
use maillage_proto::{
    federation::v1::{self as proto, GreetRequest, ListMyReportsRequest},
    hub::v1::{
        AccountsYear, CompareRequest, ListAccountsRequest, QuarantineAccountsRequest, ReceivedAccounts,
        SumAccountsRequest, declared_accounts_client::DeclaredAccountsClient, shown_figure,
    },
};
use prost::Message as _;
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::{
    node::Node,
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, instant, reason},
};

fn figures(full_cost_cents: u64) -> Figures {
    Figures {
        models: vec!["hybride-guichet@1".parse().unwrap()],
        full_cost_cents,
        subsidy_cents: 2_500_000,
        contributions_cents: 600_000,
        compensation_cents: 900_000,
        waivers_cents: 0,
        vehicles: 2,
        staff_fte_hundredths: 150,
        volunteers: VolunteerBand::From10To19,
        trips: 1_250,
        solutions_opened: 1,
    }
}

fn declared(revision: u32, full_cost_cents: u64) -> Declared {
    Declared { year: 2025, revision, said: Said::Figures(Box::new(figures(full_cost_cents))) }
}

async fn say(node: &Node, declared: &Declared) -> Option<String> {
    node.say(Body::Accounts(declared.clone())).await.refused
}

/// Why a body is turned away that no honest node sends.
async fn turned_away(node: &Node, change: impl FnOnce(&mut proto::DeclaredAccounts)) -> String {
    let mut message = proto::DeclaredAccounts::from(declared(1, 10_000));
    change(&mut message);
    let kind = Some(proto::body::Kind::Accounts(message));
    let body = proto::Body { kind, directory: None }.encode_to_vec();
    node.turned_away(node.sign_bytes(body)).await
}

fn said(message: &mut proto::DeclaredAccounts) -> &mut proto::AccountsFigures {
    let Some(proto::declared_accounts::Said::Figures(figures)) = &mut message.said else { panic!("figures") };
    figures
}

impl World {
    async fn accounts(&self) -> DeclaredAccountsClient<InterceptedService<Channel, TokenInterceptor>> {
        let (channel, token) = connect_local(&self.directory).await.unwrap();
        DeclaredAccountsClient::with_interceptor(channel, token)
    }

    async fn declarations(&self) -> Vec<ReceivedAccounts> {
        let reply = self.accounts().await.list_accounts(ListAccountsRequest::default()).await;
        reply.unwrap().into_inner().accounts
    }

    async fn sums(&self) -> Vec<AccountsYear> {
        let reply = self.accounts().await.sum_accounts(SumAccountsRequest::default()).await;
        reply.unwrap().into_inner().years
    }
}

/// Revision, in force or not, a correction or not, full cost.
fn standing(one: &ReceivedAccounts) -> (u32, bool, bool, Option<u64>) {
    let cost = one.figures.as_ref().map(|figures| figures.full_cost_cents);
    (one.revision, one.in_force, one.corrects, cost)
}

#[tokio::test]
async fn a_hub_says_that_it_takes_declarations() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let greeting = GreetRequest { incarnation: 0, known_epoch: 0, version: String::new() };
    let reply = node.relay.clone().greet(greeting).await.unwrap().into_inner();
    assert_eq!(reply.forms, [FORM]);
}

#[tokio::test]
async fn a_declaration_is_taken_once_its_year_is_over_and_every_revision_is_kept() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let of_2026 = Declared { year: 2026, ..declared(1, 4_000_000) };
    let envelope = node.envelope(Body::Accounts(of_2026));
    assert_eq!(node.turned_away(envelope.clone()).await, "accounts-year-not-over");
    assert_eq!(say(&node, &declared(1, 4_000_000)).await, None);
    assert_eq!(say(&node, &declared(1, 4_000_000)).await, None, "the same again");
    assert_eq!(world.hub.alerts(), 0);
    let other = say(&node, &declared(1, 4_010_000)).await;
    assert_eq!((other.as_deref(), world.hub.alerts()), (Some("accounts-already-received"), 1));
    assert_eq!(say(&node, &declared(3, 4_200_000)).await, None);
    assert_eq!(say(&node, &declared(2, 4_100_000)).await.as_deref(), Some("accounts-stale"));
    assert_eq!(say(&node, &declared(1, 4_000_000)).await, None, "what was taken is still as good as once");
    let all: Vec<_> = world.declarations().await.iter().map(standing).collect();
    assert_eq!(all, [(1, false, false, Some(4_000_000)), (3, true, true, Some(4_200_000))]);
    world.clock.set(instant("2026-12-31T22:59:59Z"));
    assert_eq!(node.turned_away(envelope.clone()).await, "accounts-year-not-over");
    world.clock.set(instant("2026-12-31T23:00:00Z"));
    let receipt = Receipt::verify(&node.submit(envelope).await.unwrap(), &node.hub_key).unwrap();
    assert_eq!(receipt.refused, None, "the same bytes are welcome later");
}

#[tokio::test]
async fn what_is_no_declaration_of_the_form_is_turned_away() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    assert_eq!(turned_away(&node, |message| message.form = "v2/accounts".into()).await, "unknown-kind");
    assert_eq!(turned_away(&node, |message| message.year = 2018).await, "accounts-year-unknown");
    assert_eq!(turned_away(&node, |message| message.year = 99_999).await, "accounts-year-unknown");
    assert_eq!(turned_away(&node, |message| said(message).trips = 1_249).await, "accounts-not-rounded");
    let cents = turned_away(&node, |message| said(message).contributions_cents = 600_050).await;
    assert_eq!(cents, "accounts-not-rounded", "an amount to the cent");
    assert_eq!(turned_away(&node, |message| message.revision = 0).await, "accounts-malformed");
    assert_eq!(turned_away(&node, |message| message.said = None).await, "accounts-malformed");
    assert_eq!(
        turned_away(&node, |message| said(message).volunteers = "17".into()).await,
        "accounts-malformed"
    );
    assert_eq!(turned_away(&node, |message| said(message).models.clear()).await, "accounts-malformed");
    let too_much = turned_away(&node, |message| said(message).full_cost_cents = u64::MAX).await;
    assert_eq!(too_much, "accounts-malformed");
    let named = |message: &mut proto::DeclaredAccounts| {
        message.said = Some(proto::declared_accounts::Said::WithdrawnBecause("Mme Calvet".into()));
        message.revision = 2;
    };
    assert_eq!(turned_away(&node, named).await, "accounts-malformed");
    let mut foreign = figures(10_000);
    foreign.models = vec!["inconnu@1".parse().unwrap()];
    let foreign = Declared { said: Said::Figures(Box::new(foreign)), ..declared(1, 10_000) };
    assert_eq!(say(&node, &foreign).await.as_deref(), Some("report-unknown-model"));
    assert!(world.declarations().await.is_empty());
    assert_eq!(say(&node, &declared(1, 10_000)).await, None, "a refused year is still open");
}

#[tokio::test]
async fn national_sums_rest_on_three_territories_and_on_what_is_in_force() {
    let world = World::new().await;
    let alban = world.node(ALBAN).await;
    let other = world.node(CENTRE_TARN).await;
    let third = world.node(SIDOBRE).await;
    assert_eq!(say(&alban, &declared(1, 90_000_000)).await, None);
    assert_eq!(say(&other, &declared(1, 3_000_000)).await, None);
    let cost = |years: &[AccountsYear]| {
        let sum = &years[0].sums[0];
        assert_eq!(sum.figure, "full-cost");
        (sum.total, sum.not_publishable_because.clone())
    };
    let two = world.sums().await;
    assert_eq!((two[0].year, two[0].territories, two[0].bands.len()), (2025, 2, 0));
    assert_eq!(two[0].bands_not_publishable_because, "too-few-territories");
    assert_eq!(cost(&two), (93_000_000, "too-few-territories".to_owned()));
    assert_eq!(say(&third, &declared(1, 3_000_000)).await, None);
    assert_eq!(cost(&world.sums().await), (96_000_000, "one-territory-dominates".to_owned()));
    assert_eq!(say(&alban, &declared(2, 4_000_000)).await, None);
    let corrected = world.sums().await;
    assert_eq!(cost(&corrected), (10_000_000, String::new()));
    assert_eq!((corrected[0].territories, corrected[0].corrected), (3, 1));
    let bands: Vec<_> =
        corrected[0].bands.iter().map(|band| (band.band.as_str(), band.territories)).collect();
    assert_eq!(bands, [("under-5", 0), ("5-9", 0), ("10-19", 3), ("20-49", 0), ("50-plus", 0)]);
    let back = Said::Withdrawn(WithdrawalReason::WrongCounts);
    assert_eq!(say(&other, &Declared { revision: 2, said: back, ..declared(1, 10_000) }).await, None);
    assert_eq!(cost(&world.sums().await), (7_000_000, "too-few-territories".to_owned()));
}

#[tokio::test]
async fn a_national_sum_that_would_tell_beside_what_models_cost_is_marked_so() {
    let world = World::new().await;
    for territory in [ALBAN, CENTRE_TARN, SIDOBRE] {
        assert_eq!(say(&world.node(territory).await, &declared(1, 4_000_000)).await, None);
    }
    let reasons = |years: &[AccountsYear]| {
        let withheld = years[0].sums.iter().filter(|sum| !sum.publishable);
        withheld.map(|sum| (sum.figure.clone(), sum.not_publishable_because.clone())).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&world.sums().await), []);
    let fourth = world.node("242900314").await;
    let mut of_another = figures(3_000_000);
    of_another.models = vec!["benevoles-association@1".parse().unwrap()];
    let of_another = Declared { said: Said::Figures(Box::new(of_another)), ..declared(1, 3_000_000) };
    assert_eq!(say(&fourth, &of_another).await, None);
    assert_eq!(say(&fourth, &Declared { revision: 2, ..of_another }).await, None);
    let telling = |figure: &str| (figure.to_owned(), "tells-a-part".to_owned());
    assert_eq!(reasons(&world.sums().await), [telling("full-cost"), telling("trips")]);
    let request = CompareRequest { indicator: "cost-per-trip".into(), ..CompareRequest::default() };
    let reply = world.statistics().await.compare(request).await.unwrap().into_inner();
    let costs: Vec<_> = reply.models.iter().map(|model| model.figure.clone().unwrap().outcome).collect();
    assert!(
        matches!(&costs[0], Some(shown_figure::Outcome::Withheld(why)) if why.code == "too-few-territories")
    );
    assert_eq!(costs[1], Some(shown_figure::Outcome::Value(32.0)), "120 000 euros over 3 750 trips");
    world.revoke(fourth.id).await;
    let listed = world.declarations().await;
    let gone: Vec<_> = listed.iter().filter(|one| one.revoked).map(|one| (&one.node, one.in_force)).collect();
    let fourth_id = fourth.id.to_string();
    assert_eq!(gone, [(&fourth_id, false), (&fourth_id, true)], "it stays what its territory has declared");
    let admin = world.admin().await;
    let decide = async |by: &str, lift| {
        let request = QuarantineAccountsRequest {
            node: fourth.id.to_string(),
            year: 2025,
            by: by.into(),
            reason: "clé volée, chiffres à revoir".into(),
            lift,
        };
        admin.clone().quarantine_accounts(request).await.map(tonic::Response::into_inner)
    };
    assert_eq!(reason(&decide(" ", false).await.unwrap_err()), "decision-malformed");
    let left_out = decide("Claire Exemple", false).await.unwrap();
    assert_eq!((left_out.revision, left_out.in_force), (2, false), "the newest, not the first");
    assert_eq!(left_out.quarantined_by, "Claire Exemple");
    assert_eq!(reasons(&world.sums().await), [], "nothing of it counts");
    assert!(decide("Claire Exemple", false).await.is_err(), "it is so already");
    let again = decide("Paul Exemple", true).await.unwrap();
    assert_eq!((again.in_force, again.decisions.len()), (true, 2));
}

#[tokio::test]
async fn what_was_declared_outlives_the_power_and_is_told_to_its_node_alone() {
    let world = World::new().await;
    let mut node = world.node(ALBAN).await;
    let mut other = world.node(CENTRE_TARN).await;
    let first = declared(1, 4_000_000);
    let second =
        Declared { revision: 2, said: Said::Withdrawn(WithdrawalReason::TestData), ..declared(1, 10_000) };
    assert_eq!(say(&node, &first).await, None);
    assert_eq!(say(&node, &second).await, None);
    let world = world.restart().await;
    let kept = world.declarations().await;
    let all: Vec<_> = kept.iter().map(standing).collect();
    assert_eq!(all, [(1, false, false, Some(4_000_000)), (2, false, false, None)]);
    assert_eq!(kept[1].withdrawn_because, "test-data");
    let hash = data_encoding::HEXLOWER.encode(&first.hash());
    assert_eq!(kept[0].hash, hash, "the node knows it by the same hash");
    node.reconnect(&world).await.unwrap();
    other.reconnect(&world).await.unwrap();
    let told = async |node: &Node| {
        let told = node.relay.clone().list_my_reports(ListMyReportsRequest { incarnation: 0 }).await;
        told.unwrap().into_inner().accounts.into_iter().map(Declared::try_from).collect::<Vec<_>>()
    };
    assert_eq!(told(&node).await, [Ok(first.clone()), Ok(second)]);
    assert_eq!(told(&other).await, []);
    // In the name of the other: neither over another's connection, nor with another's signature over its own.
    let body = || Body::Accounts(first.clone());
    assert_eq!(other.turned_away(node.envelope(body())).await, "envelope-not-yours");
    let header = Header { sender: Party::Node(node.id), ..other.header(other.random_id()) };
    let forged = Envelope::sign(header, body(), &other.signer);
    assert_eq!(node.turned_away(forged).await, "envelope-bad-signature");
    assert_eq!(world.declarations().await.len(), 2);
}
