//! Two people change the same thing: whoever did not see the other's change is told so, and nothing is written. Tried through the
//! interface for every call that replaces something; every other call of the contract has its reason for needing no etag.

mod edits;
pub(crate) mod messages;

use maillage_node::app::caller::Caller;
use maillage_platform::refusal::Refusal;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use serde_json::{Value, json};

use self::{
    edits::{Edit, edits},
    messages::{is_etag, message, methods, place, told},
};
use crate::{
    roles::{Desk, calls::Call},
    world::A,
};

/// Calls that need no etag, by the reason for it.
const WITHOUT: [(&str, &[&str]); 5] = [
    (
        "writes something new beside what is there",
        &[
            "AddAbsence",
            "AddAccount",
            "AddAsset",
            "AddCarrier",
            "AddDue",
            "AddExpense",
            "AddPartner",
            "AddPerson",
            "AddPrescriber",
            "AddProfessional",
            "AddReferral",
            "AddRequest",
            "AddSeries",
            "AddVolunteer",
            "AskForLoan",
            "CloseMonth",
            "WithholdReport",
            "CloseStatement",
            "CounterEntry",
            "GenerateSeries",
            "IssueReceipt",
            "IssueWaiverReceipt",
            "MakeSnapshot",
            "OfferOut",
            "OfferToPartners",
            "OpenPathway",
            "OpenService",
            "RecordPayment",
            "RecordRefund",
            "RecordRemittance",
            "SendMessage",
            "SignException",
            "WriteOff",
        ],
    ),
    (
        "a step that leads on: whoever is late is refused by the state",
        &[
            "AcceptAgreement",
            "DeclineAgreement",
            "EndAgreement",
            "ProposeAgreement",
            "WithdrawAgreement",
            "AcceptAward",
            "AnswerChange",
            "AskChange",
            "JudgeOutcome",
            "AcceptPlan",
            "AcceptReferral",
            "AgreeBasket",
            "AnswerOffer",
            "AwardTo",
            "CallForReturn",
            "Cancel",
            "CancelHandover",
            "CancelLoan",
            "CancelReceipt",
            "CloseLoan",
            "Complete",
            "DeclareUnmet",
            "DeclineOffer",
            "DeclineReferral",
            "DriverAccepts",
            "DriverRefuses",
            "DropOut",
            "ExitPathway",
            "HandOutLoan",
            "NoShow",
            "NoteCall",
            "OfferToDriver",
            "PickUp",
            "PlaceBid",
            "RecordFollowUp",
            "RefuseAward",
            "RejoinTrip",
            "ReleaseTrip",
            "RemindOffer",
            "ReopenTrip",
            "SettleLost",
            "SettleStatement",
            "ShareTrip",
            "TakeBackLoan",
            "WithdrawOffer",
            "WithdrawReferral",
            "WithdrawReport",
            "WithdrawDeclaration",
        ],
    ),
    (
        "takes one thing in or out that it names whole",
        &[
            "ChangeBasket",
            "EraseSubject",
            "GiveOut",
            "PurgeRetention",
            "RemoveExpense",
            "RemoveModelRule",
            "RemovePolicyRule",
            "RestoreAsset",
            "RetireAsset",
            "RevokeAccount",
            "RevokeCalendarLink",
            "WithdrawAsset",
        ],
    ),
    (
        "says one thing outright, and means it whatever was before",
        &[
            "ActivateVolunteer",
            "Calibrate",
            "EvaluateFrame",
            "LinkAccount",
            "MakeCalendarLink",
            "PlanDay",
            "PlanDays",
            "ReadOdometer",
            "CorrectSettlementLine",
            "RenewToken",
            "SetDefaultCarrier",
        ],
    ),
    ("a table: its dry run tells what it would change", &["ImportReference", "ImportTable", "TakeIn"]),
];

/// Calls that name what was read and change nothing of it: tried where they are at home.
const NAMES_WHAT_WAS_READ: [&str; 2] = ["Settlements/SignSettlement", "Reports/SignDeclaration"];

/// What calls begin with that only look.
const LOOKS: [&str; 12] = [
    "Compare",
    "Count",
    "Export",
    "List",
    "PersonHistory",
    "Preview",
    "Search",
    "Show",
    "Suggest",
    "Template",
    "Watch",
    "WhyNot",
];

