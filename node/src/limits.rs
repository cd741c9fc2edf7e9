//! A limit on everything this node accepts or keeps in memory, each with its reason.

/// Volunteers considered by one ranking: a node has at most a few hundred.
pub const VOLUNTEERS: usize = 2_000;
/// Rows of one page when the caller names no number.
pub const PAGE: usize = 100;
/// Rows of one page at most: keeps an answer under a megabyte.
pub const PAGE_MAX: usize = 500;
/// Trips one report can use up, oldest first: three times a month of the largest node, and within one transaction. What is
/// beyond is used up by the next report.
pub const REPORT_TRIPS: usize = 5_000;
/// Registered people from which a node makes tables of persons: with fewer, twice the noise of a cell is as much as everybody.
pub const REGISTERED_FOR_TABLES: usize = 20;
/// Envelopes the courier reads at once.
pub const COURIER_BATCH: usize = 32;
/// Things of the fleet: a platform has some dozens.
pub const FLEET: usize = 1_000;
/// Minutes kept free between two loans of a thing, at most: a week.
pub const HANDOVER_MIN: u32 = 7 * 24 * 60;
/// Days between which people are counted, at most: ten years of trips are gone through day by day.
pub const COUNTED_DAYS: i32 = 3_660;
/// Offers that are looked at in one turn: more than any node has open.
pub const DUE_OFFERS: usize = 1_000;
/// Messages or offers read at once.
pub const MESSAGES_AT_ONCE: usize = 200;
/// Messages, and as many offers, forgotten in one transaction; the next turn goes on.
pub const FORGOTTEN_AT_ONCE: usize = 1_000;
/// Candidates tried in turn when the next is asked: the first ones are refused for what changes in that very moment.
pub const NEXT_TRIED: usize = 5;
/// Days of the past in a calendar feed: what calendars refresh.
pub const CALENDAR_DAYS_BACK: i32 = 14;
/// Days ahead in which a calendar feed tells what was called off; what is to be driven it tells however far ahead.
pub const CALENDAR_DAYS_AHEAD: i32 = 30;
/// How long after the latest arrival a trip that nobody answered for stays open: a day to write down what became of it.
pub const UNANSWERED_GRACE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// Trips looked at in one turn of closing: more than any node leaves undecided in an hour.
pub const UNANSWERED_AT_ONCE: usize = 500;
/// How often a search of people is noted of one caller at most: somebody who types searches with each letter.
pub const SEARCH_NOTED_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);
/// How often it is noted at most that a driver's own page shows whom she or he drives: whoever sets out looks several times, and
/// programs look at addresses too.
pub const OWN_LOOK_NOTED_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);
/// How often it is noted at most that somebody at the desk sees a name in a list: once in a working day, which opens the list all day.
pub const LIST_LOOK_NOTED_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(12);
/// Looks remembered, so that they are not noted again: the names of a busy week, for a desk of many and all their drivers.
pub const LOOKS_KEPT: usize = 100_000;
/// Accounts, revoked ones included: a large platform has a few hundred volunteers, some of them anew each year.
pub const ACCOUNTS: usize = 5_000;
/// Days a token is valid when the caller names no number: a year, like a membership.
pub const TOKEN_DAYS: u32 = 365;
/// Kinds of changes one follower can ask for: more is all of them.
pub const CHANGE_KINDS: usize = 50;
/// Changes read from the store at once.
pub const CHANGES_AT_ONCE: usize = 500;
/// Changes looked at for one answer: a day of the largest node, a few milliseconds.
pub const CHANGES_LOOKED_AT: usize = 10_000;
/// Since when a backup is too old: a nightly one was missed, and the next as well.
pub const BACKUP_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);
/// Bytes of a disk below which the desk is told: a month of the largest node, with its snapshots.
pub const LEAST_FREE_BYTES: u64 = 1 << 30;
/// The part of a disk, one in so many, below which the desk is told.
pub const LEAST_FREE_PART: u64 = 20;
/// Followers of changes at once: every screen and program of a platform, some of them twice.
pub const FOLLOWERS: usize = 64;
/// Longest pause before a follower looks again by itself: a commit rings, this is for a ring that was lost.
pub const FOLLOWER_LOOKS_AGAIN: std::time::Duration = std::time::Duration::from_secs(5);
/// Carriers of one node: a territory works with a handful of associations.
pub const CARRIERS: usize = 50;
/// Choices of models by service and commune: every commune of the largest territory, and some history.
pub const MODEL_RULES: usize = 400;
/// Own amounts set within models: each model once a year for decades.
pub const LOCAL_PARAMETERS: usize = 400;
/// Bytes of an official table: INSEE's of all communes has 1.5 MB, and a message of the interface takes 4 MiB.
pub const REFERENCE_BYTES: usize = 3 * 1024 * 1024;
/// Characters of where a table comes from: a title and a year.
pub const SOURCE_CHARS: usize = 200;
/// Bad lines of an import that are told: beyond, the file is another one than was meant.
pub const BAD_LINES: usize = 100;
/// Rows of school holidays: thirty years of three zones.
pub const SCHOOL_HOLIDAYS: usize = 600;
/// Interchanges of one node: those of France are some thousands.
pub const INTERCHANGES: usize = 5_000;
/// Characters of an interchange's name: the longest station names stay far under it.
pub const INTERCHANGE_NAME_CHARS: usize = 120;
/// Requests of one address a minute on the web interface: a person clicks a handful of times, a guess of tokens gets nowhere.
pub const WEB_REQUESTS_PER_MINUTE: u32 = 60;
/// Addresses remembered by the rate limit: a few megabytes at most; beyond, the oldest is forgotten.
pub const WEB_ADDRESSES: usize = 20_000;
/// Bytes of a text gateway's answer that are read: a few identifiers and a status.
pub const SMS_ANSWER_BYTES: usize = 64 * 1024;
/// Connections of the web interface at once: a village's drivers on one morning, and some slow ones.
pub const WEB_CONNECTIONS: usize = 256;
/// Bytes of a form: two short fields.
pub const WEB_BODY_BYTES: usize = 4 * 1024;
/// Days that the address of a driver's own pages opens them: half a year, so that a forgotten letter does not stay a key.
pub const DRIVER_LINK_DAYS: i64 = 183;
/// Days on a driver's own page, today among them.
pub const DRIVER_WEEK_DAYS: i32 = 8;
/// Offers looked at for a driver's own page, newest first: more than anybody has open.
pub const DRIVER_OFFERS: usize = 100;
/// Expenses on a driver's own page: a busy quarter.
pub const DRIVER_EXPENSES: usize = 100;
/// Usual destinations told of one person: what fits beside the form of a request.
pub const HABITS: usize = 8;
/// Trips from which usual destinations are computed: two years of two a week.
pub const HABIT_TRIPS: usize = 400;
/// Changes the search reads at once.
pub const SEARCH_CHANGES: usize = 500;
/// People told by one search: nobody reads further, but types another letter.
pub const SEARCH_HITS: usize = 20;
/// Days ahead that expiring papers can be asked for: two years.
pub const EXPIRY_DAYS: u32 = 731;
/// Rows one transaction takes somebody out of: a person's file at once, and far within one transaction.
pub const ERASED_AT_ONCE: usize = 500;
/// Rows without a person of their own that one purge removes, oldest first; the next purge goes on. Within one transaction.
pub const PURGED_ROWS: usize = 50_000;
/// Days that the name a caller gave to a request is remembered: far longer than any program goes on asking again.
pub const ANSWERED_DAYS: i64 = 30;
/// Names of requests forgotten in one transaction.
pub const ANSWERED_FORGOTTEN: usize = 10_000;
/// Rows of an index looked at for one page of trips: a busy year of a large node, well under the time of a page.
pub const ROWS_LOOKED_AT: usize = 2_000;

