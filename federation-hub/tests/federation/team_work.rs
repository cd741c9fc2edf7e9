//! What the team looks at and does on its pages: nodes, invitations, reports, declared accounts, and what is noted down of it.

use maillage_federation::{
    accounts::{Declared, Figures, Said, VolunteerBand},
    enrolment::Ticket,
    envelope::Body,
};
use maillage_proto::{
    federation::v1::GreetRequest,
    hub::v1::{SeriesRequest, SumAccountsRequest, declared_accounts_client::DeclaredAccountsClient},
};

use crate::{
    figures::reported,
    node::{Node, Wish},
    team::{Browser, CLAIRE},
    world::{ALBAN, CENTRE_TARN, World},
};

const SIREN: &str = "248200065";

/// Somebody who looks, and somebody who decides.
async fn both(world: &World) -> (Browser, Browser) {
    let mut reader = Browser::of(world);
    let mut operator = reader.another();
    reader.enter(world, ("lecteur", "Luc Exemple"), "reader").await;
    operator.enter(world, CLAIRE, "operator").await;
    // What was said on entering is read.
    reader.get("/team/nodes").await;
    operator.get("/team/nodes").await;
    (reader, operator)
}

/// The enrolment string on a page.
fn ticket(html: &str) -> Option<&str> {
    html.split("readonly>").nth(1).and_then(|rest| rest.split('<').next())
}

async fn declares(node: &Node, revision: u32) {
    let figures = Figures {
        models: vec!["hybride-guichet@1".parse().unwrap()],
        full_cost_cents: 4_000_000,
        subsidy_cents: 2_500_000,
        contributions_cents: 600_000,
        compensation_cents: 900_000,
        waivers_cents: 0,
        vehicles: 2,
        staff_fte_hundredths: 150,
        volunteers: VolunteerBand::From10To19,
        trips: 1_250,
        solutions_opened: 1,
    };
    let declared = Declared { year: 2025, revision, said: Said::Figures(Box::new(figures)) };
    assert_eq!(node.say(Body::Accounts(declared)).await.refused, None);
}

