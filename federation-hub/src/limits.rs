//! Every limit of the hub that is not part of the contract, each with its reason. It holds constants only.

use std::time::Duration;

use jiff::SignedDuration;

/// Life of a node's certificate: short, so that one that leaks is soon worth nothing; nodes renew at two thirds.
pub const NODE_CERTIFICATE_LIFE: Duration = Duration::from_hours(14 * 24);
/// Life of the hub's own certificate, which it renews by itself at two thirds.
pub const HUB_CERTIFICATE_LIFE: Duration = Duration::from_hours(365 * 24);
/// Life of the federation's authority: replacing it means enrolling every node again.
pub const AUTHORITY_LIFE: Duration = Duration::from_hours(30 * 365 * 24);
/// Certificates are valid from that long before they are made: clocks of small machines are off by some hours.
pub const CERTIFICATE_BACKDATE: Duration = Duration::from_hours(24);
/// Bytes of a certificate request: an Ed25519 or ECDSA request is under 1 KiB.
pub const CERTIFICATE_REQUEST_BYTES: usize = 8 * 1024;
/// Hours an invitation is valid when nothing else is asked: a long week-end.
pub const INVITATION_HOURS_DEFAULT: u32 = 72;
/// Most hours an invitation is valid: a month; a secret that lies about for longer is lost.
pub const INVITATION_HOURS: u32 = 720;
/// Enrolment attempts from one address before it has to wait: a region that enrols all its nodes behind one router.
pub const ATTEMPTS_BURST: u32 = 60;
/// One more attempt from an address every so often; secrets have 256 bits, this is against load.
pub const ATTEMPT_EVERY: Duration = Duration::from_secs(1);
/// Addresses remembered by the limiter: more means an attack, and then new addresses wait.
pub const ADDRESSES: usize = 10_000;
/// Enrolments handled at once: each costs some signatures.
pub const CONCURRENT_ENROLMENTS: usize = 16;
/// Envelopes handled at once: the store commits them in groups, more would only queue.
pub const CONCURRENT_SUBMISSIONS: usize = 512;
/// Envelopes from one member before it has to wait: the outbox of a busy node that was away for a month.
pub const ENVELOPES_BURST: u32 = 2_000;
/// One more envelope from a member every so often: ten times what the busiest territory says, and no more.
pub const ENVELOPE_EVERY: Duration = Duration::from_millis(10);
/// A member changes its sealing key no oftener than that: every change is a version of the directory that all fetch.
pub const SEALING_KEY_EVERY_MS: i64 = 3_600_000;

