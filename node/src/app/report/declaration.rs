//! What a person declares about a year in the name of the platform: proposed by the books, completed and signed by that person, kept
//! before it is sent, and replaced by a higher revision if it was wrong. No noise is in it and no person; who signed stays here. It is
//! posted once the hub has said that it takes such declarations, and waits until then.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    declaration::{DriverSum, Figure, Obstacle, Proposed, Signatory, Typed, YearBooks},
    limits::{BENEFICIARIES_TO_DECLARE, DOMINANCE_PERCENT},
    money::Cents,
    roles::Operation,
    text::Name,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    accounts::{AccountsError, Declared, FORM, Said},
    envelope::{Body, Envelope},
    limits::{ACCOUNTS_FIRST_YEAR, ACCOUNTS_LAST_YEAR},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    declarations::{self, DeclarationState, DeclareError, SignedDeclaration},
    outbox,
};

use super::year_books::{objectors, of_year};
use crate::app::{Aborted, App, caller::Caller, edit::etag_of, handover::Desk, refusals};

/// A declaration, and what became of it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// As it was signed.
    pub signed: SignedDeclaration,
    /// What became of it.
    pub state: DeclarationState,
    /// Whether it is the newest about its year.
    pub in_force: bool,
    /// Whether it was signed before as it was asked for: nothing was signed again.
    pub unchanged: bool,
}

/// What would be declared. Stays on this node.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What the books know.
    pub books: YearBooks,
    /// What they propose.
    pub proposed: Vec<Proposed>,
    /// What has to be typed.
    pub missing: Vec<Figure>,
    /// What stands in the way.
    pub obstacles: Vec<Obstacle>,
    /// The declaration; none while figures are missing.
    pub declared: Option<Declared>,
    /// The revision it would be.
    pub revision: u32,
    /// Whether it is what was signed last: signing it signs nothing new.
    pub unchanged: bool,
    /// By what exactly this is signed; empty while it cannot be.
    pub etag: String,
    /// The one before.
    pub before: Option<Kept>,
}

/// A person who signs, as typed.
#[derive(Debug, Clone, Default)]
pub struct NewSignatory {
    /// Name.
    pub name: String,
    /// What that person is at the platform.
    pub function: String,
}

const TEN_EUROS: u64 = 1_000;
/// What a hub says that does not know the form, or a model in it: it has kept nothing.
const NOT_KEPT: [&str; 3] = ["unknown-kind", "accounts-malformed", "report-unknown-model"];

/// What would be declared about a year with figures as typed. Writes nothing.
///
/// # Errors
/// `year-format`, `declaration-figure-range`, `model-missing`; the store.
pub fn preview(app: &App, caller: &Caller, year: u32, typed: &Typed) -> Result<Preview, Refusal> {
    app.look(caller, Operation::DeclarationPreview, |app, view| draw_up(app, view, year, typed))
}

/// Signs a declaration as it was shown. The figures in force signed again stay as they are, and are sent again if the hub has not kept
/// them; other figures, and those that the hub has refused for good, take their place under the next revision. Whom the year was counted
/// without stays the same for all of its revisions.
///
/// # Errors
/// What stands in the way, `declaration-…`; `etag-missing`, `declaration-not-as-shown` if it would not be what was shown; `not-joined`;
/// those of [`preview`].
pub async fn sign(
    app: &Arc<App>,
    caller: &Caller,
    (year, typed): (u32, Typed),
    signatory: NewSignatory,
    etag: String,
) -> Result<Kept, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::DeclarationSign, move |app, transaction| {
        let signatory = signatory.parse()?;
        let preview = draw_up(app, transaction, year, &typed)?;
        if let Some(obstacle) = preview.obstacles.first() {
            return Err(refused(*obstacle, preview.books.year).into());
        }
        let Some(declared) = preview.declared else {
            let missing: Vec<&str> = preview.missing.iter().map(|figure| figure.code()).collect();
            let refusal = refusals::invalid("declaration-figures-missing");
            return Err(refusal.with("figures", missing.join(", ")).into());
        };
        if let Some(before) = preview.before.filter(|_| preview.unchanged) {
            return again(app, transaction, before);
        }
        check_shown(&etag, &preview.etag)?;
        if preview.books.trips_before.is_none() {
            let counted_without = objectors(transaction, declared.year)?;
            declarations::keep_objectors(transaction, declared.year, counted_without)?;
        }
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::DeclarationSign, &[])?;
        keep(&mut desk, declared, signatory)
    })
    .await
}

