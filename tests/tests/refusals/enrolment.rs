//! Joining with a string that is not good, or at a hub that is not the one.

use std::path::PathBuf;

use maillage_federation::enrolment::Ticket;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, Hub, MONTS_D_ALBAN, SIDOBRE},
    programs::Role,
};

use super::{BINARY, MONDAY, NOT_RUNNING, REFUSED, Sounds, refused};

/// A federation with a node that has joined, and a node that has not.
struct Doorstep {
    federation: Federation,
    newcomer: PathBuf,
    clock: String,
}

impl Doorstep {
    async fn new() -> anyhow::Result<Self> {
        let federation = Federation::start(BINARY, MONDAY, &[]).await?;
        let newcomer = federation.root.path().join("newcomer");
        federation.programs().done(Role::Node, &newcomer, &["init", "--territory", CENTRE_TARN]).await?;
        let clock = federation.clock().display().to_string();
        Ok(Self { federation, newcomer, clock })
    }

    /// The newcomer tries to join and is refused; it has not joined.
    async fn refused(&self, string: &str, sounds: Sounds<'_>) -> anyhow::Result<()> {
        let node = (self.federation.programs(), Role::Node, self.newcomer.as_path());
        refused(node, &["join", string, "--clock-file", &self.clock], sounds).await?;
        assert!(!self.newcomer.join("identity").join("federation.json").exists(), "it has joined");
        Ok(())
    }

