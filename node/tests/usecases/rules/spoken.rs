//! Policy and rules through the interface: what a client does not say stays, and a coordinator is told which rule decides.

use maillage_domain::handover::{Decision, Rule};
use maillage_federation::agreement::Trust;
use maillage_node::app::{agreements::Carrier, policy_rules::NamedScope};
use serde_json::{Value, json};

use super::{ASK, model};
use crate::{
    agreements::terms,
    roles::Desk,
    world::{A, B, World},
};

/// What an older client says: it knows nothing of circles, nor of when trips are offered.
fn older(awarding: &str, etag: &str) -> Value {
    json!({ "bidding": "auto", "awarding": awarding, "award_wait_min": 10, "reply_within_min": 1440, "accept_within_min": 240, "etag": etag })
}

fn with(mut said: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!("an object") };
    said.as_object_mut().unwrap().extend(fields);
    said
}

impl Desk {
    async fn etag_of_policy(&self) -> String {
        self.told("Status/ShowStatus", &json!({}), "policy.etag").await
    }

    async fn set(&self, awarding: &str, fields: Value) -> Value {
        let said = with(older(awarding, &self.etag_of_policy().await), fields);
        self.ask("Status/SetPolicy", &said).await.unwrap();
        let status = self.ask("Status/ShowStatus", &json!({})).await.unwrap();
        let policy = status.get_field_by_name("policy").unwrap();
        let policy = policy.as_message().unwrap();
        let text = |name: &str| policy.get_field_by_name(name).unwrap().as_str().unwrap().to_owned();
        let hours = policy.get_field_by_name("offering_hours").unwrap().as_u32().unwrap();
        let circles = policy.has_field_by_name("circles");
        json!([text("awarding"), circles, text("offering"), hours])
    }
}

#[tokio::test]
async fn a_client_that_does_not_know_circles_or_offers_leaves_them_as_they_are() {
    let desk = Desk::open().await;
    let circles = json!({ "circles": { "second_min": 30, "third_min": 120 } });
    assert_eq!(desk.set("auto", circles).await, json!(["auto", true, "ask", 0]));
    let offering = json!({ "offering": "within", "offering_hours": 48 });
    assert_eq!(desk.set("auto", offering).await, json!(["auto", true, "within", 48]));
    assert_eq!(desk.set("ask", json!({})).await, json!(["ask", true, "within", 48]), "an older client");
    assert_eq!(desk.set("ask", json!({ "circles_off": true })).await, json!(["ask", false, "within", 48]));
    assert_eq!(desk.set("ask", json!({ "offering": "ask" })).await, json!(["ask", false, "ask", 0]));
    let refused = desk.ask("Status/SetPolicy", &with(older("ask", ""), json!({ "offering": "often" }))).await;
    assert_eq!(refused.unwrap_err().reason(), "policy-offering");
}

#[tokio::test]
async fn rules_are_set_shown_and_taken_out_with_what_was_seen_of_them() {
    let desk = Desk::open().await;
    let rule = json!({ "partner": "200034049", "bidding": "ask" });
    let set = desk.ask("Status/SetPolicyRule", &rule).await.unwrap();
    let b = desk.world.id(B).to_string();
    assert_eq!(crate::concurrency::messages::told(&set, "rules.partner"), b);
    let shown = |at| {
        let desk = &desk;
        async move { desk.told("Status/ListPolicyRules", &json!({}), at).await }
    };
    assert_eq!(shown("rules.bidding").await, "ask");
    assert_eq!(shown("rules.partner_territory").await, "200034049");
    assert!(!shown("rules.partner_name").await.is_empty());
    let remove = |etag: String| {
        let desk = &desk;
        let rule = json!({ "rule": { "partner": desk.world.id(B).to_string(), "etag": etag } });
        async move {
            let answer = desk.ask("Status/RemovePolicyRule", &rule).await;
            answer.map(drop).map_err(|refusal| refusal.reason().to_owned())
        }
    };
    assert_eq!(remove(String::new()).await, Err("etag-missing".to_owned()));
    let etag = shown("rules.etag").await;
    assert_eq!(remove(etag).await, Ok(()));
    assert_eq!(shown("rules.etag").await, "");
    for neither_one_thing in
        [json!({ "bidding": "ask" }), json!({ "model": "a", "trust": "trusted", "awarding": "ask" })]
    {
        let refused = desk.ask("Status/SetPolicyRule", &neither_one_thing).await.unwrap_err();
        assert_eq!(refused.reason(), "policy-rule-scope");
    }
}

async fn explained(desk: &Desk, handover: &str, at: &str) -> [String; 3] {
    let part = |name: &str| {
        let at = format!("{at}.{name}");
        async move { desk.told("Handovers/ShowHandover", &json!({ "id": handover }), &at).await }
    };
    [part("decision").await, part("because").await, part("of").await]
}

#[tokio::test]
async fn a_coordinator_is_told_which_rule_decides_about_a_bid() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    world.settle();
    let id = handover.to_string();
    let desk = Desk::of(world, A).await;
    assert_eq!(explained(&desk, &id, "bids.awarding").await, ["auto", "policy", ""]);
    desk.world.rule(A, model(), ASK);
    assert_eq!(explained(&desk, &id, "bids.awarding").await, ["ask", "model", "benevoles-association"]);
    let (b, auto) = (desk.world.id(B).to_string(), Rule { awarding: Some(Decision::Auto), ..ASK });
    desk.world.rule(A, NamedScope::Partner(b.clone()), auto);
    assert_eq!(explained(&desk, &id, "bids.awarding").await, ["auto", "partner", &*b]);
    assert!(
        !desk
            .told("Handovers/ShowHandover", &json!({ "id": id }), "bids.awarding.partner_name")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_coordinator_is_told_which_rule_decides_about_a_neighbours_offer() {
    let mut world = World::empty(1);
    world.agree(A, B, terms(Carrier::Both, Trust::Preferred));
    let (_, handover) = world.offered();
    world.settle();
    let preferred = NamedScope::Trust(Trust::Preferred);
    world.rule(B, preferred, Rule { bidding: Some(Decision::Ask), ..Rule::default() });
    let desk = Desk::of(world, B).await;
    assert_eq!(explained(&desk, &handover.to_string(), "bidding").await, ["ask", "trust", "preferred"]);
}
