//! Who may do what: the roles of a platform and, for every use case, the roles that may call it. A rule of the territory,
//! not of an interface: whatever door a caller comes through, the same table answers.

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::codes::{UnknownCode, coded};

/// What somebody is at the platform. One account may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes requests, plans, calls people: the daily work.
    Coordinator,
    /// Drives: sees and answers for own trips alone.
    Driver,
    /// Refers people, and learns what became of them; nothing more.
    Prescriber,
    /// Keeps the money: contributions, statements, receipts.
    Treasurer,
    /// Sets the node up: accounts, models, carriers, retention.
    Administrator,
    /// Reads what is owed to authorities, and who saw what; changes nothing.
    Auditor,
}

coded!(Role {
    Coordinator = "coordinator",
    Driver = "driver",
    Prescriber = "prescriber",
    Treasurer = "treasurer",
    Administrator = "administrator",
    Auditor = "auditor",
});

/// The roles of an account.
pub type Roles = BTreeSet<Role>;

/// The use cases, each with its code and the roles that may call it.
macro_rules! operations {
    ($($(#[$documentation:meta])* $operation:ident = $code:literal: $roles:expr;)*) => {
        /// A use case that somebody can call. Its code names the transaction and the event in the journal; it is never
        /// changed or reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Operation {
            $($(#[$documentation])* $operation,)*
        }

        impl Operation {
            /// Every use case.
            pub const ALL: &'static [Self] = &[$(Self::$operation),*];

            /// Its code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$operation => $code),* }
            }

            /// The roles that may call it.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Self::$operation => $roles),* }
            }
        }
    };
}

/// Daily work. The administrator is not part of it: whoever sets the node up need not know who is ill and where they go.
/// Somebody who does both has both roles.
const DESK: &[Role] = &[Role::Coordinator];
/// Daily work, and those who account for it.
const DESK_AND_BOOKS: &[Role] = &[Role::Coordinator, Role::Treasurer];
/// Whoever writes anything down for the platform.
const KEEPERS: &[Role] = &[Role::Coordinator, Role::Treasurer, Role::Administrator];
/// What a driver does with own trips too.
const DESK_AND_DRIVER: &[Role] = &[Role::Coordinator, Role::Driver];
/// Who may use the node, which an auditor has to be told.
const WHO_MAY: &[Role] = &[Role::Administrator, Role::Auditor];
/// Everybody, each about what the scope of the account reaches.
const EVERYBODY: &[Role] =
    &[Role::Coordinator, Role::Driver, Role::Prescriber, Role::Treasurer, Role::Administrator, Role::Auditor];
/// What can be known without seeing a person.
const FIGURES: &[Role] = &[Role::Coordinator, Role::Treasurer, Role::Administrator, Role::Auditor];
/// What a prescriber does with own referrals too.
const DESK_AND_PRESCRIBER: &[Role] = &[Role::Coordinator, Role::Prescriber];
/// Daily work, and those who look over it.
const DESK_AND_AUDIT: &[Role] = &[Role::Coordinator, Role::Auditor];
/// Who answers for what is done with data.
const OVERSIGHT: &[Role] = &[Role::Administrator, Role::Auditor];
/// The node itself.
const SETTINGS: &[Role] = &[Role::Administrator];

/// What binds the territory and its money.
const BINDING: &[Role] = &[Role::Treasurer, Role::Administrator];
/// What belongs to the treasurer.
const BOOKS: &[Role] = &[Role::Treasurer];
/// A volunteer's own accounts, and those who keep them.
const BOOKS_AND_DRIVER: &[Role] = &[Role::Coordinator, Role::Treasurer, Role::Driver];

operations! {
    /// Registers a beneficiary.
    PersonAdd = "person.add": DESK;
    /// Opens a beneficiary's file.
    PersonShow = "person.show": DESK;
    /// Lists beneficiaries.
    PersonList = "person.list": DESK_AND_BOOKS;
    /// Changes a beneficiary's file.
    PersonUpdate = "person.update": DESK;
    /// Opens where a beneficiary usually goes and what happened.
    PersonHistory = "person.history": DESK;
    /// Finds people by a few letters.
    PeopleSearch = "people.search": DESK;
    /// Registers a volunteer.
    VolunteerAdd = "volunteer.add": DESK;
    /// Opens a volunteer's file.
    VolunteerShow = "volunteer.show": DESK_AND_BOOKS;
    /// Lists volunteers.
    VolunteerList = "volunteer.list": DESK_AND_BOOKS;
    /// Changes a volunteer's file.
    VolunteerUpdate = "volunteer.update": DESK;
    /// Notes that a paper was seen, or was noted by mistake.
    VolunteerDocument = "volunteer.document": DESK;
    /// Says whether a volunteer may be asked.
    VolunteerActivate = "volunteer.activate": DESK;
    /// Lists papers that expire.
    VolunteerExpiries = "volunteer.expiries": DESK;
    /// Registers a prescriber.
    PrescriberAdd = "prescriber.add": DESK;
    /// Changes a prescriber.
    PrescriberUpdate = "prescriber.update": DESK;
    /// Looks prescribers up.
    PrescriberList = "prescriber.list": DESK_AND_BOOKS;
    /// Registers a professional.
    StaffAdd = "staff.add": SETTINGS;
    /// Changes a professional.
    StaffUpdate = "staff.update": SETTINGS;
    /// Looks professionals up.
    StaffList = "staff.list": DESK_AND_BOOKS;
    /// Looks which papers are required of volunteers.
    DocumentRulesShow = "document-rules.show": DESK_AND_BOOKS;
    /// Sets which papers are required of volunteers.
    DocumentRulesSet = "document-rules.set": SETTINGS;
    /// Notes days off.
    VolunteerAbsence = "volunteer.absence": DESK_AND_DRIVER;
    /// Takes a request.
    RequestAdd = "request.add": DESK;
    /// Opens a trip.
    TripShow = "trip.show": DESK_AND_DRIVER;
    /// Lists trips.
    TripList = "trip.list": DESK;
    /// Asks who could drive.
    TripSuggest = "trip.suggest": DESK;
    /// Plans a day.
    DayPlan = "day.plan": DESK;
    /// Looks at a proposed plan.
    PlanShow = "day.plan-show": DESK;
    /// Turns lines of a proposed plan into offers.
    PlanAccept = "day.plan-accept": DESK;
    /// Looks at what counts how much when a day is planned.
    PlanRulesShow = "day.rules-show": DESK;
    /// Sets what counts how much when a day is planned.
    PlanRulesSet = "day.rules-set": SETTINGS;
    /// Asks a volunteer to drive.
    TripOffer = "trip.offer": DESK;
    /// The volunteer says yes.
    TripAccept = "trip.accept": DESK_AND_DRIVER;
    /// The volunteer says no.
    TripRefuse = "trip.refuse": DESK_AND_DRIVER;
    /// The passenger is in the car.
    TripPickUp = "trip.pick-up": DESK_AND_DRIVER;
    /// The trip is done.
    TripComplete = "trip.complete": DESK_AND_DRIVER;
    /// The passenger was not there.
    TripNoShow = "trip.no-show": DESK_AND_DRIVER;
    /// How a trip ended is put right.
    TripCorrect = "trip.correct": DESK;
    /// The trip is called off.
    TripCancel = "trip.cancel": DESK;
    /// Into the ledger of unmet need.
    TripUnmet = "trip.unmet": DESK;
    /// Shares a journey between two drivers.
    TripRelay = "trip.relay": DESK;
    /// Makes one trip of a shared journey again.
    TripRejoin = "trip.rejoin": DESK;
    /// Shows driver offers.
    OfferList = "offer.list": DESK_AND_DRIVER;
    /// Reminds a volunteer.
    OfferRemind = "offer.remind": DESK;
    /// Takes a volunteer's answer.
    OfferAnswer = "offer.answer": DESK_AND_DRIVER;
    /// Shows how offers are made.
    OfferPolicyShow = "offer.policy-show": FIGURES;
    /// Sets how offers are made.
    OfferPolicySet = "offer.policy-set": SETTINGS;
    /// Shows whom to call, and what did not arrive.
    CallList = "call.list": DESK;
    /// Notes what came of a call.
    CallNote = "call.note": DESK;
    /// Shows what somebody was told, or what was told about a trip.
    MessageList = "message.list": DESK;
    /// Makes or ends the address of a calendar feed.
    CalendarLink = "calendar.link": DESK_AND_DRIVER;
    /// Makes or ends the address of a driver's own pages.
    DriverLink = "driver.link": DESK;
    /// Prints a day sheet.
    DaySheet = "day-sheet.show": DESK_AND_DRIVER;
    /// Prints what a person gets in writing about a journey.
    Confirmation = "confirmation.show": DESK;
    /// Changes what was asked for a trip.
    TripEdit = "trip.edit": DESK;
    /// The person has called for the way back.
    TripCall = "trip.call": DESK;
    /// Looks for a driver again for an unmet trip.
    TripReopen = "trip.reopen": DESK;
    /// Reads the totals of the ledger of unmet need.
    UnmetList = "unmet.list": FIGURES;
    /// Reads its rows: trip by trip, with the needs.
    UnmetRows = "unmet.rows": DESK;
    /// Makes a series.
    SeriesAdd = "series.add": DESK;
    /// Opens a series.
    SeriesShow = "series.show": DESK;
    /// Lists series.
    SeriesList = "series.list": DESK;
    /// Changes a series, or one of its days.
    SeriesEdit = "series.edit": DESK;
    /// Ends a series.
    SeriesEnd = "series.end": DESK;
    /// Makes the trips of the coming weeks.
    SeriesGenerate = "series.generate": DESK;
    /// Shows handovers.
    HandoverShow = "handover.show": DESK;
    /// Offers a trip to the neighbours.
    HandoverOffer = "handover.offer": DESK;
    /// Chooses a bidder.
    HandoverAward = "handover.award": DESK;
    /// Takes an offer back.
    HandoverWithdraw = "handover.withdraw": DESK;
    /// The person does not travel.
    HandoverCancel = "handover.cancel": DESK;
    /// Proposes to carry a neighbour's trip.
    HandoverBid = "handover.bid": DESK;
    /// Says no to a neighbour's offer.
    HandoverDecline = "handover.decline": DESK;
    /// Takes an awarded trip.
    HandoverAccept = "handover.accept": DESK;
    /// Does not take an awarded trip.
    HandoverRefuse = "handover.refuse": DESK;
    /// Gives a trip back.
    HandoverRelease = "handover.release": DESK;
    /// Writes to the other desk of a handover.
    HandoverTell = "handover.tell": DESK;
    /// Asks for another time or place of a trip that is handed over, or answers.
    HandoverChange = "handover.change": DESK;
    /// Countersigns or disputes what became of a trip that was handed over.
    HandoverJudge = "handover.judge": DESK;
    /// Says that a handover which a restore took from here was looked at.
    HandoverLookedAt = "handover.looked-at": DESK;
    /// Registers a partner without a node.
    PartnerAdd = "partner.add": DESK;
    /// Changes a partner without a node.
    PartnerUpdate = "partner.update": DESK;
    /// Looks partners without a node up.
    PartnerList = "partner.list": DESK_AND_BOOKS;
    /// Gives out what is new for a partner: who travels, if it was chosen.
    PartnerGiveOut = "partner.give-out": DESK;
    /// Takes in what a partner says.
    PartnerTakeIn = "partner.take-in": DESK;
    /// Looks at agreements with other members.
    AgreementShow = "agreement.show": FIGURES;
    /// Proposes an agreement, or other terms.
    AgreementPropose = "agreement.propose": BINDING;
    /// Agrees to what another member proposes.
    AgreementAccept = "agreement.accept": BINDING;
    /// Does not agree to what another member proposes.
    AgreementDecline = "agreement.decline": BINDING;
    /// Takes a proposal back.
    AgreementWithdraw = "agreement.withdraw": BINDING;
    /// Ends an agreement.
    AgreementEnd = "agreement.end": BINDING;
    /// Looks at what a month comes to with another member.
    SettlementShow = "settlement.show": FIGURES;
    /// Signs what a month comes to, and sends it.
    SettlementSign = "settlement.sign": BINDING;
    /// Puts a line of a month right.
    SettlementCorrect = "settlement.correct": BINDING;
    /// Gives a month out as a table.
    SettlementExport = "settlement.export": FIGURES;
    /// Looks at what a report would count.
    ReportPreview = "report.preview": FIGURES;
    /// Closes a month.
    ReportClose = "report.close": SETTINGS;
    /// Closes a period without a report.
    ReportWithhold = "report.withhold": SETTINGS;
    /// Takes a report back.
    ReportWithdraw = "report.withdraw": SETTINGS;
    /// Lists reports made.
    ReportList = "report.list": FIGURES;
    /// Looks at what would be declared about a year; where one person makes most of a sum, it tells how much.
    DeclarationPreview = "declaration.preview": BINDING;
    /// Signs what is declared about a year.
    DeclarationSign = "declaration.sign": BINDING;
    /// Takes a declaration about a year back.
    DeclarationWithdraw = "declaration.withdraw": BINDING;
    /// Lists declarations about years.
    DeclarationList = "declaration.list": FIGURES;
    /// Looks which tables there are.
    TableList = "table.list": FIGURES;
    /// Takes a table in; each row needs the right to do by hand what it does.
    TableImport = "table.import": KEEPERS;
    /// Gives a table out; it needs the right to list its rows.
    TableExport = "table.export": FIGURES;
    /// Makes an export of the store for a backup.
    BackupMake = "backup.make": SETTINGS;
    /// Looks at the node.
    StatusShow = "status.show": FIGURES;
    /// Declares a carrier.
    CarrierAdd = "carrier.add": SETTINGS;
    /// Changes a carrier, or makes it the default.
    CarrierUpdate = "carrier.update": SETTINGS;
    /// Shows carriers.
    CarrierShow = "carrier.show": FIGURES;
    /// Shows legal frames: the ground of a person is among them.
    FrameShow = "frame.show": DESK_AND_AUDIT;
    /// Decides a legal frame anew.
    FrameEvaluate = "frame.evaluate": DESK;
    /// Signs an exception to the legal frames.
    FrameExcept = "frame.except": DESK;
    /// Shows signed exceptions, with why they were signed.
    FrameExceptions = "frame.exceptions": DESK_AND_AUDIT;
    /// Imports an official table.
    ReferenceImport = "reference.import": SETTINGS;
    /// Shows which official tables are here.
    ReferenceShow = "reference.show": FIGURES;
    /// Shows participation models and their amounts.
    ModelsShow = "models.show": FIGURES;
    /// Costs a period under every model.
    ModelsCompare = "models.compare": FIGURES;
    /// Chooses a model for a service or a commune.
    ModelsChoose = "models.choose": SETTINGS;
    /// Sets own amounts within a model.
    ModelsParameters = "models.parameters": SETTINGS;
    /// Shows what a trip cost.
    CostShow = "cost.show": FIGURES;
    /// Puts a participation model in force.
    SettingsModel = "settings.model": SETTINGS;
    /// Counts the annual return to the prefect.
    TusReturn = "obligations.tus-return": FIGURES;
    /// Looks at what a figure of the return is made of.
    TusFigure = "obligations.figure": FIGURES;
    /// Shows the register of processings.
    RegisterShow = "obligations.register": FIGURES;
    /// Copies all that is held about somebody, for that person.
    SubjectExport = "subject.export": DESK;
    /// Erases somebody who asked.
    SubjectErase = "subject.erase": SETTINGS;
    /// Lists erasures and how far they are.
    ErasureList = "erasure.list": OVERSIGHT;
    /// Lists who saw somebody's data.
    AccessList = "access.list": OVERSIGHT;
    /// Shows what the terms of retention would let go.
    RetentionPreview = "retention.preview": DESK;
    /// Lets go what a preview showed.
    RetentionPurge = "retention.purge": SETTINGS;
    /// Shows how roads are at this node.
    RoadsShow = "roads.show": FIGURES;
    /// Fits the estimate of roads to the router.
    RoadsCalibrate = "roads.calibrate": SETTINGS;
    /// Sets what the node does by itself in handovers.
    SettingsPolicy = "settings.policy": SETTINGS;
    /// Enters a thing into the fleet.
    AssetAdd = "asset.add": DESK;
    /// Looks at the fleet.
    AssetShow = "asset.show": DESK_AND_BOOKS;
    /// Changes what is known of a thing.
    AssetUpdate = "asset.update": DESK;
    /// Reads an odometer.
    AssetOdometer = "asset.odometer": DESK;
    /// Takes a thing out of service.
    AssetWithdraw = "asset.withdraw": DESK;
    /// Puts a thing back into service.
    AssetRestore = "asset.restore": DESK;
    /// Takes a thing out of the fleet.
    AssetRetire = "asset.retire": DESK;
    /// Counts vehicles and their places.
    FleetCapacity = "fleet.capacity": FIGURES;
    /// Takes a wish for a loan.
    LoanAsk = "loan.ask": DESK;
    /// Opens a loan.
    LoanShow = "loan.show": DESK_AND_BOOKS;
    /// Lists loans and what is free.
    LoanList = "loan.list": DESK_AND_BOOKS;
    /// Keeps a thing for somebody.
    LoanBook = "loan.book": DESK;
    /// Moves a loan.
    LoanMove = "loan.move": DESK;
    /// Hands something out.
    LoanHandOut = "loan.hand-out": DESK;
    /// Lets somebody keep something longer.
    LoanExtend = "loan.extend": DESK;
    /// Takes something back.
    LoanTakeBack = "loan.take-back": DESK;
    /// Settles a loan.
    LoanClose = "loan.close": DESK_AND_BOOKS;
    /// Calls a loan off.
    LoanCancel = "loan.cancel": DESK;
    /// Sets how loans are made.
    LoanPolicySet = "loan.policy": SETTINGS;
    /// Opens a service for somebody.
    ServiceOpen = "service.open": DESK;
    /// Looks at a service.
    ServiceShow = "service.show": DESK;
    /// Lists services.
    ServiceList = "service.list": DESK;
    /// Goes on with advice.
    ServiceAdvice = "service.advice": DESK;
    /// Goes on with aid towards a licence.
    ServiceLicenceAid = "service.licence-aid": DESK;
    /// Goes on with a repair.
    ServiceGarage = "service.garage": DESK;
    /// Goes on with financial aid.
    ServiceFinancialAid = "service.financial-aid": DESK_AND_BOOKS;
    /// Goes on with a visit to a commune.
    ServiceOutreach = "service.outreach": DESK;
    /// Refers somebody.
    ReferralAdd = "referral.add": DESK_AND_PRESCRIBER;
    /// Looks at referrals: a prescriber at the own ones.
    ReferralShow = "referral.show": DESK_AND_PRESCRIBER;
    /// Takes a referral back.
    ReferralWithdraw = "referral.withdraw": DESK_AND_PRESCRIBER;
    /// Accepts a referral.
    ReferralAccept = "referral.accept": DESK;
    /// Declines a referral.
    ReferralDecline = "referral.decline": DESK;
    /// Opens a pathway.
    PathwayOpen = "pathway.open": DESK;
    /// Looks at a pathway.
    PathwayShow = "pathway.show": DESK;
    /// Lists pathways and follow-ups.
    PathwayList = "pathway.list": DESK;
    /// Notes a diagnosis.
    PathwayDiagnose = "pathway.diagnose": DESK;
    /// Changes or agrees a basket.
    PathwayBasket = "pathway.basket": DESK;
    /// Notes a follow-up.
    PathwayFollowUp = "pathway.follow-up": DESK;
    /// Ends a pathway.
    PathwayExit = "pathway.exit": DESK;
    /// Writes the notes of a pathway.
    PathwayNote = "pathway.note": DESK;
    /// Counts the people accompanied.
    PathwayCount = "pathway.count": FIGURES;
    /// Makes an account.
    AccountAdd = "account.add": SETTINGS;
    /// Lists accounts.
    AccountList = "account.list": WHO_MAY;
    /// Closes an account.
    AccountRevoke = "account.revoke": SETTINGS;
    /// Gives an account another token.
    AccountRenew = "account.renew": SETTINGS;
    /// Changes what an account may do.
    AccountRoles = "account.roles": SETTINGS;
    /// Gives out a one-time link by which a password is chosen.
    AccountLink = "account.link": SETTINGS;
    /// Changes one's own password.
    AccountPassword = "account.password": EVERYBODY;
    /// Follows what happens, as identifiers and codes.
    ChangeList = "change.list": EVERYBODY;
    /// Looks at entries and balances.
    MoneyShow = "money.show": DESK_AND_BOOKS;
    /// Books what a person owes.
    MoneyDue = "money.due": DESK_AND_BOOKS;
    /// Books what a person paid.
    MoneyReceive = "money.receive": DESK_AND_BOOKS;
    /// Books what a volunteer handed over.
    MoneyRemit = "money.remit": DESK_AND_BOOKS;
    /// Gives back what was paid too much.
    MoneyRefund = "money.refund": BOOKS;
    /// Gives a claim up.
    MoneyWriteOff = "money.write-off": BOOKS;
    /// Takes an entry back.
    MoneyCounter = "money.counter": BOOKS;
    /// Gives the books out.
    MoneyExport = "money.export": BOOKS;
    /// Notes what a volunteer spent.
    ExpenseAdd = "expense.add": DESK_AND_BOOKS;
    /// Takes a noted expense out again.
    ExpenseRemove = "expense.remove": DESK_AND_BOOKS;
    /// Looks at a volunteer's statements.
    StatementShow = "statement.show": BOOKS_AND_DRIVER;
    /// Lists statements.
    StatementList = "statement.list": BOOKS;
    /// Closes a statement.
    StatementClose = "statement.close": BOOKS;
    /// Notes what became of a statement.
    StatementSettle = "statement.settle": BOOKS;
    /// Looks at receipts.
    ReceiptShow = "receipt.show": DESK_AND_BOOKS;
    /// Gives a receipt for a payment.
    ReceiptIssue = "receipt.issue": DESK_AND_BOOKS;
    /// Gives a tax receipt for waived expenses.
    ReceiptWaiver = "receipt.waiver": BOOKS;
    /// Cancels a receipt by a credit note.
    ReceiptCancel = "receipt.cancel": BOOKS;
    /// Sets who gives receipts.
    IssuerSet = "issuer.set": BOOKS;
}

impl Operation {
    /// Whether one of the roles may call it.
    pub fn allows(self, roles: &Roles) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_an_administrator_is_never_alone_with_daily_work() {
        let codes: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.code()).collect();
        assert_eq!(codes.len(), Operation::ALL.len());
        for operation in Operation::ALL {
            assert!(!operation.roles().is_empty(), "{operation} can be called by nobody");
            assert!(operation.allows(&Role::ALL.iter().copied().collect()), "{operation}");
            assert!(!operation.allows(&Roles::new()), "{operation}");
        }
    }
}