/// Takes a revision of the declaration about a year back, for a reason by its code. It is kept, and counts no more at the hub; another may
/// be signed.
///
/// # Errors
/// `declaration-unknown` without one, `declaration-other-revision` if another one is in force, `withdrawal-reason`,
/// `declaration-signatory`, `not-joined`; the store.
pub async fn withdraw(
    app: &Arc<App>,
    caller: &Caller,
    (year, revision, reason): (u32, u32, String),
    signatory: NewSignatory,
) -> Result<Kept, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::DeclarationWithdraw, move |app, transaction| {
        let reason = reason.parse().map_err(|_| refusals::invalid("withdrawal-reason"))?;
        let signatory = signatory.parse()?;
        let year = parsed(year)?;
        let Some(before) = newest(transaction, year)? else {
            return Err(refusals::unknown("declaration-unknown").with("year", year).into());
        };
        if matches!(before.signed.declared.said, Said::Withdrawn(_)) && stands(&before.state) {
            return again(app, transaction, before);
        }
        if before.signed.declared.revision != revision {
            return Err(refusals::conflict("declaration-other-revision").with("year", year).into());
        }
        let revision = revision + 1;
        let declared = Declared { year, revision, said: Said::Withdrawn(reason) };
        declared.check().map_err(malformed)?;
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::DeclarationWithdraw, &[])?;
        keep(&mut desk, declared, signatory)
    })
    .await
}

/// At most `limit` declarations, the newest year first, then the newest revision.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, limit: usize) -> Result<Vec<Kept>, Refusal> {
    app.look(caller, Operation::DeclarationList, |_, view| {
        let mut found: Vec<Kept> = Vec::new();
        for signed in declarations::list(view, limit)? {
            let year = signed.declared.year;
            let in_force = found.last().is_none_or(|newer| newer.signed.declared.year != year);
            found.push(kept(view, signed, in_force)?);
        }
        Ok(found)
    })
}

/// Posts what waits for a hub that takes it, oldest first, if this one has said that it does.
///
/// # Errors
/// The store.
pub async fn post_waiting(app: &Arc<App>) -> Result<(), Refusal> {
    if !app.link.takes_form(FORM) || app.read(|_, view| waiting(view))?.is_empty() {
        return Ok(());
    }
    app.transact("declaration.post", |app, transaction| {
        let mut desk = Desk::of_restored(app, transaction)?;
        for declared in waiting(desk.transaction)? {
            post(&mut desk, &declared)?;
        }
        Ok(())
    })
    .await
}

/// The hub's answer to a declaration.
///
/// # Errors
/// The store.
pub fn answered(
    transaction: &mut Transaction<'_>,
    declared: &Declared,
    refused: Option<&str>,
) -> Result<(), Aborted> {
    let Declared { year, revision, .. } = declared;
    let known = declarations::find(transaction, *year, *revision)?;
    if known.is_none_or(|known| known.declared != *declared) {
        // Another life of this node has declared something else under this revision, and that is what counts.
        return Ok(());
    }
    if let Some(reason) = refused {
        tracing::error!(year, revision, reason, "the hub does not take a declaration");
    }
    let state = refused.map_or(DeclarationState::Sent, |code| DeclarationState::Refused(code.to_owned()));
    Ok(declarations::put_state(transaction, (*year, *revision), &state)?)
}

/// After a restore: what the hub has of this node was declared, whoever signed it.
pub(super) fn take_back(
    transaction: &mut Transaction<'_>,
    hub: &[Declared],
    at: Timestamp,
) -> Result<(), Aborted> {
    for declared in hub {
        let known = declarations::find(transaction, declared.year, declared.revision)?;
        if let Some(other) = known.filter(|known| known.declared != *declared) {
            drop_posted(transaction, other.declared.hash())?;
        }
        let signed = SignedDeclaration { declared: declared.clone(), at, signatory: None };
        declarations::take_over(transaction, &signed)?;
        let key = (declared.year, declared.revision);
        declarations::put_state(transaction, key, &DeclarationState::Sent)?;
    }
    Ok(())
}

