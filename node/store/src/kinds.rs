//! The number of each kind of record. A number is never reused, even if its kind goes.

/// A beneficiary.
pub const PERSON: u16 = 1;
/// A volunteer.
pub const VOLUNTEER: u16 = 2;
/// A request.
pub const REQUEST: u16 = 3;
/// A trip.
pub const TRIP: u16 = 4;
/// An envelope to be sent.
pub const OUTBOX: u16 = 10;
/// An envelope that could not be delivered.
pub const DEAD_LETTER: u16 = 11;
/// An envelope that was received.
pub const INBOX_SEEN: u16 = 12;
/// How far the inbox was read.
pub const INBOX_CURSOR: u16 = 13;
/// A counter.
pub const SEQUENCE: u16 = 14;
/// Setting: the territory.
pub const TERRITORY: u16 = 20;
/// Setting: the participation models in force.
pub const MODELS_IN_FORCE: u16 = 21;
/// Setting: the policy about handovers.
pub const HANDOVER_POLICY: u16 = 22;
/// Setting: the head of the directory.
pub const DIRECTORY_HEAD: u16 = 23;
/// First number for settings that other crates define; up to 37.
pub const OTHER_SETTINGS: u16 = 24;
/// Setting: which life of this node it is.
pub const INCARNATION: u16 = 38;
/// Setting: which epoch of the hub was seen.
pub const HUB_EPOCH: u16 = 39;
/// A handover this node offered.
pub const HANDOVER_OUTGOING: u16 = 40;
/// A handover this node was offered.
pub const HANDOVER_INCOMING: u16 = 41;
/// A moment in the time line of a handover.
pub const HANDOVER_MOMENT: u16 = 42;
/// What the hub has signed about a handover.
pub const HUB_PROOF: u16 = 43;
/// What is known of the agreement with another member.
pub const AGREEMENT: u16 = 44;
/// A handover that a person has to look at after a restore.
pub const HANDOVER_LOST: u16 = 45;
/// A leg in the books of a month with another member.
pub const SETTLEMENT_LEG: u16 = 46;
/// What the two have signed about a month.
pub const SETTLEMENT: u16 = 47;
/// What was collected from the passenger of another member.
pub const COLLECTED: u16 = 48;
/// Setting: the rules beside the policy about handovers.
pub const HANDOVER_RULES: u16 = 49;
/// A frozen report.
pub const REPORT: u16 = 50;
/// The privacy budget of a year.
pub const BUDGET: u16 = 51;
/// What became of a report.
pub const REPORT_STATE: u16 = 52;
/// A period closed without a report.
pub const REPORT_SILENCE: u16 = 53;
/// The true counts of a report.
pub const REPORT_TRUTH: u16 = 54;
/// A loan, service or pathway that a half-year has used up.
pub const COUNTED_SERVICE: u16 = 55;
/// A report that was taken back.
pub const REPORT_WITHDRAWAL: u16 = 56;
/// What the platform has declared about a year.
pub const DECLARATION: u16 = 57;
/// What became of a declaration.
pub const DECLARATION_STATE: u16 = 58;
/// How a year was counted when it was first declared.
pub const DECLARATION_COUNT: u16 = 59;
/// An event of the journal.
pub const EVENT: u16 = 60;
/// An access to a person's data.
pub const ACCESS: u16 = 61;
/// A table that was given out whole.
pub const TABLE_EXPORT: u16 = 62;
/// What a reference of a table means.
pub const REFERENCE: u16 = 180;
/// What something is called in a table.
pub const REFERENCE_OF: u16 = 181;
/// An entry of the books.
pub const MONEY_ENTRY: u16 = 140;
/// Kilometres that wait for a volunteer's statement.
pub const MONEY_DRIVE: u16 = 141;
/// An expense that waits for a volunteer's statement.
pub const MONEY_EXPENSE: u16 = 142;
/// A closed statement of a volunteer.
pub const MONEY_STATEMENT: u16 = 143;
/// A line of a closed statement.
pub const MONEY_STATEMENT_LINE: u16 = 144;
/// Metres that the fiscal scale has valued.
pub const MONEY_MILEAGE: u16 = 145;
/// A receipt.
pub const MONEY_RECEIPT: u16 = 146;
/// Who gives receipts.
pub const MONEY_ISSUER: u16 = 147;
/// A driver offer.
pub const DRIVER_OFFER: u16 = 125;
/// An outgoing message.
pub const MESSAGE: u16 = 126;
/// A calendar link.
pub const CALENDAR_LINK: u16 = 127;
/// Setting: how offers are made.
pub const OFFER_POLICY: u16 = 128;
/// A drive that a volunteer has lost.
pub const LOST_DRIVE: u16 = 129;
/// A vehicle or bike of the fleet.
pub const ASSET: u16 = 90;
/// A loan.
pub const LOAN: u16 = 91;
/// Setting: how loans are made.
pub const LOAN_POLICY: u16 = 92;
/// A service beyond rides and loans.
pub const SERVICE: u16 = 93;
/// A pathway.
pub const PATHWAY: u16 = 94;
/// A referral.
pub const REFERRAL: u16 = 95;
/// An erasure.
pub const ERASURE: u16 = 160;
/// Setting: what retention does by itself.
pub const RETENTION: u16 = 161;
/// What a caller was answered who named the request.
pub const ANSWERED: u16 = 172;
/// An account.
pub const ACCOUNT: u16 = 170;
/// Which account a name or a token belongs to.
pub const ACCOUNT_POINTER: u16 = 171;