/// Iterations of a plan: at least, usually, at most. Twenty thousand take a second or two for a day of a small territory.
pub const PLAN_ITERATIONS: (u64, u64, u64) = (1, 20_000, 2_000_000);
/// Iterations of a plan that somebody at the console waits for: a few seconds at most, and nearly as good.
pub const CONSOLE_PLAN_ITERATIONS: u64 = 10_000;
/// Volunteers looked at within the rounds they drive already: the cheapest are what a desk asks.
pub const WITHIN_ROUNDS: usize = 20;
/// Days planned at one go: a week, and the next Monday with it.
pub const PLAN_DAYS: u8 = 8;
/// Sets of planning rules that are kept: some for every year, for as long as anybody looks back.
pub const PLAN_RULES: usize = 40;
/// Longest search for a plan, in seconds: a coordinator waits for it.
pub const PLAN_WALL: u64 = 60;

/// Candidates of a suggestion when none is asked for: nobody reads more on the phone.
pub const SUGGESTED: usize = 10;
/// Bytes of one answer of a road router: a table of 500 × 500 places has some 5 MB, of the usual 100 places a tenth of one.
pub const ROUTER_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// Roads kept in one transaction: some 2 MB, a quarter of what one takes.
pub const ROADS_KEPT: usize = 10_000;
/// Roads looked at to tell how many there are: every pair of communes of a large territory and its neighbours.
pub const ROADS_COUNTED: usize = 500_000;
/// Calibrations of the estimate that are kept: one a year for decades.
pub const CALIBRATIONS: usize = 50;

