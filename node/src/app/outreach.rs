//! By what this node reaches people, and the signed links it gives them. A link's token is the offer's identifier and a
//! keyed hash over it and the volunteer: it proves itself, nothing of it is stored, and it tells nothing about anybody.

use data_encoding::BASE64URL_NOPAD;
use maillage_domain::{
    ids::{DriverOfferKind, VolunteerKind},
    offer::DriverOffer,
};
use maillage_federation::ids::Id;
use maillage_platform::secrets::{Secret, equal_in_constant_time};

/// What the keyed hash of an offer's link is about: another kind of link would have another word.
const OFFER_LINK: &[u8] = b"maillage offer link 1\0";
/// What the keyed hash is about for the console.
const CONSOLE: &[u8] = b"maillage console 1\0";
/// Bytes of the proof in a token: 128 bits cannot be guessed.
const PROOF: usize = 16;

/// By what this node reaches people.
#[derive(Debug)]
pub struct Outreach {
    key: Secret<[u8; 32]>,
    /// Whether e-mails can be sent.
    pub email: bool,
    /// Whether text messages can be sent.
    pub sms: bool,
    /// Where people reach the web interface of this node, without a slash at the end; none if they do not.
    pub public_url: Option<String>,
    /// Where the console of this node is opened, without a slash at the end; none if it is not served.
    pub console_url: Option<String>,
}

impl Outreach {
    /// A node that can only call people, with the key of its links.
    pub fn calls_alone(key: Secret<[u8; 32]>) -> Self {
        Self { key, email: false, sms: false, public_url: None, console_url: None }
    }

    /// The token of an offer's link.
    pub fn offer_token(&self, offer: &DriverOffer) -> String {
        let proof = self.proof(offer.id(), offer.terms.volunteer);
        let bytes: Vec<u8> = offer.id().to_array().into_iter().chain(proof).collect();
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The address of an offer's page, if people reach this node's web interface.
    pub fn offer_url(&self, offer: &DriverOffer) -> Option<String> {
        self.public_url.as_ref().map(|base| format!("{base}/o/{}", self.offer_token(offer)))
    }

    /// What the forgery tokens of the console are made with: they outlive a restart, so that nothing typed is lost by one.
    pub fn console_secret(&self) -> Secret<[u8; 32]> {
        Secret::new(*blake3::keyed_hash(self.key.expose(), CONSOLE).as_bytes())
    }

    /// Whether a token is the one of an offer, in a time that tells nothing.
    pub fn opens(&self, token: &str, offer: &DriverOffer) -> bool {
        equal_in_constant_time(token.as_bytes(), self.offer_token(offer).as_bytes())
    }

    /// The offer that a token speaks of: not proven yet.
    pub fn offer_named(token: &str) -> Option<Id<DriverOfferKind>> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let id: [u8; 16] = *bytes.first_chunk()?;
        (bytes.len() == id.len() + PROOF).then(|| Id::from_bytes(&id).ok()).flatten()
    }

    fn proof(&self, offer: Id<DriverOfferKind>, volunteer: Id<VolunteerKind>) -> [u8; PROOF] {
        let said = [OFFER_LINK, &offer.to_array(), &volunteer.to_array()].concat();
        let hash = blake3::keyed_hash(self.key.expose(), &said);
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }
}