/// A prescriber.
pub const PRESCRIBER: u16 = 70;
/// A professional.
pub const PROFESSIONAL: u16 = 71;
/// Somebody who changed, for the search.
pub const SEARCH_CHANGE: u16 = 72;
/// The newest change of somebody.
pub const SEARCH_LATEST: u16 = 73;
/// Setting: the papers that are required of volunteers.
pub const DOCUMENT_RULES: u16 = 74;

// Reserved: 70–79 people (prescribers, staff, search), 80–89 trips (series, unmet ledger), 90–109 fleet, loans, services, pathways,
// 110–124 legal frames, carriers, models, costs, 125–139 driver offers, messages, links, 140–159 money, 160–169 obligations,
// 170–179 accounts and access, 190–199 roads. Settings of these families take numbers of their range.

/// A series.
pub const SERIES: u16 = 80;
/// What is different on a day of a series.
pub const SERIES_EXCEPTION: u16 = 81;
/// What was made for a day of a series.
pub const SERIES_MADE: u16 = 82;
/// A trip from before the platform kept its trips here.
pub const PAST_TRIP: u16 = 89;
/// A trip in the ledger of unmet need.
pub const UNMET: u16 = 83;
/// A day of a series that could not be made.
pub const SERIES_UNMADE: u16 = 84;
/// Setting: what counts how much when days are planned.
pub const PLAN_RULES: u16 = 85;
/// A proposed plan of a day.
pub const DAY_PLAN: u16 = 87;
/// A line of a proposed plan.
pub const DAY_PLAN_LINE: u16 = 88;

/// A carrier.
pub const CARRIER: u16 = 110;
/// A commune in the table of urban units.
pub const URBAN_COMMUNE: u16 = 111;
/// A multimodal interchange.
pub const INTERCHANGE: u16 = 112;
/// The legal frame of a trip.
pub const TRIP_FRAME: u16 = 113;
/// A signed exception to the legal frames.
pub const FRAME_EXCEPTION: u16 = 114;
/// What a trip cost, frozen.
pub const TRIP_COST: u16 = 115;
/// The kilometres of a driver in a year.
pub const DRIVER_YEAR: u16 = 116;
/// Setting: the carrier of trips that do not say otherwise.
pub const DEFAULT_CARRIER: u16 = 117;
/// Setting: where the official tables come from.
pub const REFERENCE_IMPORTS: u16 = 118;
/// Setting: the models for some services or communes.
pub const MODEL_RULES: u16 = 119;
/// Setting: the territory's own amounts within the models.
pub const LOCAL_PARAMETERS: u16 = 120;
/// Setting: school holidays that the operator imported.
pub const SCHOOL_HOLIDAYS: u16 = 121;

/// What a router said about a road.
pub const ROAD: u16 = 190;
/// Setting: the calibrations of the estimate of roads.
pub const ROAD_CALIBRATIONS: u16 = 191;

// Reserved: 200–209 partners without a node.

/// A partner without a node.
pub const PARTNER: u16 = 200;
/// What this node keeps as the arbiter of a handover to partners.
pub const PARTNER_THREAD: u16 = 201;
/// Something a partner has to be told.
pub const PARTNER_NOTICE: u16 = 202;
/// Something a partner has said, by its mark.
pub const PARTNER_SAID: u16 = 203;
/// The link of a driver's own pages.
pub const DRIVER_LINK: u16 = 204;