    async fn invitation(&self) -> anyhow::Result<Ticket> {
        Ok(self.federation.hub.invite(CENTRE_TARN, 0).await?.parse()?)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_string_is_good_once() -> anyhow::Result<()> {
    let doorstep = Doorstep::new().await?;
    let string = doorstep.federation.hub.invite(CENTRE_TARN, 0).await?;
    let first = doorstep.federation.root.path().join("first");
    let programs = doorstep.federation.programs();
    programs.done(Role::Node, &first, &["init", "--territory", CENTRE_TARN]).await?;
    let join = ["join", &string, "--clock-file", &doorstep.clock];
    let joined = programs.json(Role::Node, &first, &join).await?;
    let member = Sounds {
        code: REFUSED,
        reason: "already-joined",
        french: "fait déjà partie d’une fédération",
        english: "member of a federation already",
    };
    refused((programs, Role::Node, &first), &join, member).await?;
    // The answer of the hub was lost, the node asks again: it is the same node.
    std::fs::remove_file(first.join("identity").join("federation.json"))?;
    assert_eq!(programs.json(Role::Node, &first, &join).await?, joined);
    let sounds =
        Sounds {
            code: REFUSED, reason: "enrolment-used", french: "a déjà servi", english: "has been used"
        };
    doorstep.refused(&string, sounds).await?;
    doorstep.federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_string_is_good_for_its_time_and_its_territory() -> anyhow::Result<()> {
    let doorstep = Doorstep::new().await?;
    let expired = || Sounds {
        code: REFUSED,
        reason: "enrolment-expired",
        french: "a expiré. Demandez-en une autre",
        english: "has expired. Ask",
    };
    let string = doorstep.federation.hub.invite(CENTRE_TARN, 1).await?;
    doorstep.federation.set_clock("2026-08-31T09:01")?;
    doorstep.refused(&string, expired()).await?;
    // A node whose clock is slow does not notice; the hub does.
    let mut ticket: Ticket = string.parse()?;
    ticket.expires_at_ms = i64::MAX;
    doorstep.refused(&ticket.to_string(), expired()).await?;

    let other = doorstep.federation.hub.invite(SIDOBRE, 0).await?;
    let for_another = Sounds {
        code: REFUSED,
        reason: "join-other-territory",
        french: "Demandez la bonne chaîne",
        english: "Ask for the right string",
    };
    doorstep.refused(&other, for_another).await?;
    let mut ticket: Ticket = other.parse()?;
    ticket.territory = CENTRE_TARN.parse()?;
    let at_the_hub = Sounds {
        code: REFUSED,
        reason: "enrolment-wrong-territory",
        french: "pour un autre territoire. Demandez la bonne chaîne",
        english: "for another territory. Ask for the right string",
    };
    doorstep.refused(&ticket.to_string(), at_the_hub).await?;
    doorstep.federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_string_that_is_mistyped_made_up_or_something_else_is_noticed() -> anyhow::Result<()> {
    let doorstep = Doorstep::new().await?;
    let string = doorstep.invitation().await?.to_string();
    let mistyped = || Sounds {
        code: REFUSED,
        reason: "enrolment-string-checksum",
        french: "Copiez-la de nouveau en entier",
        english: "Copy it again in full",
    };
    let last = if string.ends_with('A') { "Q" } else { "A" };
    let body = string.get(..string.len() - 1).unwrap_or_default();
    doorstep.refused(&format!("{body}{last}"), mistyped()).await?;
    doorstep.refused(string.get(..60).unwrap_or_default(), mistyped()).await?;
    let something_else = Sounds {
        code: REFUSED,
        reason: "enrolment-string-prefix",
        french: "elle commence par MAILLAGE1",
        english: "one begins with MAILLAGE1",
    };
    doorstep.refused("https://hub.example.org", something_else).await?;
    let mut made_up: Ticket = string.parse()?;
    made_up.secret = [7; 32];
    let unknown = Sounds {
        code: REFUSED,
        reason: "enrolment-unknown",
        french: "ne connaît pas cette chaîne d’inscription. Demandez-en une autre",
        english: "Ask for another",
    };
    doorstep.refused(&made_up.to_string(), unknown).await?;
    doorstep.federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_with_another_authority_is_not_told_the_secret() -> anyhow::Result<()> {
    let doorstep = Doorstep::new().await?;
    let root = doorstep.federation.root.path();
    let other =
        Hub::create(doorstep.federation.programs(), root, "autre", doorstep.federation.clock()).await?;
    let mut ticket = doorstep.invitation().await?;
    let elsewhere: Ticket = other.invite(CENTRE_TARN, 0).await?.parse()?;
    assert_ne!(ticket.authority_fingerprint, elsewhere.authority_fingerprint);
    let own = ticket.hub_url.clone();
    ticket.hub_url = elsewhere.hub_url;
    let sounds = Sounds {
        code: REFUSED,
        reason: "hub-not-trusted",
        french: "Rien ne lui a été envoyé. Vérifiez la chaîne",
        english: "Nothing was sent there. Check the string",
    };
    doorstep.refused(&ticket.to_string(), sounds).await?;
    // The secret was not used up: the right hub still takes it.
    ticket.hub_url = own;
    let join = ["join", &ticket.to_string(), "--clock-file", &doorstep.clock];
    doorstep.federation.programs().done(Role::Node, &doorstep.newcomer, &join).await?;
    doorstep.federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_hub_nobody_joins() -> anyhow::Result<()> {
    let mut doorstep = Doorstep::new().await?;
    let string = doorstep.invitation().await?.to_string();
    doorstep.federation.hub.stop().await?;
    let sounds = Sounds {
        code: NOT_RUNNING,
        reason: "hub-unreachable",
        french: "Vérifiez l’accès à internet et l’adresse",
        english: "Check internet access and the address",
    };
    doorstep.refused(&string, sounds).await?;
    // A node without federation works on its own and says what is missing when a neighbour is needed.
    doorstep.federation.hub.start().await?;
    let join = ["join", &string, "--clock-file", &doorstep.clock];
    doorstep.federation.programs().done(Role::Node, &doorstep.newcomer, &join).await?;
    assert_eq!(doorstep.federation.hub.members().await?.len(), 1);
    assert!(doorstep.federation.hub.invite(MONTS_D_ALBAN, 0).await.is_ok());
    doorstep.federation.end(Ok(())).await
}