/// What waits to leave under this hash leaves no more: another life of this node has replaced it, or it leaves anew in its order.
fn drop_posted(transaction: &mut Transaction<'_>, hash: [u8; 32]) -> Result<(), Aborted> {
    for (sequence, row) in outbox::pending(transaction, usize::MAX)? {
        if Envelope::decode(&row.bytes).is_ok_and(|envelope| envelope.body_hash() == hash) {
            outbox::remove(transaction, sequence)?;
        }
    }
    Ok(())
}

/// After a restore of the hub: what it has forgotten is sent again, the very same, and whatever waits to leave goes behind it, the oldest
/// revision first: a hub takes none behind a newer one.
pub(super) fn send_again(desk: &mut Desk<'_, '_>, hub: &[Declared]) -> Result<(), Aborted> {
    let mut known = declarations::list(desk.transaction, usize::MAX)?;
    known.reverse();
    let is_newer = |one: &Declared, other: &Declared| one.year == other.year && one.revision > other.revision;
    for SignedDeclaration { declared, .. } in known {
        let state = declarations::state(desk.transaction, (declared.year, declared.revision))?;
        let left = matches!(state, DeclarationState::Sent | DeclarationState::Posted);
        // What is replaced there is not missed.
        if left && !hub.iter().any(|kept| *kept == declared || is_newer(kept, &declared)) {
            drop_posted(desk.transaction, declared.hash())?;
            post(desk, &declared)?;
        }
    }
    Ok(())
}

fn draw_up(app: &App, view: &dyn View, year: u32, typed: &Typed) -> Result<Preview, Aborted> {
    let year = parsed(year)?;
    let books = of_year(app, view, year)?;
    let before = newest(view, year)?;
    let next = before.as_ref().map_or(1, |before| before.signed.declared.revision + 1);
    let declared = books.declared(typed, next).map_err(malformed)?;
    let same = before.as_ref().filter(|before| {
        declared.as_ref().is_some_and(|declared| declared.said == before.signed.declared.said)
            && stands(&before.state)
    });
    let unchanged = same.is_some();
    let declared = same.map(|before| before.signed.declared.clone()).or(declared);
    let revision = declared.as_ref().map_or(next, |declared| declared.revision);
    let obstacles = books.obstacles(app.now(), typed);
    let hash = declared.as_ref().filter(|_| obstacles.is_empty()).map(Declared::hash);
    let etag = hash.map(|hash| etag_of(&[&data_encoding::HEXLOWER.encode(&hash)])).unwrap_or_default();
    Ok(Preview {
        proposed: books.proposals(),
        missing: books.missing(typed),
        obstacles,
        declared,
        revision,
        unchanged,
        etag,
        before,
        books,
    })
}

/// A declaration asked for again: the very same. One that the hub has not kept is posted again.
fn again(app: &App, transaction: &mut Transaction<'_>, mut known: Kept) -> Result<Kept, Aborted> {
    if matches!(&known.state, DeclarationState::Refused(code) if NOT_KEPT.contains(&code.as_str())) {
        let mut desk = Desk::open(app, transaction)?;
        known.state = post(&mut desk, &known.signed.declared)?;
    }
    known.unchanged = true;
    Ok(known)
}

/// Whether what was signed is on its way or at the hub: not so if the hub has refused it for good.
fn stands(state: &DeclarationState) -> bool {
    !matches!(state, DeclarationState::Refused(code) if !NOT_KEPT.contains(&code.as_str()))
}

/// What is signed has to be what was shown. What it would be now is not told here: whoever signs has to look at it.
fn check_shown(seen: &str, present: &str) -> Result<(), Refusal> {
    match seen.trim() {
        "" => Err(refusals::invalid("etag-missing")),
        seen if seen == present => Ok(()),
        _ => Err(refusals::conflict("declaration-not-as-shown")),
    }
}

/// Keeps a declaration, and posts it in the same transaction if the hub takes it.
fn keep(desk: &mut Desk<'_, '_>, declared: Declared, signatory: Signatory) -> Result<Kept, Aborted> {
    let signed = SignedDeclaration { declared, at: desk.at, signatory: Some(signatory) };
    declarations::put(desk.transaction, &signed).map_err(|error| match error {
        DeclareError::Signed(..) => Aborted::from(refusals::conflict("declaration-signed")),
        DeclareError::Engine(error) => error.into(),
    })?;
    // What still waits was said before: the hub takes no lower revision after a higher one.
    for earlier in waiting(desk.transaction)?.iter().filter(|earlier| **earlier != signed.declared) {
        post(desk, earlier)?;
    }
    let state = post(desk, &signed.declared)?;
    Ok(Kept { signed, state, in_force: true, unchanged: false })
}