impl Desk {
    pub(crate) async fn ask(&self, call: &str, request: &Value) -> Result<DynamicMessage, Refusal> {
        let method = method(call);
        let request = message(&method.input(), request);
        let answer = Call::new(path(&method), &request).first_answer(&self.routes, &Caller::local()).await;
        let answer = answer.map_err(|status| Refusal::from_status(&status))?;
        Ok(DynamicMessage::decode(method.output(), answer.as_slice()).unwrap())
    }

    /// What an answer says at a place such as `policy.etag`.
    pub(crate) async fn told(&self, call: &str, request: &Value, at: &str) -> String {
        told(&self.ask(call, request).await.unwrap_or_else(|refusal| panic!("{call}: {refusal:?}")), at)
    }

    async fn edit(&self, edit: &Edit, etag: &str, new: &Value) -> Result<(), String> {
        let before = self.world.app(A).store.durable_sequence();
        let request = place(&edit.request, etag, new);
        let answer = self.ask(edit.call, &request).await;
        let refused = answer.map(drop).map_err(|refusal| refusal.reason().to_owned());
        if refused.is_err() {
            assert_eq!(self.world.app(A).store.durable_sequence(), before, "{} wrote", edit.call);
        }
        refused
    }

    async fn etag(&self, edit: &Edit) -> String {
        let (call, request, at) = &edit.seen;
        self.told(call, request, at).await
    }
}

#[tokio::test]
async fn whoever_did_not_see_the_others_change_is_told_and_writes_nothing() {
    let desk = Desk::open().await;
    for edit in edits(&desk).await {
        let call = edit.call;
        let [first, second] = &edit.news;
        let seen = desk.etag(&edit).await;
        assert!(!seen.is_empty(), "{call} has no etag to give back");
        assert_eq!(desk.edit(&edit, &seen, first).await, Ok(()), "{call}");
        let now = desk.etag(&edit).await;
        assert_ne!(now, seen, "{call}");
        assert_eq!(desk.edit(&edit, &seen, second).await, Err("changed-meanwhile".to_owned()), "{call}");
        assert_eq!(desk.edit(&edit, "", second).await, Err("etag-missing".to_owned()), "{call}");
        assert_eq!(desk.etag(&edit).await, now, "{call} changed something all the same");
        assert_eq!(desk.edit(&edit, &now, second).await, Ok(()), "{call}");
    }
}

#[tokio::test]
async fn every_call_that_changes_something_takes_an_etag_or_says_why_not() {
    let desk = Desk::open().await;
    let tried: Vec<&str> = edits(&desk).await.iter().map(|edit| edit.call).collect();
    let mut wrong = Vec::new();
    for method in methods() {
        let name = method.name().to_owned();
        let call = format!("{}/{name}", method.parent_service().name());
        let looks = LOOKS.iter().any(|look| name.starts_with(look)) || name == "TusReturn";
        if looks || NAMES_WHAT_WAS_READ.contains(&call.as_str()) {
            continue;
        }
        let reasons = WITHOUT.iter().filter(|(_, calls)| calls.contains(&name.as_str())).count();
        let tried = tried.contains(&call.as_str());
        let described = method.input();
        let own = described.get_field_by_name("etag").is_some();
        let right = if tried { reasons == 0 && is_etag(&described, 1) } else { reasons == 1 && !own };
        if !right {
            wrong.push(format!("{call}: {reasons} reasons, tried {tried}, etag {own}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let known: Vec<String> = methods().iter().map(|method| method.name().to_owned()).collect();
    let gone: Vec<&&str> = WITHOUT
        .iter()
        .flat_map(|(_, calls)| calls.iter())
        .filter(|call| !known.iter().any(|known| known == *call))
        .collect();
    assert!(gone.is_empty(), "{gone:?}");
}

fn method(call: &str) -> MethodDescriptor {
    let wanted = format!("/maillage.node.v1.{call}");
    methods().into_iter().find(|method| path(method) == wanted).unwrap_or_else(|| panic!("no call {call}"))
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// A field mask of one path.
fn only(path: &str) -> Value {
    json!({ "paths": [path] })
}