/// Rows in one mailbox: a node that was away for months and is offered a trip every minute.
pub const MAILBOX_ROWS: u64 = 100_000;
/// Bytes in one mailbox.
pub const MAILBOX_BYTES: u64 = 64 * 1024 * 1024;
/// Rows forgotten by one transaction of an acknowledgement: keeps transactions short.
pub const ACKNOWLEDGED_ROWS: usize = 500;
/// How often the hub looks whether a deadline has passed: what a person at a desk takes for "at once".
pub const DEADLINE_CHECK: Duration = Duration::from_millis(200);
/// Deadlines applied before the worker looks around.
pub const DEADLINES_AT_ONCE: usize = 100;
/// Agreements in one answer: each travels with all its versions.
pub const AGREEMENTS_AT_ONCE: usize = 20;
/// Bytes of such an answer: a node takes four times as much; one agreement alone is less.
pub const AGREEMENTS_BYTES: usize = 1024 * 1024;
/// Largest body that says something about an agreement: terms take some hundred bytes. It is kept with every version, and told each
/// time with all of them.
pub const AGREEMENT_BODY_BYTES: usize = 4 * 1024;
/// Threads of a node looked through for one answer.
pub const THREADS_LOOKED_THROUGH: usize = 2_000;
/// Presentations in one request.
pub const PRESENTATIONS: usize = 20;
/// Handovers counted that a restored hub may be behind with: beyond that the number no longer matters.
pub const RECOVERING_COUNTED: usize = 100_000;
/// A handover from before a restore that a restored hub does not know is waited for so long, in milliseconds: as long as one can
/// be offered ahead.
pub const FORGOTTEN_MS: i64 = maillage_federation::limits::REPLY_BY_MS;
/// Threads in one answer to an operator.
pub const THREADS_SHOWN: u32 = 500;
/// Threads in one answer when nothing else is asked.
pub const THREADS_SHOWN_DEFAULT: u32 = 100;
/// Nodes of one federation: every territory of France, and as many again that were revoked or replaced.
pub const NODES: usize = 4_000;
/// Reports read at once: twenty years of 1 253 territories.
pub const REPORTS: usize = 400_000;
/// Declarations about years read at once: every revision of twenty years of 1 253 territories.
pub const ACCOUNTS: usize = 200_000;
/// Revisions of the declaration about one year.
pub const REVISIONS: usize = maillage_federation::limits::ACCOUNTS_REVISIONS as usize;
/// Time the tasks of the hub have to end after they were asked.
pub const STOP_WITHIN: Duration = Duration::from_secs(10);
/// Territories without which a figure of a model is not published.
pub const TERRITORIES_TO_PUBLISH: u32 = 3;
/// Largest share of one territory in a published figure, in hundredths.
pub const DOMINANCE_PERCENT: i128 = 85;
/// Bounds of the classes of density, in tenths of inhabitants per square kilometre: a territory is in the class of the number of
/// bounds that it reaches.
pub const DENSITY_CLASSES_TENTHS: [u32; 4] = [250, 500, 1_000, 3_000];
/// Age of a page of the dashboard before it is made anew: what is published changes with a month, and all pages of a whole country are made
/// again well within it.
pub const PAGES_KEPT: SignedDuration = SignedDuration::from_mins(10);
/// Territories on one page of the dashboard: some screens, and one page for most départements.
pub const TERRITORIES_ON_A_PAGE: usize = 50;
/// Characters of a name that is searched: no territory has a longer one.
pub const SEARCHED_CHARS: usize = 100;
/// Communes of a name that are looked at for their territories: forty begin with the commonest word.
pub const COMMUNES_LOOKED_THROUGH: usize = 500;
/// Pairs of territories in the drawing of flows: more are not told apart. The table has all.
pub const FLOWS_DRAWN: usize = 30;
/// Characters of what a node says of its version.
pub const VERSION_CHARS: usize = 40;
/// Accounts of the team: a national team has some dozens.
pub const COLLEAGUES: usize = 300;
/// Characters of the name of an account.
pub const COLLEAGUE_NAME_CHARS: usize = 40;
/// Characters of a full name: with a name of an account beside it, it still fits where who decides is told.
pub const FULL_NAME_CHARS: usize = 80;
/// Characters of a password at least (ANSSI-PG-078).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Characters of a password at most: a sentence.
pub const PASSWORD_CHARS: usize = 128;
/// Hashes of passwords at once: each takes 19 MiB and a processor for some 50 ms.
pub const PASSWORDS_AT_ONCE: usize = 2;
/// Requests of one address a minute on the team's part: an office of several people, clicking all day.
pub const TEAM_REQUESTS: u32 = 600;
/// Attempts to sign in of one address within a quarter of an hour.
pub const SIGN_INS_PER_ADDRESS: u32 = 30;
/// Attempts to sign in to one account from one address within a quarter of an hour; who succeeds begins anew.
pub const SIGN_INS_PER_ACCOUNT: u32 = 10;
/// Attempts to sign in to one account from everywhere within a quarter of an hour: guesses lead nowhere, and whoever makes them locks
/// nobody out with a few.
pub const SIGN_INS_OF_ACCOUNT: u32 = 100;
/// Accounts whose attempts are remembered: every account there can be, and many names that are none.
pub const SIGN_IN_NAMES: usize = 10_000;
/// Sessions of one account at once: some screens of one desk. Beyond, the one that was not used for longest ends.
pub const SESSIONS_PER_COLLEAGUE: usize = 8;
/// Longest wait for the body of a form.
pub const TEAM_BODY_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of a form: a reason of 500 characters and a password, escaped.
pub const TEAM_BODY_BYTES: usize = 16 * 1024;
/// Age of what all reports say for the team before it is made anew.
pub const BOARD_KEPT: SignedDuration = SignedDuration::from_mins(1);
/// Deeds on one page.
pub const DEEDS_ON_A_PAGE: usize = 100;
/// Invitations read at once: every node there can be, invited some times.
pub const INVITATIONS_READ: usize = 20_000;
/// Invitations on the page: those that are still to be used come first.
pub const INVITATIONS_ON_A_PAGE: usize = 200;
/// Days that a certificate is still valid below which somebody should look why it is not renewed: nodes renew at two thirds of its life.
pub const CERTIFICATE_DAYS_LEFT: i64 = 2;
/// Connections of the dashboard at once.
pub const DASHBOARD_CONNECTIONS: usize = 128;
/// Months over which models are compared where it is published: all seasons once.
pub const COMPARED_MONTHS: u32 = 12;
/// Newest months of which the one with most models shown ends a published comparison.
pub const MONTHS_LOOKED_AT: usize = 3;
/// Newest half-years, in the same way.
pub const HALF_YEARS_LOOKED_AT: usize = 2;
/// Month of the following year with which the flows of a year are told: a trip of December is accounted for some weeks later, and a total
/// that still grows would tell each handover.
pub const FLOWS_FROM_MONTH: i8 = 4;
/// Persons of one territory that may be told beyond the noise: the smallest group of the statistical office.
pub const PERSONS_BEHIND_A_FIGURE: u64 = 11;
/// Handovers of a pair of territories in a year without which they are not told.
pub const HANDOVERS_TO_PUBLISH: u32 = 11;
/// How often an export asks a hub again that receives reports meanwhile.
pub const EXPORT_ATTEMPTS: u32 = 5;
/// Characters of who decides about a report.
pub const DECIDER_CHARS: usize = 100;
/// Characters of why: some sentences.
pub const DECISION_CHARS: usize = 500;
/// Decisions about one report: it is left out and taken back in now and then, not every day.
pub const DECISIONS_ABOUT_A_REPORT: usize = 20;
/// Trips a year that one person may have reported for her without a doubt: the cap of the pulse, in every month.
pub const TRIPS_PER_PERSON: i128 = 36;
/// Standard deviations of noise beyond that before a report is doubtful.
pub const DOUBTFUL_NOISE_SD: u64 = 4;
/// Rows of one page of communes or territories.
pub const PAGE_ROWS: u32 = 1_000;
/// Rows of one page when nothing else is asked.
pub const PAGE_ROWS_DEFAULT: u32 = 200;