fn post(desk: &mut Desk<'_, '_>, declared: &Declared) -> Result<DeclarationState, Aborted> {
    let state = if desk.app.link.takes_form(FORM) {
        desk.post(Body::Accounts(declared.clone()))?;
        DeclarationState::Posted
    } else {
        DeclarationState::Waiting
    };
    declarations::put_state(desk.transaction, (declared.year, declared.revision), &state)?;
    Ok(state)
}

/// Those that wait for a hub that takes them, or that an older one has not understood, oldest first.
fn waiting(view: &dyn View) -> Result<Vec<Declared>, Aborted> {
    let mut found = Vec::new();
    for SignedDeclaration { declared, .. } in declarations::list(view, usize::MAX)? {
        match declarations::state(view, (declared.year, declared.revision))? {
            DeclarationState::Waiting => found.push(declared),
            DeclarationState::Refused(code) if code == "unknown-kind" => found.push(declared),
            DeclarationState::Posted | DeclarationState::Sent | DeclarationState::Refused(_) => {}
        }
    }
    found.reverse();
    Ok(found)
}

fn newest(view: &dyn View, year: i16) -> Result<Option<Kept>, Aborted> {
    declarations::newest(view, year)?.map(|signed| kept(view, signed, true)).transpose()
}

fn kept(view: &dyn View, signed: SignedDeclaration, in_force: bool) -> Result<Kept, Aborted> {
    let state = declarations::state(view, (signed.declared.year, signed.declared.revision))?;
    Ok(Kept { signed, state, in_force, unchanged: false })
}

fn parsed(year: u32) -> Result<i16, Aborted> {
    let year = i16::try_from(year).ok();
    let year = year.filter(|year| (ACCOUNTS_FIRST_YEAR..=ACCOUNTS_LAST_YEAR).contains(year));
    Ok(year.ok_or_else(|| refusals::invalid("year-format"))?)
}

impl NewSignatory {
    fn parse(&self) -> Result<Signatory, Refusal> {
        let name = |text: &str| Name::parse(text).map_err(|_| refusals::invalid("declaration-signatory"));
        Ok(Signatory { name: name(&self.name)?, function: name(&self.function)? })
    }
}

/// What stands in the way, with what would be needed.
pub fn refused(obstacle: Obstacle, year: i16) -> Refusal {
    let refusal = refusals::conflict(obstacle.code()).with("year", year);
    // To the next ten euros: with the percentage it would tell what one person pays.
    let sum = |missing: u64| {
        let rounded = missing.div_ceil(TEN_EUROS).saturating_mul(TEN_EUROS);
        Cents::new(i64::try_from(rounded).unwrap_or(i64::MAX)).decimal_comma()
    };
    match obstacle {
        Obstacle::YearNotOver => refusal,
        Obstacle::NotInBooks(figure) => refusal.with("figure", figure.code()),
        Obstacle::FewBeneficiaries { served } => {
            refusal.with("served", served).with("needed", BENEFICIARIES_TO_DECLARE)
        }
        Obstacle::OnePayer(dominance) => refusal
            .with("percent", dominance.percent)
            .with("most", DOMINANCE_PERCENT)
            .with("missing", sum(dominance.missing)),
        Obstacle::OneDriver(of, dominance) => {
            let missing = match of {
                DriverSum::Trips => dominance.missing.to_string(),
                DriverSum::Compensation | DriverSum::Waivers => sum(dominance.missing),
            };
            refusal
                .with("sum", of.code())
                .with("percent", dominance.percent)
                .with("most", DOMINANCE_PERCENT)
                .with("missing", missing)
        }
    }
}

fn malformed(error: AccountsError) -> Refusal {
    match error {
        AccountsError::Range(figure) => refusals::invalid("declaration-figure-range").with("figure", figure),
        AccountsError::Models | AccountsError::Model(_) => refusals::conflict("model-missing"),
        AccountsError::Revision(_) => refusals::conflict("declaration-too-many"),
        AccountsError::Band => refusals::invalid("declaration-band"),
        AccountsError::Year(_) => refusals::invalid("year-format"),
        AccountsError::Form
        | AccountsError::Nothing
        | AccountsError::NotRounded
        | AccountsError::Withdrawal => refusals::internal(error),
    }
}