/// Days whose past is kept in mind for planning: the days that are planned at once, and as many again.
pub const PAST_DAYS_KEPT: usize = 16;

/// Persons whose usual driver is kept in mind: twice as many as travel on the fullest day that is planned.
pub const PAST_PERSONS_KEPT: usize = 4_000;

/// The newest handovers in each direction that are over and still looked through for what a desk has to do: some weeks of the
/// busiest.
pub const HANDOVERS_LOOKED_AT: usize = 500;

/// Rules beside the policy of handovers: some models, three trusts, and the neighbours that are different. Within one record.
pub const POLICY_RULES: usize = 100;
/// Trips without a driver looked at for what is offered by rule, the soonest first: more than any desk leaves undecided.
pub const TRIPS_TO_OFFER: usize = 500;

/// Trips looked through for one that a neighbour carries, after a restore.
pub const TRIPS_COMPARED: usize = 5_000;
/// The newest reports that are sent again to a hub that has forgotten them: more than the months between two backups.
pub const REPORTS_SENT_AGAIN: usize = 240;
/// Handovers presented to the hub in one request: as many as it takes.
pub const PRESENTED_AT_ONCE: usize = 20;

/// Bids whose drivers are kept in mind: more than a platform has open at once.
pub const BIDS_KEPT: usize = 2_000;
/// Agreements that are listed: one with every other member of the largest federation there can be.
pub const AGREEMENTS: usize = 2_000;

/// Messages of one file for a partner: a month of a busy firm, and a file that any spreadsheet opens.
pub const MESSAGES_GIVEN: usize = 300;

/// What a partner was told is kept so many days after its trips, to be given out again.
pub const TOLD_DAYS: i64 = 30;

/// Minutes that a person waits at most for the second driver of a shared journey, as a coordinator may set it.
pub const RELAY_SLACK_MIN: u32 = 60;
/// Minutes if nothing else was said.
pub const RELAY_SLACK_MIN_DEFAULT: u32 = 10;

/// Hashes of passwords at once: each takes 19 MiB and a processor for some 50 ms.
pub const PASSWORDS_AT_ONCE: usize = 2;
/// Requests of one address a minute on the console: a desk of several people behind one address, clicking all day.
pub const CONSOLE_REQUESTS_PER_MINUTE: u32 = 600;
/// Attempts to sign in of one address within a quarter of an hour: a desk that comes back from lunch, some of them mistyping.
pub const SIGN_INS_PER_ADDRESS: u32 = 30;
/// Attempts to sign in to one account from one address within a quarter of an hour; who succeeds begins anew.
pub const SIGN_INS_PER_ACCOUNT: u32 = 10;
/// Attempts to sign in to one account from everywhere within a quarter of an hour: some ten thousand guesses a day at twelve characters
/// lead nowhere, and whoever makes them locks nobody out with a few.
pub const SIGN_INS_OF_ACCOUNT: u32 = 100;
/// Sessions of one account at once: some screens of one desk. Beyond, the one that was not used for longest ends.
pub const SESSIONS_PER_ACCOUNT: usize = 8;
/// Longest wait for the body of a form: a bad line of a village takes some seconds.
pub const CONSOLE_BODY_WITHIN: std::time::Duration = std::time::Duration::from_secs(15);
/// Accounts whose attempts are remembered: every account there can be, and as many names that are none.
pub const SIGN_IN_NAMES: usize = 10_000;
/// People signed in at once: every account of a large platform, some of them on two screens.
pub const CONSOLE_SESSIONS: usize = 1_000;
/// Bytes of a form of the console: notes of a trip and of why an exception is signed, and all there is beside them.
pub const CONSOLE_BODY_BYTES: usize = 32 * 1024;
/// Bytes of the form to sign in, which carries what was typed when a session ended: a form of the console, encoded twice.
pub const SIGN_IN_BODY_BYTES: usize = 60 * 1024;
/// Forms of one session that could not be taken and wait: as many as somebody has open at once.
pub const DRAFTS_PER_SESSION: usize = 6;
/// Bytes of all of them: two of the longest forms there can be; some megabytes for everybody who is signed in.
pub const DRAFT_BYTES_PER_SESSION: usize = 2 * CONSOLE_BODY_BYTES;
/// Declarations about years in one list: two a year for a century.
pub const DECLARATIONS: usize = 200;