#[tokio::test]
async fn the_page_of_nodes_says_who_is_attached_how_far_behind_and_on_which_version() {
    let (world, nodes) = reported().await;
    let (mut reader, _) = both(&world).await;
    let late = world.node("200067106").await;
    let told = |version: &str| GreetRequest { incarnation: 0, known_epoch: 0, version: version.into() };
    nodes[0].relay.clone().greet(told("0.9.2")).await.unwrap();
    nodes[1].relay.clone().greet(told("<b>9</b>")).await.unwrap();
    nodes[0].offer(3_600).await;
    let shown = reader.get("/team/nodes").await.html;
    for told in ["absent", "2026-H1, reçue le 02/07/2026", "jamais", "Reliés\u{a0}: 0 sur 4", ">0.9.2<"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let row = |html: &str, node: &Node| -> String {
        let rows = html.split("<tr>").find(|row| row.contains(&node.id.to_string()));
        rows.unwrap().to_owned()
    };
    assert!(row(&shown, &nodes[1]).contains("1, depuis le 02/07/2026 02:00"), "{shown}");
    assert!(row(&shown, &nodes[1]).contains(">—<"), "no version at all: {shown}");
    assert!(row(&shown, &late).contains(">14 jours<"), "{shown}");
    assert!(row(&shown, &nodes[0]).contains("échu"), "enrolled in January: {shown}");
    let inbox = nodes[1].inbox(0).await;
    let shown = reader.get("/team/nodes").await.html;
    assert!(
        shown.contains("Reliés\u{a0}: 1 sur 4") && row(&shown, &nodes[1]).contains("badge good"),
        "{shown}"
    );
    drop(inbox);
    world.revoke(nodes[2].id).await;
    world.pass(std::time::Duration::from_hours(8 * 24));
    let mut reader = reader.another();
    reader.enter(&world, ("lecteur", ""), "").await;
    let shown = reader.get("/team/nodes").await.html;
    assert!(row(&shown, &late).contains(">6 jours<"), "{shown}");
    let gone = row(&shown, &nodes[2]);
    assert!(gone.contains("exclu") && gone.contains(">—<"), "{gone}");
    assert!(shown.rfind(&nodes[2].id.to_string()) > shown.rfind(&late.id.to_string()), "revoked ones last");
    let audit = reader.get("/team/audit").await.html;
    let gone = audit.split("<tr>").find(|row| row.contains("a exclu un nœud")).unwrap();
    assert!(gone.contains("Agathe Exemple, par une commande") && gone.contains("Sidobre"), "{gone}");
}

#[tokio::test]
async fn an_invitation_is_made_shown_once_and_taken_back_by_operators_alone() {
    let world = World::new().await;
    let (mut reader, mut operator) = both(&world).await;
    let invite = [("territory", "248 200 065"), ("hours", "48")];
    let page = "/team/invitations";
    assert!(!reader.get(page).await.html.contains("action=\"/team/invitations"), "hidden");
    let refused = reader.post("/team/nodes", page, &invite).await;
    assert!(refused.status == 403 && refused.html.contains("Votre rôle"), "{}", refused.html);
    let wrong = operator.post(page, page, &[("territory", "123"), ("hours", "9")]).await;
    assert!(
        wrong.status == 422 && wrong.html.contains("value=\"123\"") && wrong.html.contains("value=\"9\"")
    );
    let wrong = operator.post(page, page, &[("territory", SIREN), ("hours", "721")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("id=\"hours-error\""), "{}", wrong.html);

    let made = operator.post(page, page, &invite).await;
    assert_eq!((made.status, made.location.as_str()), (303, page), "no secret in an address");
    let shown = operator.get(page).await.html;
    let first = ticket(&shown).unwrap().to_owned();
    assert_eq!(first.parse::<Ticket>().unwrap().territory.as_str(), SIREN);
    let after = operator.get(page).await.html;
    assert!(
        ticket(&after).is_none() && !after.contains(&first) && after.contains("en attente"),
        "once: {after}"
    );
    let which = after.split("name=\"invitation\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let which = which.unwrap().to_owned();
    assert!(!reader.get(page).await.html.contains(&which), "hidden");
    let withdraw = "/team/invitations/withdraw";
    assert_eq!(reader.post("/team/nodes", withdraw, &[("invitation", &which)]).await.status, 403);
    assert_eq!(operator.post(page, withdraw, &[("invitation", "00")]).await.status, 404);
    assert_eq!(operator.post(page, withdraw, &[("invitation", &which)]).await.location, page);
    let after = operator.get(page).await.html;
    assert!(after.contains("L’invitation est retirée") && after.contains("retirée</span>"), "{after}");
    assert_eq!(Wish::of(&world, &first).refused().await, "enrolment-expired", "it opens nothing");

    operator.post(page, page, &invite).await;
    let second = ticket(&operator.get(page).await.html).unwrap().to_owned();
    Wish::of(&world, &second).enrol().await.unwrap();
    let after = operator.get(page).await.html;
    assert!(after.contains("utilisée") && !after.contains("name=\"invitation\""), "{after}");
    let used =
        data_encoding::HEXLOWER.encode(blake3::hash(&second.parse::<Ticket>().unwrap().secret).as_bytes());
    assert_eq!(operator.post(page, withdraw, &[("invitation", &used)]).await.status, 409, "too late");
    let audit = reader.get("/team/audit").await.html;
    let of_claire = audit.matches("Claire Exemple (claire)").count();
    assert!(audit.contains("a invité un territoire") && audit.contains("a retiré une invitation"), "{audit}");
    assert_eq!(of_claire, 4, "her password, two invitations and what she took back: {audit}");
}

#[tokio::test]
async fn a_report_is_left_out_by_operators_in_their_own_name_and_at_once() {
    let (world, nodes) = reported().await;
    let (mut reader, mut operator) = both(&world).await;
    let report = format!("/team/reports/{}/2026-06", nodes[0].id);
    assert!(!reader.get(&report).await.html.contains("name=\"reason\""), "hidden");
    let leave_out = |reason: &'static str| [("reason", reason), ("lift", "no"), ("by", "Quelqu’un d’autre")];
    let refused = reader.post("/team/nodes", &report, &leave_out("x")).await;
    assert!(refused.status == 403 && refused.html.contains("Votre rôle"), "{}", refused.html);
    let empty = operator.post(&report, &report, &leave_out(" ")).await;
    assert!(empty.status == 422 && empty.html.contains("id=\"reason-error\""), "{}", empty.html);
    assert!(empty.html.contains("value=\" \""), "what was typed stays");
    let crafted = operator.get(&format!("{report}?reason=mensonge")).await.html;
    assert!(!crafted.contains("value=\"mensonge\""), "an address puts no words into anybody's mouth");
    let reason = "essai « <b> » de l’équipe";
    let done = operator.post(&report, &report, &leave_out(reason)).await;
    assert_eq!((done.status, done.location.as_str()), (303, report.as_str()));
    let page = operator.get(&report).await.html;
    assert!(page.contains("laissée en dehors de tous les chiffres"), "{page}");
    assert!(page.contains("par Claire Exemple – essai") && !page.contains("Quelqu’un d’autre"), "{page}");
    assert!(!page.contains("<b> »"), "escaped");
    let again = operator.post(&report, &report, &leave_out(reason)).await;
    assert_eq!(again.status, 409, "{}", again.html);
    assert!(reader.get("/team/reports").await.html.contains("Par Claire Exemple"), "at once");
    let request = SeriesRequest { vocabulary: "v1/pulse".into(), ..Default::default() };
    let series = world.statistics().await.series(request).await.unwrap().into_inner();
    let june = series.points.iter().find(|point| point.period == "2026-06" && point.model.is_empty());
    assert_eq!(june.unwrap().territories, 2, "of three");
    let audit = reader.get("/team/audit").await.html;
    let row = audit.split("<tr>").find(|row| row.contains("a laissé une déclaration en dehors")).unwrap();
    assert!(
        row.contains("Claire Exemple (claire)") && row.contains("Alban") && row.contains("2026-06"),
        "{row}"
    );
    let of_node = reader.get(&format!("/team/reports?node={}", nodes[0].id)).await.html;
    assert!(of_node.matches("/2026-0").count() >= 6 && of_node.contains("/2026-H1"), "{of_node}");
    assert_eq!(reader.get("/team/reports?node=x").await.status, 403, "no such node");
}

#[tokio::test]
async fn declared_accounts_are_left_out_with_a_reason_and_what_was_typed_outlasts_a_session() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let other = world.node(CENTRE_TARN).await;
    declares(&node, 1).await;
    declares(&other, 1).await;
    let (mut reader, mut operator) = both(&world).await;
    let page = format!("/team/accounts/{}/2025", node.id);
    let listed = reader.get("/team/accounts").await.html;
    assert!(listed.contains(&page) && listed.contains("badge good"), "{listed}");
    let shown = reader.get(&page).await.html;
    assert!(shown.contains("40\u{202f}000,00") && shown.contains("10 à 19"), "{shown}");
    assert!(!shown.contains("name=\"reason\""), "hidden");
    let leave_out = [("reason", "montants en centimes ?"), ("lift", "no")];
    assert_eq!(reader.post("/team/nodes", &page, &leave_out).await.status, 403);
    assert_eq!(reader.get("/team/accounts/x/2025").await.status, 403, "no such node");
    assert_eq!(reader.get(&format!("/team/accounts/{}/2024", node.id)).await.status, 404);

    let form = operator.get(&page).await.html;
    world.pass(std::time::Duration::from_hours(2));
    let over = operator.post_with(Browser::token(&form), &page, &leave_out).await;
    assert!(
        over.status == 401 && over.html.contains("name=\"kept\" value=\"montants en centimes"),
        "{}",
        over.html
    );
    let token = Browser::token(&over.html).to_owned();
    let typed = [("account", "claire"), ("password", "quatre mots sans rime"), ("next", page.as_str())];
    let typed = [&typed[..], &[("kept", "montants en centimes ?")]].concat();
    assert_eq!(operator.post_with(&token, "/team/sign-in", &typed).await.location, page);
    let back = operator.get(&page).await.html;
    assert!(back.contains("value=\"montants en centimes ?\"") && back.contains("badge good"), "{back}");
    let done = operator.post_with(Browser::token(&back), &page, &leave_out).await;
    assert_eq!(done.location, page);
    let shown = operator.get(&page).await.html;
    assert!(shown.contains("par Claire Exemple – montants") && shown.contains("badge bad"), "{shown}");

    let (channel, token) = maillage_platform::grpc::connect_local(&world.directory).await.unwrap();
    let mut accounts = DeclaredAccountsClient::with_interceptor(channel, token);
    let sums = accounts.sum_accounts(SumAccountsRequest::default()).await.unwrap().into_inner().years;
    assert_eq!(sums.first().map(|year| year.territories), Some(1), "of two");
    let lift = [("reason", "vérifié"), ("lift", "yes")];
    assert_eq!(operator.post(&page, &page, &lift).await.location, page);
    let audit = operator.get("/team/audit").await.html;
    for deed in ["a laissé des comptes en dehors", "a compté de nouveau des comptes"] {
        let row = audit.split("<tr>").find(|row| row.contains(deed)).unwrap();
        assert!(row.contains("Claire Exemple (claire)") && row.contains("2025"), "{row}");
    }
    declares(&node, 2).await;
    let shown = operator.get(&page).await.html;
    assert!(
        shown.contains("vérifié") && shown.contains("badge good"),
        "decisions about revisions before: {shown}"
    );
}
